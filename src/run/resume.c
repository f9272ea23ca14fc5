#include "src/run/resume.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/checkpoint/checkpoint_files.h"
#include "io/file.h"
#include "kernels/base/check.h"
#include "kernels/base/clock.h"
#include "src/log.h"
#include "src/run/resume_stays.h"
#include "src/run/run_state.h"
#include "src/run/save.h"

enum { CANDIDATES = 64 };

static bool is_root(const struct run *run)
{
    return group_rank(run->grid.all) == 0;
}

static struct save save_of(struct run *run, const struct arrays *a)
{
    return (struct save){&run->model.parameters, &run->grid, a};
}

/* An item of texts or numbers as it is, malloc'd with a zero behind; NULL if
 * it is not there or can't be read. */
static void *read_item(const struct checkpoint *c, int fd, const char *name,
                       uint64_t *bytes)
{
    long item = checkpoint_find(c, name);
    struct problem wrong;
    char *at;

    if (item < 0)
        return NULL;
    *bytes = h5_dataset_bytes(&c->item[item].data);
    at = calloc(*bytes + 1, 1);
    CHECK(at, "no memory for %s of %s", name, c->path.text);
    wrong = checkpoint_get(c, fd, item, 0,
                           h5_dataset_numbers(&c->item[item].data), at);
    if (!is_problem(&wrong))
        return at;
    free(at);
    return NULL;
}

static struct problem compare_settings(struct resume *r, const struct run *run,
                                       const char *name, const char *text,
                                       uint64_t bytes)
{
    struct problem wrong =
        settings_read_text(&r->before, name, text, strnlen(text, bytes));

    return is_problem(&wrong)
               ? wrong
               : resume_stays_check(&r->before, run->settings, name);
}

static struct problem compare_given(struct run *run,
                                    const struct checkpoint *c, int fd)
{
    struct arrays given = {0};
    uint64_t *fingerprint;
    struct problem wrong = run_state_given(run, &given, &fingerprint);

    for (long i = 0; i < given.n && !is_problem(&wrong); i++) {
        const struct array *a = &given.list[i];
        uint64_t bytes = 0,
                 want = a->rows * a->cols * h5_number_bytes(a->number);
        char *before = read_item(c, fd, a->name, &bytes);

        if (!before || bytes != want || memcmp(before, a->at, bytes))
            wrong =
                problem("%s can't go on here: %s", c->path.text,
                        !strncmp(a->name, "names/", 6)
                            ? "the data have other skills than they had"
                        : !strncmp(a->name, "data/", 5)
                            ? "the shards of the data are not those that "
                              "they were"
                            : "the skills graph is another one than it was");
        free(before);
    }
    arrays_free(&given);
    free(fingerprint);
    return wrong;
}

/* For rank 0: whether the run in the checkpoint is this one. */
static struct problem compare(struct resume *r, struct run *run)
{
    const struct checkpoint *c = &r->checkpoint;
    int fd = open(c->path.text, O_RDONLY | O_CLOEXEC);
    uint64_t bytes = 0;
    char *settings = read_item(c, fd, "settings", &bytes), *environment;
    char now[RUN_STATE_ENVIRONMENT];
    struct problem wrong;

    if (!settings)
        wrong = problem("%s lacks its settings", c->path.text);
    else
        wrong = compare_settings(r, run, c->path.text, settings, bytes);
    if (!is_problem(&wrong))
        wrong = compare_given(run, c, fd);
    environment = read_item(c, fd, "environment", &bytes);
    run_state_environment(run, now);
    r->is_elsewhere = !environment || strcmp(environment, now);
    free(environment);
    free(settings);
    if (fd >= 0)
        close(fd);
    return wrong;
}

static bool is_automatic(const struct settings *s)
{
    return !strcmp(s->checkpoint.resume, "auto");
}

/* The checkpoint of another directory that a run begins with, or empty. */
static const char *begins_with(const struct settings *s)
{
    bool is_named = !is_automatic(s) && strcmp(s->checkpoint.resume, "no");

    return is_named ? s->checkpoint.resume : "";
}

