#include "src/skills/stratified.h"

static bool is_fine_tuning(const struct graph *g)
{
    for (int i = 0; i < g->rows; i++)
        if (g->own[i] >= 0)
            return true;
    return false;
}

static bool teaches(const struct graph *g, int i)
{
    for (long e = g->start[i]; e < g->start[i + 1]; e++)
        if (g->weight[e] > 0)
            return true;
    return false;
}

static double edge_sum(const struct graph *g, int i)
{
    double sum = 0;

    for (long e = g->start[i]; e < g->start[i + 1]; e++)
        sum += g->weight[e];
    return sum;
}

static struct problem start(struct policy *p, const int64_t *windows)
{
    const struct graph *g = &p->graph;
    bool fine_tuning = is_fine_tuning(g);
    int relevant = 0;

    (void)windows;
    for (int i = 0; i < p->skills.n; i++) {
        bool counts = g->rows == 0  ? true
                      : fine_tuning ? g->own[i] >= 0 || teaches(g, i)
                                    : edge_sum(g, i) > 0;

        p->p[i] = counts;
        relevant += counts;
    }
    if (relevant == 0)
        return problem("%s: no training skill teaches the evaluation skills, "
                       "as no row sums to more than 0; mixture.policy="
                       "stratified has nothing to train on",
                       settings_place(p->settings, "mixture.graph"));
    for (int i = 0; i < p->skills.n; i++)
        p->p[i] /= relevant;
    return NO_PROBLEM;
}

const struct policy_kind stratified_kind = {
    .name = "stratified",
    .help = "equal shares of the skills that matter to the evaluation",
    .start = start,
};
