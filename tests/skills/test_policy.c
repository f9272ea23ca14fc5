/* Each policy gives the mixture of its definition, in the three settings of
 * the paper, and what does not fit is refused with a sentence.    ranks: 1 */
#include <math.h>
#include <string.h>

#include "tests/lib/policy_case.h"
#include "tests/lib/tap.h"

static const char any_graph[] = ".2,.1,.9\n.4,.8,.3\n-.5,.6,.7\n";

/* The next mixture of a policy made of these settings. */
#define MIXTURE(c, train, evaluate, windows, ...)                             \
    (policy_case_open(c, train, evaluate, windows,                            \
                      (const char *const[]){__VA_ARGS__, NULL}),              \
     policy_next(&(c)->policy).p)

static void is_mixture(const char *name, const char *train,
                       const char *evaluate, const int64_t *windows,
                       const char *const *list, const double *expect)
{
    struct policy_case c;
    double off = INFINITY;
    struct names all = policy_case_names(train);

    policy_case_open(&c, train, evaluate, windows, list);
    if (!is_problem(&c.wrong))
        off = policy_case_off(policy_next(&c.policy).p, expect, all.n);
    ok(off < 1e-15, "%s, off by %.1e%s", name, off, c.wrong.text);
    names_free(&all);
    policy_case_close(&c);
}

#define IS_MIXTURE(name, train, evaluate, windows, expect, ...)               \
    is_mixture(name, train, evaluate, windows,                                \
               (const char *const[]){__VA_ARGS__, NULL}, expect)

/* The last of two mixtures, with losses between. */
static double spread_after(const char *graph, const char *eta)
{
    struct policy_case c;
    const double *p = MIXTURE(&c, "a,b,c", "a,b,c", NULL, graph, eta,
                              "mixture.rounds=2", "train.steps=2");
    double off;

    policy_observe(&c.policy, 0, (double[3]){3, 3, 3});
    policy_observe(&c.policy, 1, (double[3]){4, 1, 2});
    p = policy_next(&c.policy).p;
    off = policy_case_off(p, (double[3]){1. / 3, 1. / 3, 1. / 3}, 3);
    policy_case_close(&c);
    return off;
}

/* The specification's cheap acceptance tests (section 9). */
static void check_reductions(void)
{
    struct policy_case a, b;
    const char *const plain[] = {"mixture.rounds=2", "train.steps=2", NULL};
    double first[3];

    policy_case_open(&a, "a,b,c", "c,a,b", NULL, plain);
    policy_next(&a.policy);
    policy_observe(&a.policy, 1, (double[3]){2, 2, 2});
    ok(policy_case_off(policy_next(&a.policy).p,
                       (double[3]){1. / 3, 1. / 3, 1. / 3}, 3) < 1e-15,
       "no graph, equal losses: equal shares");
    policy_case_close(&a);
    ok(spread_after(policy_case_graph(".3,-2,7\n.3,-2,7\n.3,-2,7\n"),
                    "mixture.eta=2") < 1e-15,
       "equal rows: equal shares");
    ok(spread_after(policy_case_graph(any_graph), "mixture.eta=0") < 1e-15,
       "eta 0: equal shares");
    ok(spread_after(policy_case_graph(any_graph), "mixture.floor=1") < 1e-15,
       "all of it floor: equal shares");

    /* The same to every row changes every score by the same. */
    MIXTURE(&a, "a,b,c", "a,b,c", NULL, policy_case_graph(any_graph));
    MIXTURE(&b, "a,b,c", "a,b,c", NULL,
            policy_case_graph(".2,5.1,.9\n.4,5.8,.3\n-.5,5.6,.7\n"));
    policy_observe(&a.policy, a.policy.steps / 6, (double[3]){4, 1, 2});
    policy_observe(&b.policy, b.policy.steps / 6, (double[3]){4, 1, 2});
    ok(policy_case_off(policy_next(&a.policy).p, policy_next(&b.policy).p, 3) <
           1e-15,
       "a constant in every score changes nothing");
    policy_case_close(&a);
    policy_case_close(&b);

    memcpy(first,
           MIXTURE(&a, "a,b,c", "a,b,c", NULL, policy_case_graph(any_graph),
                   "mixture.prior=1,2,3"),
           sizeof first);
    policy_case_close(&a);
    policy_case_open(
        &a, "a,b,c", "a,b,c", NULL,
        (const char *const[]){policy_case_graph(any_graph),
                              "mixture.prior=1,2,3", "mixture.policy=static",
                              "mixture.rounds=2", "train.steps=2", NULL});
    policy_next(&a.policy);
    policy_observe(&a.policy, 1, (double[3]){9, 0, 0});
    ok(policy_case_off(policy_next(&a.policy).p, first, 3) == 0,
       "static stays at the first mixture of Skill-It");
    policy_case_close(&a);
}

