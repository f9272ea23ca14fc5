/* The mixtures are the paper's, and samples follow them exactly.    ranks: 1 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/skills/mixture.h"
#include "src/skills/policy.h"
#include "tests/tap.h"

/* The specification, section 10: mixtures from the published graphs, printed to
 * six digits.  p1 is before any loss, p2 after `observations` equal ones. */
struct golden {
    const char *name;
    int k, m;
    double eta, graph[25], loss[5];
    enum window_reduce reduce;
    double p1[5], p2[5];
};

static const struct golden goldens[] = {
    {"LEGO, sum",
     5,
     5,
     0.5,
     {1, 0, 0, 0, 0, .5, 1, .5, .5, 0, 0, 0, 1,
      0, 0, 0, 0, 0, 1,  0, 0,  0,  0, 0, 1},
     {.01, .69, .70, .69, .69},
     WINDOW_SUM,
     {.163479, .346085, .163479, .163479, .163479},
     {.057849, .458445, .162852, .160427, .160427}},
    {"LEGO, mean",
     5,
     5,
     0.5,
     {1, 0, 0, 0, 0, .5, 1, .5, .5, 0, 0, 0, 1,
      0, 0, 0, 0, 0, 1,  0, 0,  0,  0, 0, 1},
     {.01, .69, .70, .69, .69},
     WINDOW_MEAN,
     {.163479, .346085, .163479, .163479, .163479},
     {.138589, .276306, .195686, .194710, .194710}},
    {"LEGO to skill 3",
     3,
     1,
     0.5,
     {0, .5, 1},
     {.69},
     WINDOW_MEAN,
     {.254275, .326496, .419229},
     {.277758, .330052, .392191}},
    {"addition",
     3,
     3,
     0.1,
     {1, 0, 0, .5, 1, 0, 0, 0, 1},
     {2.3, 2.3, .1},
     WINDOW_SUM,
     {.327732, .344535, .327732},
     {.341432, .482098, .176470}},
    {"addition to ones",
     2,
     1,
     0.1,
     {1, .5},
     {0},
     WINDOW_MEAN,
     {.512497, .487503},
     {.5, .5}},
    /* Column 2 (Spanish question generation is 4th) of the published file. */
    {"Spanish question generation",
     4,
     1,
     0.8,
     {0.025769910795225393, 0.45911205007875555, 0.07984545376661023,
      0.45529002122741824},
     {2.45},
     WINDOW_MEAN,
     {.205398, .290505, .214478, .289618},
     {.147697, .345335, .164211, .342757}},
    {"stance, eta 0.2",
     2,
     1,
     0.2,
     {1.3418898268749841, 0.73245786295996806},
     {1.5},
     WINDOW_MEAN,
     {.530434, .469566},
     {.545581, .454419}},
    {"stance, eta 0.5",
     2,
     1,
     0.5,
     {1.3418898268749841, 0.73245786295996806},
     {1.5},
     WINDOW_MEAN,
     {.575595, .424405},
     {.612320, .387680}},
};

static struct names make_names(char letter, int n)
{
    struct names names = {0};

    for (int i = 0; i < n; i++) {
        char name[16];

        snprintf(name, sizeof name, "%c%d", letter, i);
        names_add(&names, name);
    }
    return names;
}

/* The graph as a .csv with names, training skills in reverse order. */
static void write_graph(const char *path, int k, int m, const double *graph)
{
    FILE *f = fopen(path, "w");

    fprintf(f, "teaches");
    for (int j = 0; j < m; j++)
        fprintf(f, ",e%d", j);
    for (int i = k - 1; i >= 0; i--) {
        fprintf(f, "\nt%d", i);
        for (int j = 0; j < m; j++)
            fprintf(f, ",%.17g", graph[i * m + j]);
    }
    fclose(f);
}