static struct problem compare_beginning(const struct settings *before,
                                        const struct settings *now)
{
    const char *directory = now->output.directory, *from = begins_with(before);

    if (!strcmp(from, begins_with(now)))
        return NO_PROBLEM;
    if (*from)
        return problem(
            "%.300s holds a run that begins with %.300s, and has no "
            "checkpoint yet: give checkpoint.resume=%.300s, or "
            "another output.directory",
            directory, from, from);
    return problem("output.directory: %s holds a run already; name another "
                   "directory, or go on with checkpoint.resume=auto",
                   directory);
}

/* A run that was killed before its first checkpoint starts again. */
static struct problem compare_start(const struct run *run)
{
    struct directory_path path = directory_path(&run->directory, "run.ini");
    struct settings before;
    char *text;
    size_t n;
    struct problem wrong = file_read(path.text, &text, &n);

    if (is_problem(&wrong)) /* it had not come so far */
        return NO_PROBLEM;
    settings_init(&before);
    wrong = settings_read_text(&before, path.text, text, n);
    if (!is_problem(&wrong))
        wrong = resume_stays_check(&before, run->settings, path.text);
    if (!is_problem(&wrong))
        wrong = compare_beginning(&before, run->settings);
    settings_free(&before);
    free(text);
    return wrong;
}

/* The paths to try, the latest first, on every rank. */
struct resume_candidates {
    long n, next;
    char path[CANDIDATES][1100];
};

static struct problem list_candidates(const struct run *run,
                                      struct resume_candidates *list)
{
    const char *resume = run->settings->checkpoint.resume;
    const char *directory = run->settings->output.directory;
    int64_t *steps = NULL;
    struct problem wrong;

    if (!strcmp(resume, "no"))
        return NO_PROBLEM;
    if (strcmp(resume, "auto")) {
        list->n = 1;
        snprintf(list->path[0], sizeof *list->path, "%s", resume);
        return NO_PROBLEM;
    }
    wrong = checkpoint_files_sweep(directory);
    if (!is_problem(&wrong))
        wrong = checkpoint_files_list(directory, &steps, &list->n);
    if (list->n > CANDIDATES)
        list->n = CANDIDATES;
    for (long i = 0; i < list->n && !is_problem(&wrong); i++) {
        struct checkpoint c;

        wrong = checkpoint_init(&c, directory, steps[i]);
        snprintf(list->path[i], sizeof *list->path, "%s", c.path.text);
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
    which = malloc((size_t)c->items + 1);
    CHECK(which, "no memory to verify %ld items", c->items);
    for (long i = 0; i < c->items; i++)
        which[i] = !save_reads(&c->item[i]);
    wrong = checkpoint_verify_some(c, g, which);
    free(which);
    if (is_problem(&wrong))
        checkpoint_free(c);
    return wrong;
}

static struct problem judge(struct resume *r, struct run *run)
{
    bool automatic = is_automatic(run->settings);
    bool starts = !r->has_checkpoint || !automatic;
    long steps = run->settings->train.steps;
    struct problem wrong = r->has_checkpoint ? compare(r, run) : NO_PROBLEM;
    bool is_done = r->has_checkpoint && r->checkpoint.step >= steps;