static void check_extremes(void)
{
    static const double zero[3] = {0, 0, 0};
    struct policy_case c;
    bool finite = true;
    const double *p;

    p = MIXTURE(&c, "a,b,c", "a,b,c", NULL,
                policy_case_graph("1,0,0\n0,2,0\n0,0,3\n"),
                "mixture.eta=10000", "mixture.floor=0");
    ok(p[2] == 1 && p[0] == 0, "eta 10000 does not overflow");
    policy_case_close(&c);
    p = MIXTURE(&c, "a,b,c", "a,b,c", NULL,
                policy_case_graph("-1,0,0\n0,-2,0\n0,0,-3\n"),
                "mixture.eta=10000", "mixture.floor=0.3");
    ok(fabs(p[0] - 0.8) < 1e-15 && fabs(p[2] - 0.1) < 1e-15,
       "nor do negative scores; a floor of 0.3 is 0.1 for each of three");
    policy_case_close(&c);

    policy_case_open(&c, "a,b,c", "a,b,c", NULL,
                     (const char *const[]){"mixture.relative_loss=yes",
                                           "mixture.eta_schedule=loss",
                                           "mixture.window_unit=evaluations",
                                           "mixture.window=1", NULL});
    for (int i = 0; i < 6; i++) {
        p = policy_next(&c.policy).p;
        policy_observe(&c.policy, i, i % 2 ? (double[3]){1, 2, 1e-300} : zero);
        finite &= fabs(p[0] + p[1] + p[2] - 1) < 1e-15;
    }
    ok(finite, "losses of 0 divide by no 0");
    policy_case_close(&c);

    /* What graph_read and replay_run let through at most. */
    p = MIXTURE(&c, "a,b", "a,b", NULL,
                policy_case_graph("1e100,-1e100\n-1e100,1e100\n"),
                "mixture.eta=1e6", "mixture.relative_loss=yes",
                "mixture.eta_schedule=loss", "mixture.window_reduce=sum",
                "mixture.window_unit=evaluations");
    policy_observe(&c.policy, 0, (double[2]){0, 1e30});
    policy_observe(&c.policy, 1, (double[2]){1e30, -1e30});
    p = policy_next(&c.policy).p;
    ok(fabs(p[0] + p[1] - 1) < 1e-15 && p[0] > 0.9,
       "the largest numbers do not overflow");
    policy_case_close(&c);
}

/* Only losses at the end of a round count, if rounds do. */
static void check_units(void)
{
    const char *const rounds[] = {"mixture.rounds=2", "train.steps=8", NULL};
    struct policy_case c;
    double odds;
    const double *p;

    policy_case_open(&c, "a,b", "a,b", NULL,
                     (const char *const[]){rounds[0], rounds[1],
                                           "mixture.eta=1", "mixture.floor=0",
                                           NULL});
    policy_observe(&c.policy, 0, (double[2]){9, 1});
    policy_next(&c.policy);
    for (int step = 1; step < 4; step++)
        policy_observe(&c.policy, step, (double[2]){7, step});
    policy_observe(&c.policy, 4, (double[2]){3, 2});
    p = policy_next(&c.policy).p;
    odds = p[0] / p[1];
    ok(fabs(odds - exp(1)) < 1e-14,
       "the losses at a round's end count, none before: odds %.15g", odds);
    policy_case_close(&c);
}

static void check_rounds(void)
{
    static const long expect[] = {3, 3, 4, 3, 3, 4, 0, 0};
    struct policy_case c;
    bool right = true;

    policy_case_open(&c, "a,b", "a,b", NULL,
                     (const char *const[]){"mixture.policy=stratified",
                                           "mixture.rounds=6",
                                           "train.steps=20", NULL});
    for (int i = 0; i < 8; i++)
        right &= policy_next(&c.policy).steps == expect[i];
    ok(right, "20 steps in 6 rounds are 3 3 4 3 3 4");
    policy_case_close(&c);
}