/* A policy as a run makes it, from settings and a graph file. */
static struct problem open_policy(struct policy *p, int k, int m,
                                  const double *graph, const char *const *extra)
{
    struct names train = make_names('t', k), evaluate = make_names('e', m);
    struct settings s;
    struct problem wrong;
    char path[512], argument[600];
    bool without_graph;

    settings_init(&s);
    if (graph) {
        snprintf(path, sizeof path, "%s/graph.csv", getenv("TMPDIR"));
        write_graph(path, k, m, graph);
        snprintf(argument, sizeof argument, "mixture.graph=%s", path);
        settings_read_argument(&s, argument);
    }
    for (; *extra; extra++) {
        wrong = settings_read_argument(&s, *extra);
        if (is_problem(&wrong))
            puts(wrong.text);
    }
    wrong = policy_init(p, &s, &train, &evaluate, &without_graph);
    settings_free(&s);
    names_free(&train);
    names_free(&evaluate);
    return wrong;
}

static double furthest(const double *a, const double *b, int n)
{
    double e = 0;

    for (int i = 0; i < n; i++)
        e = worse(e, fabs(a[i] - b[i]));
    return e;
}

static void check_golden(const struct golden *g)
{
    struct policy p;
    char eta[64];
    const char *reduce = g->reduce == WINDOW_SUM ? "mixture.window_reduce=sum"
                                                 : "mixture.window_reduce=mean";
    const char *extra[] = {"mixture.window=3", reduce, eta, NULL};
    double first, later;

    snprintf(eta, sizeof eta, "mixture.eta=%g", g->eta);
    open_policy(&p, g->k, g->m, g->graph, extra);
    first = furthest(policy_next(&p).p, g->p1, g->k);
    /* An older loss, which the window of three leaves out, then three. */
    policy_observe(&p, (double[5]){9, 8, 7, 6, 5});
    for (int i = 0; i < 3; i++)
        policy_observe(&p, g->loss);
    later = furthest(policy_next(&p).p, g->p2, g->k);
    ok(first < 1e-6, "%s: first mixture, off by %.1e", g->name, first);
    ok(later < 1e-6, "%s: after three losses, off by %.1e", g->name, later);
    policy_free(&p);
}

static double spread(const double *p, int k)
{
    double e = 0;

    for (int i = 0; i < k; i++)
        e = worse(e, fabs(p[i] - 1.0 / k));
    return e;
}

