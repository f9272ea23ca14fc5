/* Skill-It is what the authors' program computes, for every combination of its
 * switches, and goes on from its saved state as if it had not stopped.
 * ranks: 1 */
#include <math.h>
#include <string.h>

#include "kernels/base/rng.h"
#include "src/skills/skill_it.h"
#include "tests/lib/policy_case.h"
#include "tests/lib/tap.h"

enum { MOST = 6, ROUNDS = 5, STEPS = 20, LISTS = 400 };

static uint64_t draws;

static double draw(void)
{
    return rng_uniform(11, draws++);
}

static int below(int n)
{
    return (int)(rng_bits(12, draws++) % (uint64_t)n);
}

/* A dense copy of what a policy is to do, as the specification has it (3.2):
 * the graph is changed by its decay, losses are a list. */
struct oracle {
    int k, m;
    int own[MOST]; /* the column of each training skill, or -1 */
    bool square;
    double graph[MOST][MOST], prior[MOST], initial[MOST];
    bool is_alone[MOST];
    double losses[STEPS + 2][MOST], first[MOST];
    int observed, rounds;
    double eta, floor, edge_decay;
    long window;
    bool sum, evaluations, schedule, relative, initial_loss, has_initial;
};

static double total(const double *x, int n)
{
    double sum = 0;

    for (int i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

static void windowed(const struct oracle *o, double *loss)
{
    long from = o->observed > o->window ? o->observed - o->window : 0;

    for (int j = 0; j < o->m; j++) {
        loss[j] = o->rounds == 0;
        for (long t = from; o->rounds > 0 && t < o->observed; t++)
            loss[j] += o->losses[t][j] / (o->sum ? 1 : o->observed - from);
        if (o->rounds > 0 && o->relative)
            loss[j] /= o->first[j];
    }
}

static void decay_graph(struct oracle *o)
{
    for (int i = 0; i < o->k; i++)
        for (int j = 0; j < o->m; j++)
            if (o->graph[i][j] > 0 && !(o->square && j == o->own[i]))
                o->graph[i][j] *= o->edge_decay;
}

static void oracle_mix(struct oracle *o, double *p)
{
    double loss[MOST], eta = o->eta, sum = 0;
    int alone = 0;

    windowed(o, loss);
    if (o->schedule && o->rounds > 0)
        eta *= total(o->first, o->m) / total(o->losses[o->observed - 1], o->m);
    for (int i = 0; i < o->k; i++) {
        double score = 0;

        for (int j = 0; j < o->m; j++)
            score += o->graph[i][j] * loss[j];
        p[i] = o->is_alone[i] ? 0 : o->prior[i] * exp(eta * score);
        alone += o->is_alone[i];
        sum += p[i];
    }
    for (int i = 0; i < o->k; i++) {
        p[i] = o->is_alone[i] ? 1. / o->k
                              : p[i] / sum * (1 - (double)alone / o->k);
        p[i] = (1 - o->floor) * p[i] + o->floor / o->k;
        if (o->rounds == 0 && o->has_initial)
            p[i] = o->initial[i] / total(o->initial, o->k);
    }
    if (o->rounds++ > 0)
        decay_graph(o);
}

static void oracle_observe(struct oracle *o, int step, const double *losses)
{
    if (step == 0) {
        memcpy(o->first, losses, sizeof o->first);
        for (int j = 0; o->initial_loss && j < o->m; j++)
            o->losses[0][j] = total(losses, o->m) / o->m;
        o->observed = o->initial_loss;
    }
    if (o->evaluations || (step > 0 && step % (STEPS / ROUNDS) == 0))
        memcpy(o->losses[o->observed++], losses, sizeof o->first);
}

/* Names: training skills t0 t1 ..., those evaluated in another order, some of
 * them, or others. */
static void choose_skills(struct oracle *o, char *train, char *evaluate)
{
    int kind = below(3);

    o->k = 1 + below(MOST);
    o->m = kind == 0 ? o->k : 1 + below(kind == 1 ? o->k : MOST);
    o->square = kind < 2 && o->m == o->k;
    for (int i = 0; i < o->k; i++) {
        o->own[i] = kind < 2 && o->k - 1 - i < o->m ? o->k - 1 - i : -1;
        train += sprintf(train, "t%d,", i);
    }
    for (int j = 0; j < o->m; j++)
        evaluate += kind < 2 ? sprintf(evaluate, "t%d,", o->k - 1 - j)
                             : sprintf(evaluate, "e%d,", j);
}

/* As the authors' program finds them, at the start. */
static bool is_alone(const struct oracle *o, int i)
{
    double row = 0, column = 0;

    if (o->own[i] < 0 || o->graph[i][o->own[i]] != 1)
        return false;
    for (int j = 0; j < o->m; j++)
        row += fabs(o->graph[i][j]);
    for (int j = 0; j < o->k; j++)
        column += fabs(o->graph[j][o->own[i]]);
    return row == 1 && column == 1;
}

/* Many zeros and ones, some negative edges, and skills with none but one to
 * themselves. */
static const char *choose_graph(struct oracle *o)
{
    static char text[4096];
    char *at = text;

    for (int i = 0; i < o->k; i++)
        for (int j = 0; j < o->m; j++)
            o->graph[i][j] = below(2) ? 0 : below(2) ? draw() - 0.3 : 1;
    for (int i = 0; i < o->k; i++)
        if (o->own[i] >= 0 && below(4) == 0) {
            for (int j = 0; j < o->m; j++)
                o->graph[i][j] = 0;
            for (int j = 0; j < o->k; j++)
                o->graph[j][o->own[i]] = j == i;
        }
    for (int i = 0; i < o->k; i++)
        for (int j = 0; j < o->m; j++)
            at += sprintf(at, "%.17g%c", o->graph[i][j],
                          j == o->m - 1 ? '\n' : ',');
    return policy_case_graph(text);
}

/* In the room `text`. */
static const char *choose_list(char text[256], const char *key, double *to,
                               int n)
{
    char *at = text + sprintf(text, "%s=", key);

    for (int i = 0; i < n; i++) {
        to[i] = 0.1 + draw();
        at += sprintf(at, "t%d:%.17g,", i, to[i]);
    }
    at[-1] = '\0';
    return text;
}

struct texts {
    char train[64], evaluate[64], number[6][64], prior[256], initial[256];
    const char *list[20];
};

static void choose(struct oracle *o, struct texts *t)
{
    int n = 0;

    memset(o, 0, sizeof *o);
    choose_skills(o, t->train, t->evaluate);
    t->list[n++] = choose_graph(o);
    for (int i = 0; i < o->k; i++)
        o->prior[i] = 1;
    if (below(2))
        t->list[n++] = choose_list(t->prior, "mixture.prior", o->prior, o->k);
    if ((o->has_initial = below(4) == 0))
        t->list[n++] =
            choose_list(t->initial, "mixture.initial", o->initial, o->k);
    o->eta = draw();
    o->floor = below(2) ? 0 : draw();
    o->edge_decay = below(2) ? 1 : draw();
    o->window = 1 + below(7);
    sprintf(t->number[0], "mixture.eta=%.17g", o->eta);
    sprintf(t->number[1], "mixture.floor=%.17g", o->floor);
    sprintf(t->number[2], "mixture.edge_decay=%.17g", o->edge_decay);
    sprintf(t->number[3], "mixture.window=%ld", o->window);
    sprintf(t->number[4], "mixture.rounds=%d", ROUNDS);
    sprintf(t->number[5], "train.steps=%d", STEPS);
    for (int i = 0; i < 6; i++)
        t->list[n++] = t->number[i];
    t->list[n++] = "evaluate.every=1";
    if ((o->sum = below(2)))
        t->list[n++] = "mixture.window_reduce=sum";
    if ((o->evaluations = below(2)))
        t->list[n++] = "mixture.window_unit=evaluations";
    if ((o->schedule = below(2)))
        t->list[n++] = "mixture.eta_schedule=loss";
    if ((o->relative = below(2)))
        t->list[n++] = "mixture.relative_loss=yes";
    if ((o->initial_loss = below(2)))
        t->list[n++] = "mixture.initial_loss=yes";
    if (below(2)) {
        t->list[n++] = "mixture.lone_skills=uniform";
        for (int i = 0; i < o->k; i++)
            o->is_alone[i] = is_alone(o, i);
    }
    t->list[n] = NULL;
}

static void losses_at(int step, double *losses)
{
    for (int j = 0; j < MOST; j++)
        losses[j] = 0.01 + 3 * rng_uniform(13, (uint64_t)(step * MOST + j));
}

/* Steps `from` to `to`, in the order of the loop: with evaluations the mixture
 * of a round does not see the losses at its start. */
static void run(struct policy *p, int from, int to,
                double mixture[ROUNDS][MOST])
{
    bool late = p->settings->mixture.window_unit == WINDOW_EVALUATIONS;

    for (int step = from; step < to; step++) {
        double losses[MOST];

        losses_at(step, losses);
        if (!late)
            policy_observe(p, step, losses);
        if (step % (STEPS / ROUNDS) == 0)
            memcpy(mixture[step * ROUNDS / STEPS], policy_next(p).p,
                   (size_t)p->skills.n * sizeof **mixture);
        if (late)
            policy_observe(p, step, losses);
    }
}

static double oracle_off(struct oracle *o, double mixture[ROUNDS][MOST])
{
    double off = 0;

    for (int step = 0; step < STEPS; step++) {
        double losses[MOST], p[MOST];

        losses_at(step, losses);
        if (!o->evaluations)
            oracle_observe(o, step, losses);
        if (step % (STEPS / ROUNDS) == 0) {
            oracle_mix(o, p);
            off = worse(
                off, policy_case_off(mixture[step * ROUNDS / STEPS], p, o->k));
        }
        if (o->evaluations)
            oracle_observe(o, step, losses);
    }
    return off;
}

static void check_switches(void)
{
    double off = 0, mixture[ROUNDS][MOST];
    int squares = 0, alone = 0;

    for (int i = 0; i < LISTS; i++) {
        struct oracle o;
        struct policy_case c;
        struct texts t;

        choose(&o, &t);
        policy_case_open(&c, t.train, t.evaluate, NULL, t.list);
        run(&c.policy, 0, STEPS, mixture);
        off = worse(off, oracle_off(&o, mixture));
        squares += o.square;
        alone += ((struct skill_it *)c.policy.own)->lone > 0;
        policy_case_close(&c);
    }
    ok(squares > 50 && alone > 50,
       "of %d runs %d have a square graph, %d lone skills", LISTS, squares,
       alone);
    ok(off < 1e-13, "all follow the authors' program: %.1e", off);
}

static void check_state(void)
{
    int same = 0;

    for (int i = 0; i < LISTS; i++) {
        double whole[ROUNDS][MOST] = {0}, parts[ROUNDS][MOST] = {0};
        struct policy_case a, b, c;
        struct oracle o;
        struct texts t;
        int stop = 1 + below(STEPS - 1);

        choose(&o, &t);
        policy_case_open(&a, t.train, t.evaluate, NULL, t.list);
        policy_case_open(&b, t.train, t.evaluate, NULL, t.list);
        policy_case_open(&c, t.train, t.evaluate, NULL, t.list);
        run(&a.policy, 0, STEPS, whole);
        run(&b.policy, 0, stop, parts);
        policy_case_carry_over(&c.policy, &b.policy);
        run(&c.policy, stop, STEPS, parts);
        same += memcmp(whole, parts, sizeof whole) == 0;
        policy_case_close(&a);
        policy_case_close(&b);
        policy_case_close(&c);
    }
    ok(same == LISTS, "%d of %d stopped runs go on bit for bit", same, LISTS);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    check_switches();
    check_state();
    tap_done();
    world_stop();
    return 0;
}
