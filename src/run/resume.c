#include "src/run/resume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/checkpoint/checkpoint_files.h"
#include "kernels/base/clock.h"
#include "kernels/base/memory.h"
#include "src/log.h"
#include "src/run/report.h"
#include "src/run/resume_compare.h"
#include "src/run/resume_stays.h"
#include "src/run/run_state.h"
#include "src/run/save.h"

enum { CANDIDATES = 64 };

static struct group *all_ranks(const struct resume *r)
{
    return r->trainer->grid.all;
}

static bool is_root(const struct resume *r)
{
    return group_rank(all_ranks(r)) == 0;
}

static const struct settings *settings_of(const struct resume *r)
{
    return r->trainer->settings;
}

static struct save save_of(const struct resume *r, const struct arrays *a)
{
    return (struct save){&r->trainer->model.parameters, &r->trainer->grid, a};
}

/* The paths to try, the latest first, on every rank. */
struct resume_candidates {
    long n, next;
    struct path path[CANDIDATES];
};

static struct problem list_candidates(const struct settings *s,
                                      struct resume_candidates *list)
{
    const char *resume = s->checkpoint.resume;
    const char *directory = s->output.directory;
    int64_t *steps = NULL;
    struct problem wrong;

    if (strcmp(resume, "no") == 0)
        return NO_PROBLEM;
    if (!resume_compare_is_automatic(s)) {
        list->n = 1;
        return path_print(&list->path[0], "%s", resume);
    }
    wrong = checkpoint_files_sweep(directory);
    if (!is_problem(&wrong))
        wrong = checkpoint_files_list(directory, &steps, &list->n);
    if (list->n > CANDIDATES)
        list->n = CANDIDATES;
    for (long i = 0; i < list->n && !is_problem(&wrong); i++) {
        struct checkpoint c;

        wrong = checkpoint_init(&c, directory, steps[i]);
        list->path[i] = c.path;
        checkpoint_free(&c);
    }
    free(steps);
    return wrong;
}

/* All but the weights and moments are verified here, and those when they are
 * read, so that nothing is read twice. */
static struct problem open_verified(struct checkpoint *c, struct group *g,
                                    const char *path)
{
    struct problem wrong = checkpoint_open(c, g, path);
    bool *which;

    if (is_problem(&wrong))
        return wrong;
    which = memory_take((size_t)c->items, sizeof *which, "items to verify");
    for (long i = 0; i < c->items; i++)
        which[i] = !save_reads(&c->item[i]);
    wrong = checkpoint_verify_some(c, g, which);
    free(which);
    if (is_problem(&wrong))
        checkpoint_free(c);
    return wrong;
}

/* For rank 0. */
static struct problem judge(struct resume *r)
{
    const struct checkpoint *c = &r->checkpoint;
    bool automatic = resume_compare_is_automatic(settings_of(r));
    bool starts = !r->has_checkpoint || !automatic;
    long steps = settings_of(r)->train.steps;
    bool is_done = r->has_checkpoint && c->step >= steps;
    struct problem wrong = NO_PROBLEM;

    if (r->has_checkpoint)
        wrong = resume_compare(c, r->trainer, &r->before, &r->is_elsewhere);
    if (!is_problem(&wrong) && starts && r->directory->has_run)
        wrong = resume_compare_start(r->directory, settings_of(r));
    if (!is_problem(&wrong) && is_done && !automatic)
        wrong = problem("%s is at step %lld, but train.steps=%ld: give "
                        "more steps to resume from it",
                        c->path.text, (long long)c->step, steps);
    r->is_finished =
        is_done &&
        report_is_finished(directory_path(r->directory, "metrics.jsonl").text);
    return wrong;
}

/* Another candidate is left, and taken in the place of a damaged one. */
static bool pass_over(const struct resume *r, const struct problem *damage)
{
    if (r->list->next == r->list->n)
        return false;
    log_warning("%s: trying the checkpoint before it", damage->text);
    return true;
}

/* Takes the next candidate that opens, if there is any.  The problem is that
 * of the last one. */
static struct problem take_next(struct resume *r)
{
    struct problem wrong = NO_PROBLEM;

    while (r->list->next < r->list->n) {
        wrong = open_verified(&r->checkpoint, all_ranks(r),
                              r->list->path[r->list->next++].text);
        r->has_checkpoint = !is_problem(&wrong);
        if (r->has_checkpoint || !pass_over(r, &wrong))
            break;
    }
    return wrong;
}

static struct problem open_next(struct resume *r)
{
    struct problem wrong = take_next(r);

    if (is_problem(&wrong))
        return wrong;
    wrong = group_agree(all_ranks(r), is_root(r) ? judge(r) : NO_PROBLEM);
    group_broadcast(all_ranks(r), &r->is_finished, sizeof r->is_finished);
    return wrong;
}