/* The specification's cheap acceptance tests (section 9). */
static void check_reductions(void)
{
    static const double identity[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    static const double equal_rows[] = {.3, -2, 7, .3, -2, 7, .3, -2, 7};
    static const double any[] = {.2, .1, .9, .4, .8, .3, -.5, .6, .7};
    static const double huge[] = {1, 0, 0, 0, 2, 0, 0, 0, 3};
    const char *none[] = {NULL}, *zero[] = {"mixture.eta=0", NULL};
    const char *once[] = {"mixture.policy=static", "mixture.eta=0.5", NULL};
    const char *large[] = {"mixture.eta=10000", NULL};
    const char *stratified[] = {"mixture.policy=stratified", NULL};
    double shifted[9];
    struct policy p, q;

    open_policy(&p, 3, 3, identity, none);
    policy_observe(&p, (double[3]){2, 2, 2});
    ok(spread(policy_next(&p).p, 3) < 1e-15, "no graph, equal losses: uniform");
    policy_free(&p);
    open_policy(&p, 3, 3, equal_rows, none);
    policy_observe(&p, (double[3]){4, 1, 2});
    ok(spread(policy_next(&p).p, 3) < 1e-15, "equal rows: uniform");
    policy_free(&p);
    open_policy(&p, 3, 3, any, zero);
    policy_observe(&p, (double[3]){4, 1, 2});
    ok(spread(policy_next(&p).p, 3) < 1e-15, "eta 0: uniform");
    policy_free(&p);

    /* The same to every row changes every score by the same. */
    for (int i = 0; i < 9; i++)
        shifted[i] = any[i] + (i % 3 == 1 ? 5 : 0);
    open_policy(&p, 3, 3, any, none);
    open_policy(&q, 3, 3, shifted, none);
    policy_observe(&p, (double[3]){4, 1, 2});
    policy_observe(&q, (double[3]){4, 1, 2});
    ok(furthest(policy_next(&p).p, policy_next(&q).p, 3) < 1e-15,
       "a constant in every score changes nothing");
    policy_free(&q);
    policy_free(&p);

    open_policy(&p, 3, 3, any, none);
    open_policy(&q, 3, 3, any, once);
    ok(furthest(policy_next(&p).p, policy_next(&q).p, 3) == 0,
       "the first mixture is that of static");
    policy_observe(&q, (double[3]){9, 0, 0});
    ok(furthest(p.p, policy_next(&q).p, 3) == 0, "static heeds no loss");
    policy_free(&q);
    policy_free(&p);

    open_policy(&p, 3, 3, huge, large);
    ok(policy_next(&p).p[2] == 1 && p.p[0] == 0, "eta 10000 does not overflow");
    policy_free(&p);
    open_policy(&p, 3, 3, NULL, stratified);
    ok(spread(policy_next(&p).p, 3) < 1e-15, "stratified is uniform");
    policy_free(&p);
}

/* Without names: row i teaches column j, in the order of the lists. */
static void check_nameless(void)
{
    const char *extra[] = {"mixture.eta=1", NULL, NULL};
    char path[512], argument[600];
    struct policy p;
    FILE *f;

    snprintf(path, sizeof path, "%s/nameless.csv", getenv("TMPDIR"));
    f = fopen(path, "w");
    fprintf(f, "0,0.69314718055994531\n0,0\n");
    fclose(f);
    snprintf(argument, sizeof argument, "mixture.graph=%s", path);
    extra[1] = argument;
    open_policy(&p, 2, 2, NULL, extra);
    policy_next(&p);
    policy_observe(&p, (double[2]){0, 1});
    ok(furthest(policy_next(&p).p, (double[2]){2. / 3, 1. / 3}, 2) < 1e-15,
       "a graph without names is taken by order, row teaches column");
    policy_free(&p);
}

static void check_rounds(void)
{
    const char *extra[] = {"mixture.policy=stratified", "mixture.rounds=6",
                           "train.steps=20", NULL};
    static const long expect[] = {3, 3, 4, 3, 3, 4, 0, 0};
    struct policy p;
    bool right = true;

    open_policy(&p, 2, 2, NULL, extra);
    for (int i = 0; i < 8; i++)
        right &= policy_next(&p).steps == expect[i];
    ok(right, "20 steps in 6 rounds are 3 3 4 3 3 4");
    policy_free(&p);
}

static void check_refusals(void)
{
    static const struct {
        const char *extra[4];
        bool with_graph;
        const char *expect;
    } cases[] = {
        {{"mixture.policy=skilit"}, true, "skill-it, stratified and static"},
        {{"mixture.policy=static"}, false, "needs mixture.weights"},
        {{"mixture.policy=static", "mixture.weights=1"}, false, "\"t1\""},
        {{"mixture.policy=static", "mixture.weights=1,2,3"}, false, "more"},
        {{"mixture.policy=static", "mixture.weights=t0:1,x:2"}, false, "\"x\""},
        {{"mixture.policy=static", "mixture.weights=1,-2"}, false, "-2"},
        {{"mixture.policy=static", "mixture.weights=0,0"}, false, "sum"},
        {{"mixture.rounds=7", "train.steps=6"}, true, "train.steps=6"},
        {{"mixture.policy=skill-it"}, false, "mixture.graph"},
    };
    static const double graph[] = {1, 2, 3, 4, 5, 6};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct policy p;
        struct problem wrong = open_policy(
            &p, 2, 3, cases[i].with_graph ? graph : NULL, cases[i].extra);

        ok(strstr(wrong.text, cases[i].expect) != NULL, "refused: %s",
           is_problem(&wrong) ? wrong.text : cases[i].expect);
        policy_free(&p);
    }
}

