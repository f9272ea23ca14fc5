/* usage: coordinator [dense] What a round costs rank 0 by the number of
 * skills, in microseconds: losses in (observe), the mixture (next) and its
 * samples (deal); the best of several.  `dense` adds a graph of 10,000 x
 * 10,000, which takes 1.2 GB. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"
#include "kernels/base/clock.h"
#include "kernels/base/rng.h"
#include "src/skills/mixture.h"
#include "src/skills/policy.h"

enum { ROUNDS = 20, SAMPLES = 32000, IDENTITY = 0 };

struct best {
    double observe, next, deal;
};

static void make_names(struct names *names, int k)
{
    *names = (struct names){0};
    for (int i = 0; i < k; i++) {
        char name[16];

        snprintf(name, sizeof name, "skill-%d", i);
        names_add(names, name);
    }
}

/* In place of the identity, so that no file of 10,000 x 10,000 is read:
 * `edges` a row. */
static void make_graph(struct graph *g, int edges)
{
    long all = (long)g->rows * edges;

    g->column = realloc(g->column, (size_t)all * sizeof *g->column);
    g->weight = realloc(g->weight, (size_t)all * sizeof *g->weight);
    CHECK(g->column && g->weight, "no memory for %ld edges", all);
    for (long e = 0; e < all; e++) {
        g->column[e] = (int)(e % edges * (g->cols / edges));
        g->weight[e] = rng_uniform(1, (uint64_t)e);
    }
    for (int i = 0; i <= g->rows; i++)
        g->start[i] = (long)i * edges;
}

static double lap(double *clock)
{
    double before = *clock;

    *clock = clock_seconds();
    return *clock - before;
}

static struct best measure(struct policy *p, struct mixture *m)
{
    struct best best = {1e9, 1e9, 1e9};
    double *losses = calloc((size_t)p->window.m, sizeof *losses);
    int64_t *counts = calloc((size_t)m->k, sizeof *counts);

    CHECK(losses && counts, "no memory for %d skills", m->k);
    for (int round = 0; round < ROUNDS; round++) {
        double clock;
        struct policy_stretch stretch;

        for (int j = 0; j < p->window.m; j++)
            losses[j] = 3 * rng_uniform(2, (uint64_t)(round * m->k + j));
        clock = clock_seconds();
        policy_observe(p, round, losses);
        best.observe = fmin(best.observe, lap(&clock));
        stretch = policy_next(p);
        best.next = fmin(best.next, lap(&clock));
        mixture_deal(m, stretch.p, SAMPLES, counts);
        best.deal = fmin(best.deal, lap(&clock));
    }
    free(losses);
    free(counts);
    return best;
}

static void bench(int k, int edges)
{
    int64_t *windows = calloc((size_t)k, sizeof *windows);
    struct names names;
    struct settings s;
    struct policy p;
    struct mixture m;
    struct problem wrong;
    struct best best;

    CHECK(windows, "no memory for %d skills", k);
    make_names(&names, k);
    for (int i = 0; i < k; i++)
        windows[i] = 1000000;
    settings_init(&s);
    s.mixture.rounds = s.train.steps = ROUNDS;
    wrong = policy_init(&p, &s, &names, &names, windows);
    CHECK(!is_problem(&wrong), "%s", wrong.text);
    mixture_init(&m, &s, k, windows);
    if (edges != IDENTITY)
        make_graph(&p.graph, edges);
    best = measure(&p, &m);
    printf("%6d %10ld %10.1f %10.1f %10.1f %10.1f\n", k, p.graph.start[k],
           1e6 * best.observe, 1e6 * best.next, 1e6 * best.deal,
           1e6 * (best.observe + best.next + best.deal));
    fflush(stdout);
    mixture_free(&m);
    policy_free(&p);
    settings_free(&s);
    names_free(&names);
    free(windows);
}

int main(int argc, char **argv)
{
    printf("%6s %10s %10s %10s %10s %10s  microseconds a round\n", "skills",
           "edges", "observe", "next", "deal", "all");
    bench(10, 10);
    bench(1000, 1000);
    bench(1000, 10);
    bench(10000, 10);
    bench(10000, IDENTITY);
    if (argc == 2 && strcmp(argv[1], "dense") == 0)
        bench(10000, 10000);
    return 0;
}