static void check_others(void)
{
    const char *stratified = "mixture.policy=stratified";

    IS_MIXTURE("stratified, no graph", "a,b,c,d", "x", NULL,
               ((double[]){.25, .25, .25, .25}), stratified);
    IS_MIXTURE("stratified, pre-training", "a,b", "b,a", NULL,
               ((double[]){.5, .5}), stratified,
               policy_case_graph("1,0\n0,-1\n"));
    IS_MIXTURE("stratified, fine-tuning: targets and what teaches them",
               "a,b,c,d", "d,c", NULL, ((double[]){0, 1. / 3, 1. / 3, 1. / 3}),
               stratified, policy_case_graph("-1,0\n-5,.1\n0,0\n0,-1\n"));
    IS_MIXTURE("stratified, fine-tuning: one target", "a,b,c", "c", NULL,
               ((double[]){.5, 0, .5}), stratified,
               policy_case_graph("1\n-1\n-1\n"));
    IS_MIXTURE("stratified, out of domain: rows with a positive sum",
               "a,b,c,d", "x,y", NULL, ((double[]){.5, 0, 0, .5}), stratified,
               policy_case_graph("1,-.5\n1,-1\n1,-2\n-1,3\n"));
    IS_MIXTURE("random, by size", "a,b,c", "a", ((int64_t[]){30, 10, 60}),
               ((double[]){.3, .1, .6}), "mixture.policy=random");
    IS_MIXTURE("random, by weights", "a,b,c", "a", ((int64_t[]){30, 10, 60}),
               ((double[]){.25, .25, .5}), "mixture.policy=random",
               "mixture.weights=1,1,2");
    IS_MIXTURE("weights by name, of any scale", "a,b,c", "a", NULL,
               ((double[]){.1, .3, .6}), "mixture.policy=static",
               "mixture.weights=c:6, a:1,b:3");
    IS_MIXTURE("a graph without names: row teaches column", "a,b", "a,b", NULL,
               ((double[]){2. / 3, 1. / 3}), "mixture.eta=1",
               "mixture.floor=0",
               policy_case_graph("0,0.69314718055994531\n0,0\n"));
    IS_MIXTURE("a prior of 0, and the largest score", "a,b,c", "a,b,c", NULL,
               ((double[]){0, .5, .5}), "mixture.prior=0,2,2",
               "mixture.eta=10000", "mixture.floor=0",
               policy_case_graph("3,0,0\n0,1,0\n0,0,1\n"));
    IS_MIXTURE("a lone skill with the largest score", "a,b,c", "a,b,c", NULL,
               ((double[]){1. / 3, 1. / 3, 1. / 3}),
               "mixture.lone_skills=uniform", "mixture.eta=10000",
               policy_case_graph("1,0,0\n0,.5,0\n0,0,.5\n"));
    IS_MIXTURE("lone skills alone", "a,b", "a,b", NULL, ((double[]){.5, .5}),
               "mixture.lone_skills=uniform", "mixture.prior=1,3");
    IS_MIXTURE("clamped edges are none", "a,b", "a,b", NULL,
               ((double[]){.5, .5}), "graph.negative=clamp",
               policy_case_graph("-1,1\n1,-7\n"));
}

static void check_fixed(void)
{
    const char *fixed = "mixture.fixed=b:0.2, d:0.3";

    IS_MIXTURE("fixed shares leave the rest to the policy", "a,b,c,d", "a",
               NULL, ((double[]){.25, .2, .25, .3}),
               "mixture.policy=stratified", fixed);
    IS_MIXTURE("weights are of the others", "a,b,c,d", "a", NULL,
               ((double[]){.1, .2, .4, .3}), "mixture.policy=static",
               "mixture.weights=1,4", fixed);
    IS_MIXTURE("so are sizes", "a,b,c,d", "a", ((int64_t[]){1, 50, 4, 50}),
               ((double[]){.1, .2, .4, .3}), "mixture.policy=random", fixed);
    IS_MIXTURE("and the rows of a graph without names", "a,b,c,d", "a,c", NULL,
               ((double[]){.5 / 3, .2, 1. / 3, .3}), "mixture.eta=1",
               "mixture.floor=0", fixed,
               policy_case_graph("0,0\n0,0.69314718055994531\n"));
    IS_MIXTURE(
        "a graph with names may hold fixed skills", "a,b,c,d", "a", NULL,
        ((double[]){1. / 3, .2, .5 / 3, .3}), "mixture.eta=1",
        "mixture.floor=0", fixed,
        policy_case_graph("x,a\nd,9\nc,0\nb,9\na,0.69314718055994531\n"));
    IS_MIXTURE("without a graph fixed skills may be evaluated too", "a,b,c,d",
               "d,c,b,a", NULL, ((double[]){.25, .2, .25, .3}), fixed);
}