static void check_weights(void)
{
    const char *named[] = {"mixture.policy=static",
                           "mixture.weights=t2:6, t0:1, t1:3", NULL};
    struct policy p;

    open_policy(&p, 3, 3, NULL, named);
    ok(furthest(policy_next(&p).p, (double[3]){.1, .3, .6}, 3) < 1e-15,
       "weights by name, of any scale");
    policy_free(&p);
}

/* Shares of k skills that wander, in whole units so that rounding them does
 * nothing, and what the rule promises of the counts. */
static void check_deal(int k, int64_t samples)
{
    struct mixture m;
    double *p = calloc((size_t)k, sizeof *p), off = 0;
    int64_t *counts = calloc((size_t)k, sizeof *counts);
    int64_t *total = calloc((size_t)k, sizeof *total);
    int64_t *owed = calloc((size_t)k, sizeof *owed);
    bool sums = true, positive = true;

    mixture_init(&m, k);
    for (int round = 0; round < 50; round++) {
        int64_t sum = 0, left = m.units;

        for (int i = 0; i < k; i++) {
            int64_t units =
                i == k - 1 ? left
                           : (int64_t)((double)m.units / k *
                                       (1 + 0.9 * sin(0.3 * round + 1.3 * i)));

            units = units < left ? units : left;
            left -= units;
            p[i] = (double)units / (double)m.units;
            owed[i] += units * samples;
        }
        mixture_deal(&m, p, samples, counts);
        for (int i = 0; i < k; i++) {
            sum += counts[i];
            positive &= counts[i] >= 0;
            total[i] += counts[i];
            off = worse(off, fabs((double)total[i] -
                                  (double)owed[i] / (double)m.units));
        }
        sums &= sum == samples;
    }
    ok(sums && positive, "%d skills, %ld samples: counts sum up", k,
       (long)samples);
    ok(off <= 1.05, "%d skills, %ld samples: one sample off at most (%.3f)", k,
       (long)samples, off);
    mixture_free(&m);
    free(p), free(owed), free(counts), free(total);
}

/* The largest run that the settings allow. */
static void check_huge(void)
{
    const int64_t samples = (int64_t)1000000000 * (1 << 24);
    struct mixture m;
    int64_t counts[3];

    mixture_init(&m, 3);
    mixture_deal(&m, (double[3]){.25, .5, .25}, samples, counts);
    ok(counts[0] == samples / 4 && counts[1] == samples / 2 &&
           counts[2] == samples / 4,
       "1.7e16 samples do not overflow");
    mixture_free(&m);
}

static void check_noise(void)
{
    double p[7], q[7], all = 0;
    int64_t a[7], b[7];
    struct mixture m, n;

    mixture_init(&m, 7);
    mixture_init(&n, 7);
    for (int i = 0; i < 7; i++)
        all += p[i] = 1 + 0.1 * i;
    for (int i = 0; i < 7; i++) {
        p[i] /= all;
        q[i] = p[i] * (1 + (i % 2 ? 1e-7 : -1e-7));
    }
    mixture_deal(&m, p, 1000000, a);
    mixture_deal(&n, q, 1000000, b);
    ok(!memcmp(a, b, sizeof a), "noise of 1e-7 in the shares changes no count");
    mixture_free(&m);
    mixture_free(&n);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++)
        check_golden(&goldens[i]);
    check_reductions();
    check_nameless();
    check_rounds();
    check_refusals();
    check_weights();
    check_deal(1, 7);
    check_deal(7, 1000);
    check_deal(7, 3);
    check_deal(1000, 1000);
    check_deal(10000, 320);
    check_huge();
    check_noise();
    tap_done();
    world_stop();
    return 0;
}
