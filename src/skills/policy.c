#include "src/skills/policy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/check.h"
#include "src/skills/skill_it.h"
#include "src/skills/static.h"
#include "src/skills/stratified.h"

static const struct policy_kind kinds[] = {
    {"skill-it", true, NULL, skill_it_mix},
    {"stratified", false, NULL, stratified_mix},
    {"static", false, static_start, static_mix},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static struct problem find_kind(struct policy *p, const struct settings *s)
{
    for (int i = 0; i < KINDS; i++)
        if (!strcmp(kinds[i].name, s->mixture.policy))
            p->kind = &kinds[i];
    if (!p->kind)
        return problem("%s: there is no mixture policy \"%s\"; there are "
                       "skill-it, stratified and static",
                       settings_place(s, "mixture.policy"), s->mixture.policy);
    return NO_PROBLEM;
}

static bool same_names(const struct names *a, const struct names *b)
{
    if (a->n != b->n)
        return false;
    for (int i = 0; i < a->n; i++)
        if (strcmp(a->at[i], b->at[i]))
            return false;
    return true;
}

static struct problem find_graph(struct policy *p, const struct settings *s,
                                 const struct names *train,
                                 const struct names *evaluate,
                                 bool *without_graph)
{
    if (*s->mixture.graph)
        return graph_read(&p->graph, s->mixture.graph, train, evaluate);
    if (!p->kind->needs_graph)
        return NO_PROBLEM;
    if (!same_names(train, evaluate))
        return problem("mixture.policy=%s needs mixture.graph where "
                       "skills.train and skills.evaluate differ; give a .csv "
                       "of training by evaluation skills",
                       p->kind->name);
    graph_identity(&p->graph, p->k);
    *without_graph = true;
    return NO_PROBLEM;
}

struct problem policy_init(struct policy *p, const struct settings *s,
                           const struct names *train,
                           const struct names *evaluate, bool *without_graph)
{
    struct problem wrong;

    *without_graph = false;
    *p = (struct policy){
        .k = train->n,
        .m = evaluate->n,
        .eta = s->mixture.eta,
        .window = s->mixture.window < s->mixture.rounds ? s->mixture.window
                                                        : s->mixture.rounds,
        .reduce = (enum window_reduce)s->mixture.window_reduce,
        .rounds = s->mixture.rounds,
        .steps = s->train.steps,
    };
    p->p = calloc((size_t)p->k, sizeof *p->p);
    p->losses = calloc((size_t)(p->window * p->m), sizeof *p->losses);
    CHECK(p->p && p->losses, "no memory for a policy of %d skills", p->k);
    if (p->rounds > p->steps)
        return problem("%s: %ld rounds are more than train.steps=%ld",
                       settings_place(s, "mixture.rounds"), p->rounds,
                       p->steps);
    wrong = find_kind(p, s);
    if (!is_problem(&wrong))
        wrong = find_graph(p, s, train, evaluate, without_graph);
    if (!is_problem(&wrong) && p->kind->start)
        wrong = p->kind->start(p, s, train);
    return wrong;
}

void policy_free(struct policy *p)
{
    graph_free(&p->graph);
    free(p->losses);
    free(p->p);
    *p = (struct policy){0};
}

void policy_observe(struct policy *p, const double *losses)
{
    long place = p->observed++ % p->window;

    memcpy(p->losses + place * p->m, losses, (size_t)p->m * sizeof *losses);
}

struct stretch policy_next(struct policy *p)
{
    long from = p->round * p->steps / p->rounds;
    long to = (p->round + 1) * p->steps / p->rounds;

    if (p->round == p->rounds)
        return (struct stretch){p->p, 0};
    p->kind->mix(p);
    p->round++;
    return (struct stretch){p->p, to - from};
}

void policy_softmax(const double *score, int k, double *p)
{
    double peak = -INFINITY, sum = 0;

    for (int i = 0; i < k; i++)
        peak = fmax(peak, score[i]);
    for (int i = 0; i < k; i++)
        sum += p[i] = exp(score[i] - peak);
    for (int i = 0; i < k; i++)
        p[i] /= sum;
}
