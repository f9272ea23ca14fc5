#include "src/train/resume.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "io/checkpoint_files.h"
#include "io/corpus.h"
#include "io/file.h"
#include "kernels/check.h"
#include "kernels/device.h"
#include "mpi/world.h"
#include "src/log.h"
#include "src/train/resume_stays.h"
#include "src/train/save.h"

enum { ENVIRONMENT = 512, CANDIDATES = 64 };

static bool is_root(const struct run *run)
{
    return group_rank(run->grid.all) == 0;
}

/* Rank 0's state; r has room for what the run does not hold itself. */
static void list_state(struct run *run, struct resume *r, struct arrays *a)
{
    arrays_add(a, "run/progress", H5_I64, sizeof run->at / sizeof(int64_t), 1,
               &run->at);
    arrays_add(a, "run/tokens", H5_F64, 1, 1, &r->tokens);
    arrays_add(a, "run/metrics_bytes", H5_I64, 1, 1, &r->metrics_bytes);
    arrays_add(a, "mixture/p", H5_F64, (uint64_t)run->data.train.skills.n, 1,
               run->p);
    skips_state(&run->skips, a);
    sampler_state(&run->sampler, a);
    mixture_state(&run->mixture, a);
    policy_state(&run->policy, a);
}

/* What the run was given, with numbers for its data that the caller frees. */
static struct problem list_given(struct run *run, struct arrays *a,
                                 uint64_t **fingerprint)
{
    struct data_split *splits[] = {&run->data.train, &run->data.validation};
    static const char *const of[][2] = {
        {"names/train", "data/train"}, {"names/validation", "data/validation"}};
    struct problem wrong = NO_PROBLEM;
    uint64_t *next;

    *fingerprint = next = calloc(
        (size_t)(splits[0]->skills.n + splits[1]->skills.n), sizeof *next);
    CHECK(next, "no memory for the fingerprints of the data");
    for (int i = 0; i < 2; i++) {
        const struct names *skills = &splits[i]->skills;

        arrays_add(a, of[i][0], H5_TEXT, (uint64_t)skills->n, SKILL_NAME_BYTES,
                   skills->at);
        arrays_add(a, of[i][1], H5_U64, (uint64_t)skills->n, 1, next);
        for (int j = 0; splits[i]->corpora && j < skills->n; j++)
            if (!is_problem(&wrong))
                wrong = corpus_fingerprint(&splits[i]->corpora[j], next + j);
        next += skills->n;
    }
    policy_given(&run->policy, a);
    return wrong;
}

/* Everything that gives a step its last bits. */
static void tell_environment(const struct run *run, char text[ENVIRONMENT])
{
    const char *threads = getenv("OMP_NUM_THREADS");

    memset(text, 0, ENVIRONMENT);
    snprintf(text, ENVIRONMENT,
             "%.40s with %s on %s, %.100s, BLAS %.100s, %d tensor x %d data "
             "ranks, %.10s threads",
             PACKAGE_STRING, PRECISION, device_name(), world_version(),
             SKILLET_BLAS, group_size(run->grid.tensor),
             group_size(run->grid.data), threads ? threads : "all");
}

static struct save save_of(struct run *run, const struct arrays *a)
{
    return (struct save){&run->model.parameters, &run->grid, a};
}

static char *settings_text(const struct settings *s, size_t *bytes)
{
    char *text = NULL;
    FILE *to = open_memstream(&text, bytes);

    CHECK(to, "no memory for the settings");
    settings_write(s, to);
    CHECK(fclose(to) == 0, "no memory for the settings");
    return text;
}

/* What rank 0 saves beside the model, and what of it lives only so long. */
struct beside {
    struct arrays arrays;
    struct resume room;
    char environment[ENVIRONMENT], *settings;
    uint64_t *fingerprint;
};

static struct problem list_beside(struct run *run, struct beside *b)
{
    struct problem wrong = NO_PROBLEM;
    size_t bytes;

