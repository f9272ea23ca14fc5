#include "src/skills/policy.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/base/memory.h"
#include "src/skills/random.h"
#include "src/skills/skill_it.h"
#include "src/skills/static.h"
#include "src/skills/stratified.h"

/* One row a policy. */
static const struct policy_kind *const kinds[] = {
    &skill_it_kind, &stratified_kind, &random_kind, &static_kind, NULL,
};

const struct policy_kind *policy_kind(int i)
{
    return kinds[i];
}

/* Their names, parted by commas. */
static void list_kinds(char *text, size_t size)
{
    size_t used = 0;

    for (int i = 0; kinds[i] && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s",
                                 i ? ", " : "", kinds[i]->name);
}

static struct problem find_kind(const struct settings *s,
                                const struct policy_kind **kind)
{
    char list[512];
    int i = 0;

    while (kinds[i] && strcmp(kinds[i]->name, s->mixture.policy) != 0)
        i++;
    *kind = kinds[i];
    list_kinds(list, sizeof list);
    if (!*kind)
        return problem("%s: there is no mixture policy \"%s\"; there are %s",
                       settings_place(s, "mixture.policy"), s->mixture.policy,
                       list);
    return NO_PROBLEM;
}

/* The first of `some` that is not in `all`, or NULL. */
static const char *find_other(const struct names *some,
                              const struct names *all)
{
    struct names_index index;
    int i = 0;

    names_index_init(&index, all);
    while (i < some->n && names_index_find(&index, some->at[i]) >= 0)
        i++;
    names_index_free(&index);
    return i < some->n ? some->at[i] : NULL;
}

/* Nearly all edges, or nearly none: the specification's bounds. */
static void warn_of_density(struct policy *p)
{
    double density = graph_density(&p->graph, p->is_between_same);

    if (!(density > 0.95) && !(density < 0.05))
        return;
    snprintf(p->warning, sizeof p->warning,
             "mixture.graph has a density of %.3g: above 0.95 or below "
             "0.05, stratified sampling should do as well",
             density);
}

/* Without a graph every skill teaches itself, so it must be evaluated too. */
static struct problem check_identity(const struct policy *p,
                                     const struct names *train,
                                     const struct names *evaluate)
{
    const char *trained = find_other(&p->skills, evaluate);
    const char *evaluated = find_other(evaluate, train);

    if (p->is_between_same)
        return NO_PROBLEM;
    return problem("mixture.policy=%s needs mixture.graph, a .csv or .h5 "
                   "of training by evaluation skills, because skill \"%s\" "
                   "is %s; or give skills.train and skills.evaluate the "
                   "same skills",
                   p->kind->name, trained ? trained : evaluated,
                   trained ? "trained but not evaluated"
                           : "evaluated but not trained");
}

static struct problem find_graph(struct policy *p, const struct names *train,
                                 const struct names *evaluate)
{
    const struct settings *s = p->settings;
    struct problem wrong;

    if (*s->mixture.graph) {
        wrong = graph_read(&p->graph, s->mixture.graph, &p->skills, evaluate);
        if (is_problem(&wrong))
            return wrong;
        if (s->graph.negative == NEGATIVE_CLAMP)
            graph_clamp(&p->graph);
        warn_of_density(p);
        return NO_PROBLEM;
    }
    if (!p->kind->needs_graph)
        return NO_PROBLEM;
    wrong = check_identity(p, train, evaluate);
    if (is_problem(&wrong))
        return wrong;
    graph_identity(&p->graph, &p->skills, evaluate);
    strcpy(p->warning,
           "no mixture.graph: each skill is assumed to teach only itself");
    return NO_PROBLEM;
}

struct problem
policy_init_kind(struct policy *p, const struct policy_kind *kind,
                 const struct settings *s, const struct names *train,
                 const struct names *evaluate, const int64_t *windows)
{
    struct problem wrong;

    *p = (struct policy){.kind = kind,
                         .settings = s,
                         .rounds = s->mixture.rounds,
                         .steps = s->train.steps};
    if (p->rounds > p->steps)
        return problem("%s: %ld rounds are more than train.steps=%ld; give at "
                       "most one a step",
                       settings_place(s, "mixture.rounds"), p->rounds,
                       p->steps);
    wrong = fixed_init(&p->fixed, &p->skills, s, train);
    if (is_problem(&wrong))
        return wrong;
    p->is_between_same =
        !find_other(evaluate, train) && !find_other(&p->skills, evaluate);
    p->p = memory_take((size_t)p->skills.n, sizeof *p->p, "shares of skills");
    p->own = memory_take(1, kind->bytes, "policies");
    window_init(&p->window, s->mixture.window, evaluate->n);
    wrong = find_graph(p, train, evaluate);
    if (!is_problem(&wrong))
        wrong = kind->start(p, windows);
    return wrong;
}

struct problem policy_init(struct policy *p, const struct settings *s,
                           const struct names *train,
                           const struct names *evaluate,
                           const int64_t *windows)
{
    const struct policy_kind *kind;
    struct problem wrong = find_kind(s, &kind);

    *p = (struct policy){0};
    return is_problem(&wrong)
               ? wrong
               : policy_init_kind(p, kind, s, train, evaluate, windows);
}

void policy_free(struct policy *p)
{
    if (p->own && p->kind->free)
        p->kind->free(p);
    free(p->own);
    window_free(&p->window);
    free(p->p);
    graph_free(&p->graph);
    names_free(&p->skills);
    fixed_free(&p->fixed);
    *p = (struct policy){0};
}

/* Where the round that begins at p->ends would end.  A run that goes on with
 * other steps or rounds ends the round it is in where it was to end; from
 * there its own rounds count. */
static long next_end(const struct policy *p)
{
    long round = p->ends * p->rounds / p->steps;

    while (round * p->steps / p->rounds <= p->ends)
        round++;
    return round * p->steps / p->rounds;
}

/* What the window begins with, instead of nothing. */
static void add_mean(struct window *w, const double *losses)
{
    double *mean = memory_take((size_t)w->m, sizeof *mean, "losses");
    double sum = 0;

    for (int j = 0; j < w->m; j++)
        sum += losses[j];
    for (int j = 0; j < w->m; j++)
        mean[j] = sum / w->m;
    window_add(w, mean);
    free(mean);
}

void policy_observe(struct policy *p, long step, const double *losses)
{
    const struct settings *s = p->settings;
    bool ends_round = step > 0 && step == p->ends;

    if (!p->window.has_first) {
        window_set_first(&p->window, losses);
        if (s->mixture.initial_loss)
            add_mean(&p->window, losses);
    }
    if (ends_round || s->mixture.window_unit == WINDOW_EVALUATIONS)
        window_add(&p->window, losses);
    if (p->kind->observe)
        p->kind->observe(p, losses);
}

struct policy_stretch policy_next(struct policy *p)
{
    long from = p->ends;

    if (from >= p->steps)
        return (struct policy_stretch){p->fixed.share, 0};
    if (p->kind->mix)
        p->kind->mix(p);
    fixed_spread(&p->fixed, p->p, p->skills.n);
    p->round++;
    p->ends = next_end(p);
    return (struct policy_stretch){p->fixed.share, p->ends - from};
}

void policy_state(struct policy *p, struct arrays *a)
{
    arrays_add(a, "mixture/policy/round", H5_I64, 1, 1, &p->round);
    arrays_add(a, "mixture/policy/ends", H5_I64, 1, 1, &p->ends);
    window_state(&p->window, a);
    if (p->kind->state)
        p->kind->state(p, a);
}

void policy_given(struct policy *p, struct arrays *a)
{
    graph_state(&p->graph, a);
}