    if (!is_problem(&wrong) && starts && run->directory.has_run)
        wrong = compare_start(run);
    if (!is_problem(&wrong) && is_done && !automatic)
        wrong = problem("%s is at step %lld, and train.steps=%ld: give more "
                        "steps to go on from it",
                        r->checkpoint.path.text, (long long)r->checkpoint.step,
                        steps);
    r->is_finished =
        is_done && report_is_finished(
                       directory_path(&run->directory, "metrics.jsonl").text);
    return wrong;
}

/* A candidate is not whole: ends the run where it was the last. */
static void pass_over(struct resume *r, struct run *run, struct problem wrong)
{
    if (r->list->next == r->list->n)
        directory_refuse_if(&run->directory, wrong);
    log_warning("%s: the checkpoint before it is taken", wrong.text);
}

/* Sets r->checkpoint to the next candidate that opens, if there is any. */
static void open_next(struct resume *r, struct run *run)
{
    struct resume_candidates *list = r->list;

    while (list->next < list->n && !r->has_checkpoint) {
        struct problem wrong = open_verified(&r->checkpoint, run->grid.all,
                                             list->path[list->next++]);

        r->has_checkpoint = !is_problem(&wrong);
        if (!r->has_checkpoint)
            pass_over(r, run, wrong);
    }
    directory_refuse_if(&run->directory,
                        is_root(run) ? judge(r, run) : NO_PROBLEM);
    group_broadcast(run->grid.all, &r->is_finished, sizeof r->is_finished);
}

/* What was found is damaged. */
static void open_another(struct resume *r, struct run *run,
                         struct problem wrong)
{
    pass_over(r, run, wrong);
    checkpoint_free(&r->checkpoint);
    r->has_checkpoint = false;
    settings_free(&r->before);
    settings_init(&r->before);
    open_next(r, run);
}

void resume_find(struct resume *r, struct run *run)
{
    double start = clock_seconds();
    struct problem wrong = NO_PROBLEM;

    *r = (struct resume){.list = calloc(1, sizeof *r->list)};
    CHECK(r->list, "no memory for the names of checkpoints");
    settings_init(&r->before);
    if (is_root(run))
        wrong = list_candidates(run, r->list);
    directory_refuse_if(&run->directory, wrong);
    group_broadcast(run->grid.all, r->list, sizeof *r->list);
    open_next(r, run);
    /* Nobody reads what a finished run has left. */
    while (r->is_finished) {
        wrong = checkpoint_verify(&r->checkpoint, run->grid.all);
        if (!is_problem(&wrong))
            break;
        open_another(r, run, wrong);
    }
    r->seconds = clock_seconds() - start;
}

/* Of rank 0's arrays the window's alone grows with its run. */
static void make_room(const struct resume *r, struct run *run)
{
    const struct checkpoint *c = &r->checkpoint;
    long item = checkpoint_find(c, WINDOW_LOSSES);

    if (item >= 0)
        window_make_room(&run->policy.window,
                         (long)c->item[item].data.dims[0]);
}

static void restore_model(struct resume *r, struct run *run)
{
    struct save save = save_of(run, NULL);
    struct problem wrong;

    while (wrong = save_read(&save, &r->checkpoint), is_problem(&wrong))
        open_another(r, run, wrong);
}

static void restore(struct resume *r, struct run *run)
{
    struct group *all = run->grid.all;
    size_t skills = (size_t)run->data.train.skills.n;
    struct arrays a = {0};
    struct save save = save_of(run, &a);

    restore_model(r, run);
    if (is_root(run)) {
        make_room(r, run);
        run_state_list(run, &r->state, &a);
    }
    directory_refuse_if(&run->directory,
                        save_read_arrays(&save, &r->checkpoint));
    arrays_free(&a);
    if (!is_automatic(run->settings))
        r->state.metrics_bytes = 0; /* it was of another directory's */
    group_broadcast(all, &run->at, sizeof run->at);
    group_broadcast(all, run->p, skills * sizeof *run->p);
    group_broadcast(all, &run->sampler.round, sizeof run->sampler.round);
    group_broadcast(all, run->sampler.cursor, skills * sizeof(int64_t));
    group_broadcast(all, run->sampler.count, skills * sizeof(int64_t));
    sampler_resume(&run->sampler);
    log_line("goes on from %s", r->checkpoint.path.text);
    if (is_root(run))
        resume_stays_tell(&r->before, run->settings);
    if (r->is_elsewhere)
        log_warning("programs or ranks are not those of before: it goes on to "
                    "rounding, not bit for bit");
}

static void take_weights(struct run *run)
{
    struct save save = save_of(run, NULL);
    struct checkpoint c;

    directory_refuse_if(
        &run->directory,
        open_verified(&c, run->grid.all, run->settings->model.init));
    directory_refuse_if(&run->directory, save_read_weights(&save, &c));
    checkpoint_free(&c);
}

void resume_start(struct resume *r, struct run *run)
{
    double start = clock_seconds();

    if (r->has_checkpoint)
        restore(r, run);
    else if (strcmp(run->settings->model.init, "scratch"))
        take_weights(run);
    else
        model_randomise(&run->model, run->settings->train.seed);
    r->seconds += clock_seconds() - start;
}

void resume_free(struct resume *r)
{
    if (r->has_checkpoint)
        checkpoint_free(&r->checkpoint);
    settings_free(&r->before);
    free(r->list);
}