    *b = (struct beside){.room.tokens = run->report.tokens};
    if (is_root(run)) {
        b->room.metrics_bytes = metrics_bytes(&run->report.metrics);
        list_state(run, &b->room, &b->arrays);
        wrong = list_given(run, &b->arrays, &b->fingerprint);
        b->settings = settings_text(run->settings, &bytes);
        tell_environment(run, b->environment);
        arrays_add(&b->arrays, "settings", H5_TEXT, 1, bytes + 1, b->settings);
        arrays_add(&b->arrays, "environment", H5_TEXT, 1, ENVIRONMENT,
                   b->environment);
    }
    return group_agree(run->grid.all, wrong);
}

static void free_beside(struct beside *b)
{
    arrays_free(&b->arrays);
    free(b->settings);
    free(b->fingerprint);
}

struct problem resume_save(struct run *run)
{
    struct beside beside;
    struct save save = save_of(run, &beside.arrays);
    struct problem wrong = list_beside(run, &beside);

    if (!is_problem(&wrong))
        wrong = save_write(&save, run->settings->output.directory, run->at.done,
                           (int64_t)run->report.tokens);
    free_beside(&beside);
    return wrong;
}

struct problem resume_save_background(struct run *run,
                                      struct save_background *b)
{
    struct beside beside;
    struct save save = save_of(run, &beside.arrays);
    struct problem wrong = list_beside(run, &beside);

    if (!is_problem(&wrong))
        wrong =
            save_background_start(b, &save, run->settings->output.directory,
                                  run->at.done, (int64_t)run->report.tokens);
    free_beside(&beside);
    return wrong;
}

/* An item of texts or numbers as it is, malloc'd with a zero behind; NULL if it
 * is not there or can't be read. */
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
    CHECK(at, "no memory for %s of %s", name, c->path);
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