/* The checkpoint that was found turns out to be damaged. */
static struct problem open_another(struct resume *r, struct problem damage)
{
    if (!pass_over(r, &damage))
        return damage;
    checkpoint_free(&r->checkpoint);
    r->has_checkpoint = false;
    settings_free(&r->before);
    settings_init(&r->before);
    return open_next(r);
}

/* Nobody reads what a finished run has left, so it is verified here. */
static struct problem verify_finished(struct resume *r)
{
    struct problem wrong = NO_PROBLEM;

    while (r->is_finished && !is_problem(&wrong)) {
        struct problem damage =
            checkpoint_verify(&r->checkpoint, all_ranks(r));

        if (!is_problem(&damage))
            break;
        wrong = open_another(r, damage);
    }
    return wrong;
}

struct problem resume_find(struct resume *r, struct trainer *t,
                           const struct directory *o)
{
    double start = clock_seconds();
    struct problem wrong = NO_PROBLEM;

    *r = (struct resume){.trainer = t, .directory = o};
    r->list = memory_take(1, sizeof *r->list, "lists of checkpoints");
    settings_init(&r->before);
    if (is_root(r))
        wrong = list_candidates(settings_of(r), r->list);
    wrong = group_agree(all_ranks(r), wrong);
    if (is_problem(&wrong))
        return wrong;
    group_broadcast(all_ranks(r), r->list, sizeof *r->list);
    wrong = open_next(r);
    if (!is_problem(&wrong))
        wrong = verify_finished(r);
    r->seconds = clock_seconds() - start;
    return wrong;
}

/* Of rank 0's arrays the window's alone grows with its run. */
static void make_room(const struct resume *r)
{
    const struct checkpoint *c = &r->checkpoint;
    long item = checkpoint_find(c, WINDOW_LOSSES);

    if (item >= 0)
        window_make_room(&r->trainer->policy.window,
                         (long)c->item[item].data.dims[0]);
}

static struct problem restore_model(struct resume *r)
{
    struct save save = save_of(r, NULL);
    struct problem damage = save_read(&save, &r->checkpoint);

    while (is_problem(&damage)) {
        struct problem wrong = open_another(r, damage);

        if (is_problem(&wrong))
            return wrong;
        damage = save_read(&save, &r->checkpoint);
    }
    return NO_PROBLEM;
}

/* Rank 0's arrays, and of them what the other ranks need too. */
static struct problem restore_arrays(struct resume *r)
{
    struct trainer *t = r->trainer;
    struct group *all = all_ranks(r);
    size_t skills = (size_t)t->data.train.skills.n;
    struct arrays a = {0};
    struct save save = save_of(r, &a);
    struct problem wrong;

    if (is_root(r)) {
        make_room(r);
        run_state_list(t, &r->state, &a);
    }
    wrong = save_read_arrays(&save, &r->checkpoint);
    arrays_free(&a);
    if (is_problem(&wrong))
        return wrong;
    group_broadcast(all, &t->at, sizeof t->at);
    group_broadcast(all, &t->tokens, sizeof t->tokens);
    group_broadcast(all, t->p, skills * sizeof *t->p);
    group_broadcast(all, &t->sampler.round, sizeof t->sampler.round);
    group_broadcast(all, t->sampler.cursor, skills * sizeof(int64_t));
    group_broadcast(all, t->sampler.count, skills * sizeof(int64_t));
    sampler_resume(&t->sampler);
    return NO_PROBLEM;
}

static struct problem restore(struct resume *r)
{
    struct problem wrong = restore_model(r);

    if (!is_problem(&wrong))
        wrong = restore_arrays(r);
    if (is_problem(&wrong))
        return wrong;
    if (!resume_compare_is_automatic(settings_of(r)))
        r->state.metrics_bytes = 0; /* it was of another directory's */
    log_line("resumes from %s", r->checkpoint.path.text);
    if (is_root(r))
        resume_stays_tell(&r->before, settings_of(r));
    if (r->is_elsewhere)
        log_warning("programs or ranks have changed: losses will agree to "
                    "rounding, not bit for bit");
    return NO_PROBLEM;
}

static struct problem take_weights(struct resume *r)
{
    struct save save = save_of(r, NULL);
    struct checkpoint c;
    struct problem wrong =
        open_verified(&c, all_ranks(r), settings_of(r)->model.init);

    if (is_problem(&wrong))
        return wrong;
    wrong = save_read_weights(&save, &c);
    checkpoint_free(&c);
    return wrong;
}

struct problem resume_start(struct resume *r)
{
    const struct settings *s = settings_of(r);
    double start = clock_seconds();
    struct problem wrong = NO_PROBLEM;

    if (r->has_checkpoint)
        wrong = restore(r);
    else if (strcmp(s->model.init, "scratch") != 0)
        wrong = take_weights(r);
    else
        model_randomise(&r->trainer->model, s->train.seed);
    r->seconds += clock_seconds() - start;
    return wrong;
}

void resume_free(struct resume *r)
{
    if (r->has_checkpoint)
        checkpoint_free(&r->checkpoint);
    settings_free(&r->before);
    free(r->list);
}
