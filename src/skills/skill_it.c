#include "src/skills/skill_it.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/memory.h"
#include "src/skills/weights.h"

static struct skill_it *own(const struct policy *p)
{
    return p->own;
}

/* Has a skill no edge but one of weight 1 to itself?  Its edges from others
 * are counted in `taught`. */
static bool is_lone(const struct graph *g, int i, const int *taught)
{
    long edge = g->start[i];

    return g->own[i] >= 0 && g->start[i + 1] == edge + 1 &&
           g->column[edge] == g->own[i] && g->weight[edge] == 1 &&
           taught[g->own[i]] == 1;
}

static void find_lone(struct policy *p)
{
    const struct graph *g = &p->graph;
    struct skill_it *x = own(p);
    int *taught = memory_take((size_t)g->cols, sizeof *taught, "skills");

    for (long e = 0; e < g->start[g->rows]; e++)
        taught[g->column[e]]++;
    for (int i = 0; i < g->rows; i++) {
        x->is_lone[i] = is_lone(g, i, taught);
        x->lone += x->is_lone[i];
    }
    free(taught);
}

/* The prior of the skills that are mixed must leave something to mix. */
static struct problem check_prior(const struct policy *p)
{
    const struct skill_it *x = own(p);
    double sum = 0;

    for (int i = 0; i < p->skills.n; i++)
        sum += x->is_lone[i] ? 0 : x->prior[i];
    if (sum > 0 || x->lone == p->skills.n)
        return NO_PROBLEM;
    return problem("%s: only lone skills have a weight above 0; give one to "
                   "others, or mixture.lone_skills=mix",
                   settings_place(p->settings, "mixture.prior"));
}

static struct problem read_lists(struct policy *p)
{
    struct skill_it *x = own(p);
    const struct settings *s = p->settings;
    struct problem wrong = NO_PROBLEM;

    for (int i = 0; i < p->skills.n; i++)
        x->prior[i] = 1;
    if (*s->mixture.prior)
        wrong = weights_read(x->prior, s->mixture.prior,
                             settings_place(s, "mixture.prior"), &p->skills);
    if (is_problem(&wrong) || !*s->mixture.initial)
        return wrong;
    x->initial =
        memory_take((size_t)p->skills.n, sizeof *x->initial, "shares");
    return weights_read(x->initial, s->mixture.initial,
                        settings_place(s, "mixture.initial"), &p->skills);
}

struct problem skill_it_start(struct policy *p, const int64_t *windows)
{
    struct skill_it *x = own(p);
    size_t skills = (size_t)p->skills.n;
    struct problem wrong;

    (void)windows;
    x->prior = memory_take(skills, sizeof *x->prior, "weights of skills");
    x->is_lone = memory_take(skills, sizeof *x->is_lone, "skills");
    x->loss = memory_take((size_t)p->graph.cols, sizeof *x->loss, "losses");
    x->decay = 1;
    wrong = read_lists(p);
    if (is_problem(&wrong))
        return wrong;
    if (p->settings->mixture.lone_skills == LONE_UNIFORM)
        find_lone(p);
    return check_prior(p);
}

static double divisor(double loss)
{
    return fabs(loss) < 1e-9 ? 1e-9 : loss;
}

/* Sets p->loss. */
static void reduce_window(struct policy *p)
{
    struct skill_it *x = own(p);
    const struct settings *s = p->settings;
    const struct window *w = &p->window;
    long n = window_sum(w, x->loss);

    assert(n > 0);
    for (int j = 0; j < w->m; j++) {
        if (s->mixture.window_reduce == WINDOW_MEAN)
            x->loss[j] /= (double)n;
        if (s->mixture.relative_loss)
            x->loss[j] /= divisor(w->first[j]);
    }
}

static double find_eta(const struct policy *p)
{
    const struct settings *s = p->settings;
    const struct window *w = &p->window;
    double first = 0, last = 0;

    if (s->mixture.eta_schedule == ETA_CONSTANT)
        return s->mixture.eta;
    for (int j = 0; j < w->m; j++) {
        first += w->first[j];
        last += window_last(w)[j];
    }
    return s->mixture.eta * first / divisor(last);
}

/* sum_j A_ij L_j */
static double score(const struct policy *p, int i)
{
    const struct skill_it *x = own(p);
    const struct graph *g = &p->graph;
    int own = p->is_between_same ? g->own[i] : -1;
    double sum = 0;

    for (long e = g->start[i]; e < g->start[i + 1]; e++) {
        bool decays = g->weight[e] > 0 && g->column[e] != own;

        sum += (decays ? x->decay : 1) * g->weight[e] * x->loss[g->column[e]];
    }
    return sum;
}

/* From scores to shares with a sum of 1.  The largest score that counts is
 * taken off, or exp() overflows. */
static void softmax(struct policy *p)
{
    const struct skill_it *x = own(p);
    double peak = -INFINITY, sum = 0;
    int k = p->skills.n;
    double mixed = (double)(k - x->lone) / k;

    for (int i = 0; i < k; i++)
        if (x->prior[i] > 0 && !x->is_lone[i])
            peak = fmax(peak, p->p[i]);
    for (int i = 0; i < k; i++) {
        bool counts = x->prior[i] > 0 && !x->is_lone[i];

        sum += p->p[i] = counts ? x->prior[i] * exp(p->p[i] - peak) : 0;
    }
    for (int i = 0; i < k; i++)
        p->p[i] = x->is_lone[i] ? 1.0 / k : p->p[i] / sum * mixed;
}

static void add_floor(struct policy *p)
{
    double floor = p->settings->mixture.floor;

    for (int i = 0; i < p->skills.n; i++)
        p->p[i] = (1 - floor) * p->p[i] + floor / p->skills.n;
}

static void mix(struct policy *p, double eta)
{
    for (int i = 0; i < p->skills.n; i++)
        p->p[i] = eta * score(p, i);
    softmax(p);
    add_floor(p);
}

static void mix_first(struct policy *p)
{
    struct skill_it *x = own(p);
    if (x->initial) {
        memcpy(p->p, x->initial, (size_t)p->skills.n * sizeof *p->p);
        return;
    }
    for (int j = 0; j < p->graph.cols; j++)
        x->loss[j] = 1;
    mix(p, p->settings->mixture.eta);
}

void skill_it_mix(struct policy *p)
{
    struct skill_it *x = own(p);
    if (p->round == 0) {
        mix_first(p);
        return;
    }
    reduce_window(p);
    mix(p, find_eta(p));
    x->decay *= p->settings->mixture.edge_decay;
}

static void add_state(struct policy *p, struct arrays *a)
{
    arrays_add(a, "mixture/policy/decay", H5_F64, 1, 1, &own(p)->decay);
}

void skill_it_free(struct policy *p)
{
    free(own(p)->loss);
    free(own(p)->is_lone);
    free(own(p)->initial);
    free(own(p)->prior);
}

const struct policy_kind skill_it_kind = {
    .name = "skill-it",
    .help = "shares follow the losses along the skills graph",
    .bytes = sizeof(struct skill_it),
    .needs_graph = true,
    .start = skill_it_start,
    .mix = skill_it_mix,
    .state = add_state,
    .free = skill_it_free,
};