static struct problem compare_given(struct run *run, const struct checkpoint *c,
                                    int fd)
{
    struct arrays given = {0};
    uint64_t *fingerprint;
    struct problem wrong = list_given(run, &given, &fingerprint);

    for (long i = 0; i < given.n && !is_problem(&wrong); i++) {
        const struct array *a = &given.list[i];
        uint64_t bytes = 0,
                 want = a->rows * a->cols * h5_number_bytes(a->number);
        char *before = read_item(c, fd, a->name, &bytes);

        if (!before || bytes != want || memcmp(before, a->at, bytes))
            wrong =
                problem("%s can't go on here: %s", c->path,
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
    int fd = open(c->path, O_RDONLY | O_CLOEXEC);
    uint64_t bytes = 0;
    char *settings = read_item(c, fd, "settings", &bytes), *environment;
    char now[ENVIRONMENT];
    struct problem wrong;

    if (!settings)
        wrong = problem("%s lacks its settings", c->path);
    else
        wrong = compare_settings(r, run, c->path, settings, bytes);
    if (!is_problem(&wrong))
        wrong = compare_given(run, c, fd);
    environment = read_item(c, fd, "environment", &bytes);
    tell_environment(run, now);
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
        return problem("%.300s holds a run that begins with %.300s, and has no "
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
struct candidates {
    long n;
    char path[CANDIDATES][1100];
};

static struct problem list_candidates(const struct run *run,
                                      struct candidates *list)
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
        snprintf(list->path[i], sizeof *list->path, "%s", c.path);
        checkpoint_free(&c);
    }
    free(steps);
    return wrong;
}

static struct problem open_whole(struct checkpoint *c, struct group *g,
                                 const char *path)
{
    struct problem wrong = checkpoint_open(c, g, path);

    if (is_problem(&wrong))
        return wrong;
    wrong = checkpoint_verify(c, g);
    if (is_problem(&wrong))
        checkpoint_free(c);
    return wrong;
}

/* Sets r->checkpoint to the first of the list that is whole. */
static void open_first(struct resume *r, struct run *run,
                       const struct candidates *list)
{
    struct problem wrong = NO_PROBLEM;

    for (long i = 0; i < list->n && !r->has_checkpoint; i++) {
        wrong = open_whole(&r->checkpoint, run->grid.all, list->path[i]);
        r->has_checkpoint = !is_problem(&wrong);
        if (is_problem(&wrong) && i + 1 < list->n)
            log_warning("%s: the checkpoint before it is taken", wrong.text);
    }
    if (!r->has_checkpoint)
        directory_refuse_if(&run->directory, wrong);
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
        wrong =
            problem("%s is at step %lld, and train.steps=%ld: give more "
                    "steps to go on from it",
                    r->checkpoint.path, (long long)r->checkpoint.step, steps);
    r->is_finished =
        is_done && report_is_finished(
                       directory_path(&run->directory, "metrics.jsonl").text);
    return wrong;
}

void resume_find(struct resume *r, struct run *run)
{
    struct group *all = run->grid.all;
    struct candidates *list = calloc(1, sizeof *list);
    struct problem wrong = NO_PROBLEM;

    CHECK(list, "no memory for the names of checkpoints");
    *r = (struct resume){0};
    settings_init(&r->before);
    if (is_root(run))
        wrong = list_candidates(run, list);
    directory_refuse_if(&run->directory, wrong);
    group_broadcast(all, list, sizeof *list);
    open_first(r, run, list);
    free(list);
    directory_refuse_if(&run->directory,
                        is_root(run) ? judge(r, run) : NO_PROBLEM);
    group_broadcast(all, &r->is_finished, sizeof r->is_finished);
}

/* Of rank 0's arrays the window's alone grows with its run. */
static void make_room(const struct resume *r, struct run *run)
{
    const struct checkpoint *c = &r->checkpoint;
    long item = checkpoint_find(c, WINDOW_LOSSES);

    if (item >= 0)
        window_make_room(&run->policy.window, (long)c->item[item].data.dims[0]);
}

static void restore(struct resume *r, struct run *run)
{
    struct group *all = run->grid.all;
    size_t skills = (size_t)run->data.train.skills.n;
    struct arrays a = {0};
    struct save save = save_of(run, &a);

    if (is_root(run)) {
        make_room(r, run);
        list_state(run, r, &a);
    }
    directory_refuse_if(&run->directory, save_read(&save, &r->checkpoint));
    arrays_free(&a);
    if (!is_automatic(run->settings))
        r->metrics_bytes = 0; /* it was of another directory's */
    group_broadcast(all, &run->at, sizeof run->at);
    group_broadcast(all, run->p, skills * sizeof *run->p);
    group_broadcast(all, &run->sampler.round, sizeof run->sampler.round);
    group_broadcast(all, run->sampler.cursor, skills * sizeof(int64_t));
    group_broadcast(all, run->sampler.count, skills * sizeof(int64_t));
    sampler_resume(&run->sampler);
    log_line("goes on from %s", r->checkpoint.path);
    if (is_root(run))
        resume_stays_tell(&r->before, run->settings);
    if (r->is_elsewhere)
        log_warning("programs or ranks are not those of before: it goes on to "
                    "rounding, not bit for bit");
}

static void take_weights(struct run *run)
{
    struct arrays none = {0};
    struct save save = save_of(run, &none);
    struct checkpoint c;

    directory_refuse_if(&run->directory, open_whole(&c, run->grid.all,
                                                    run->settings->model.init));
    directory_refuse_if(&run->directory, save_read_weights(&save, &c));
    checkpoint_free(&c);
}

void resume_start(struct resume *r, struct run *run)
{
    if (r->has_checkpoint)
        restore(r, run);
    else if (strcmp(run->settings->model.init, "scratch"))
        take_weights(run);
    else
        model_randomise(&run->model, run->settings->train.seed);
}

void resume_free(struct resume *r)
{
    if (r->has_checkpoint)
        checkpoint_free(&r->checkpoint);
    settings_free(&r->before);
}