static void check_warnings(void)
{
    static const struct {
        const char *name, *evaluate, *graph, *expect;
    } cases[] = {
        {"no graph", "a,b", NULL, "no mixture.graph"},
        {"only edges to itself", "a,b", "1,0\n0,1\n", "density of 0:"},
        {"the same, evaluated in another order", "b,a", "0,1\n1,-3\n",
         "density of 0:"},
        {"all edges to others", "b,a", "7,0\n0,7\n", "density of 1:"},
        {"all edges out of domain", "x,y", "1,1\n1,2\n", "density of 1:"},
        {"half of them", "a,b", "1,1\n0,1\n", NULL},
        {"half of them out of domain", "x,y", "1,1\n0,0\n", NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct policy_case c;
        const char *text, *graph = cases[i].graph;

        policy_case_open(&c, "a,b", cases[i].evaluate, NULL,
                         (const char *const[]){
                             graph ? policy_case_graph(graph) : NULL, NULL});
        text = c.policy.warning;
        ok(cases[i].expect ? strstr(text, cases[i].expect) != NULL : !*text,
           "%s: %s", cases[i].name, *text ? text : "no warning");
        policy_case_close(&c);
    }
}

static void check_refusals(void)
{
    static const struct {
        const char *setting[3], *expect;
    } cases[] = {
        {{"mixture.policy=skilit"}, "skill-it, stratified, random, static"},
        {{"mixture.policy=static"}, "needs mixture.weights"},
        {{"mixture.policy=random"}, "needs mixture.weights"},
        {{"mixture.policy=static", "mixture.weights=1"},
         "\"b\" has no weight"},
        {{"mixture.policy=static", "mixture.weights=1,2,3"}, "more"},
        {{"mixture.policy=static", "mixture.weights=a:1,x:2"}, "\"x\""},
        {{"mixture.policy=static", "mixture.weights=a:1,a:2"}, "twice"},
        {{"mixture.policy=static", "mixture.weights=1,-2"}, "\"-2\""},
        {{"mixture.policy=static", "mixture.weights=0,0"}, "sum to 0"},
        {{"mixture.policy=static", "mixture.weights=1,nan"}, "\"nan\""},
        {{"mixture.policy=static", "mixture.weights=a: ,b:1"}, "\"a: \""},
        {{"mixture.policy=static", "mixture.weights=1,,2"}, "\"\" is no"},
        {{"mixture.fixed=a: ,b:0.1"}, "\"a: \""},
        {{"mixture.initial=a:1"}, "mixture.initial: skill \"b\""},
        {{"mixture.prior=1,2,3"}, "mixture.prior: more"},
        {{"mixture.prior=1,0", "mixture.lone_skills=uniform", "1,0\n0,2\n"},
         "only lone skills"},
        {{"mixture.fixed=a"}, "mixture.fixed: \"a\""},
        {{"mixture.fixed=0.3"}, "NAME:NUMBER"},
        {{"mixture.fixed=x:0.1"}, "\"x\""},
        {{"mixture.fixed=a:-0.1"}, "\"a:-0.1\""},
        {{"mixture.fixed=a:0.1,a:0.1"}, "twice"},
        {{"mixture.fixed=a:1.1"}, "sum to 1.1"},
        {{"mixture.fixed=a:1"}, "leave nothing"},
        {{"mixture.fixed=a:0.1,b:0.2"},
         "every training skill has a fixed share"},
        {{"mixture.rounds=7", "train.steps=6"}, "train.steps=6"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct policy_case c;
        const char *list[4] = {NULL};

        for (int j = 0; j < 3 && cases[i].setting[j]; j++)
            list[j] = strchr(cases[i].setting[j], '\n')
                          ? policy_case_graph(cases[i].setting[j])
                          : cases[i].setting[j];
        policy_case_open(&c, "a,b", "a,b", NULL, list);
        ok(strstr(c.wrong.text, cases[i].expect) != NULL, "refused: %s",
           is_problem(&c.wrong) ? c.wrong.text : cases[i].expect);
        policy_case_close(&c);
    }
}

/* Without a graph the skills trained and evaluated are the same; with one some
 * skill must teach those out of domain. */
static void check_graph_refusals(void)
{
    static const struct {
        const char *evaluate, *expect;
    } cases[] = {
        {"a", "\"b\" is trained but not evaluated"},
        {"a,b,c", "\"c\" is evaluated but not trained"},
        {"a,c", "\"b\" is trained but not evaluated"},
    };
    struct policy_case c;

    for (int i = 0; i < 3; i++) {
        policy_case_open(&c, "a,b", cases[i].evaluate, NULL,
                         (const char *const[]){NULL});
        ok(strstr(c.wrong.text, cases[i].expect), "%s: refused: %s",
           cases[i].evaluate, c.wrong.text);
        policy_case_close(&c);
    }
    policy_case_open(&c, "a,b", "x", NULL,
                     (const char *const[]){"mixture.policy=stratified",
                                           policy_case_graph("0\n-1\n"),
                                           NULL});
    ok(strstr(c.wrong.text, "no row sums to more than 0"), "refused: %s",
       c.wrong.text);
    policy_case_close(&c);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    check_reductions();
    check_extremes();
    check_units();
    check_rounds();
    check_others();
    check_fixed();
    check_warnings();
    check_refusals();
    check_graph_refusals();
    tap_done();
    world_stop();
    return 0;
}
