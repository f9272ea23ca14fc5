#include "src/commands/tokenize_output.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/corpus_files.h"
#include "io/shard_open.h"
#include "io/shard_write.h"
#include "kernels/check.h"
#include "mpi/world.h"
#include "src/log.h"

static bool may_write(const struct tokenize *t, const struct tokenize_input *f,
                      int split)
{
    if (t->only != SPLIT_NONE)
        return t->only == split;
    return f->split != SPLIT_NONE ? f->split == split : t->share[split] > 0;
}

static int split_number(const char *name)
{
    for (int i = 0; i < SPLITS; i++)
        if (strcmp(tokenize_inputs_splits[i], name) == 0)
            return i;
    return SPLIT_NONE;
}

/* [skills, SPLITS] where this run writes. */
static bool *plan(struct tokenize *t)
{
    bool *writes = calloc((size_t)(t->skills.n * SPLITS) + 1, sizeof *writes);

    CHECK(writes, "no memory for %ld skills", t->skills.n);
    for (long i = 0; i < t->shards; i++) {
        const struct shard *s = &t->shard[i];
        long k = tokenize_skills_number(&t->skills, s->title, strlen(s->title));

        writes[k * SPLITS + split_number(s->split)] = true;
    }
    for (long i = 0; i < t->inputs && t->shards == 0; i++) {
        const char *title = tokenize_job_title(t, &t->input[i]);
        long k = tokenize_skills_number(&t->skills, title, strlen(title));

        for (int j = 0; j < SPLITS; j++)
            writes[k * SPLITS + j] |= may_write(t, &t->input[i], j);
    }
    return writes;
}

/* A file of the skill's name; one that cannot be read may be overwritten. */
static struct problem check_title(const struct tokenize *t,
                                  const struct corpus_file *f,
                                  const struct tokenize_skill *skill,
                                  bool is_planned)
{
    const char *directory = t->settings->data.directory;
    char path[2048];
    struct shard s;
    struct problem p;

    snprintf(path, sizeof path, "%s/%s", directory, f->name);
    p = shard_open(&s, path);
    if (is_problem(&p))
        return is_planned ? NO_PROBLEM : p;
    if (strcmp(s.title, skill->title) != 0)
        return problem("%.300s holds skill \"%.200s\", and \"%.200s\" would be "
                       "named %s too: rename one, or take another directory",
                       path, s.title, skill->title, skill->name);
    return p;
}

static struct problem check_file(const struct tokenize *t,
                                 const struct corpus_file *f, const bool *plan,
                                 const struct tokenize_skill *const *by_name)
{
    const struct tokenize_skill *skill =
        tokenize_skills_find(&t->skills, by_name, f->skill);
    bool is_planned;

    if (!skill)
        return NO_PROBLEM;
    is_planned = plan[(skill - t->skills.at) * SPLITS + split_number(f->split)];
    if (is_planned && !t->settings->tokenize.overwrite)
        return problem("%s/%s is there already: remove it, or give "
                       "tokenize.overwrite=yes",
                       t->settings->data.directory, f->name);
    /* The parts of a split have one title. */
    return f->part > 1 ? NO_PROBLEM : check_title(t, f, skill, is_planned);
}

struct problem tokenize_output_check(struct tokenize *t)
{
    const char *directory = t->settings->data.directory;
    const struct tokenize_skill **by_name;
    struct corpus_file *f;
    struct stat st;
    bool *writes;
    long n;
    struct problem p;

    if (stat(directory, &st) != 0 && errno == ENOENT)
        return NO_PROBLEM;
    p = corpus_files_list(directory, &f, &n);
    writes = plan(t);
    by_name = tokenize_skills_by_name(&t->skills);
    for (long i = 0; i < n && !is_problem(&p); i++)
        p = check_file(t, &f[i], writes, by_name);
    free(by_name);
    free(writes);
    free(f);
    return p;
}

static struct problem make_directory(struct tokenize *t)
{
    const char *directory = t->settings->data.directory;

    if (mkdir(directory, 0777) == 0)
        t->made_directory = true;
    else if (errno != EEXIST)
        return problem("data.directory=%s cannot be made: %s", directory,
                       strerror(errno));
    return NO_PROBLEM;
}

static struct problem lock_directory(struct tokenize *t)
{
    const char *directory = t->settings->data.directory;
    struct problem p = make_directory(t);

    if (!is_problem(&p))
        p = lock_take(&t->lock, directory, ".lock", world_host());
    if (!is_problem(&p) && t->lock.absent)
        log_warning("%s cannot be locked (%s): see that no other run writes "
                    "into it",
                    directory, strerror(t->lock.absent));
    return p;
}

static struct problem open_spool(struct tokenize *t)
{
    const char *directory = t->settings->data.directory;
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/.tokenize-XXXXXX", directory);

    if (n >= (int)sizeof path)
        return problem("data.directory: the path is too long");
    snprintf(t->spool_name, sizeof t->spool_name, "the spool file in %s",
             directory);
    t->spool = mkstemp(path);
    if (t->spool < 0)
        return problem("data.directory=%s: nothing can be written there: %s",
                       directory, strerror(errno));
    unlink(path);
    return NO_PROBLEM;
}

struct problem tokenize_output_open(struct tokenize *t)
{
    struct problem p = group_agree(
        t->g, group_rank(t->g) == 0 ? lock_directory(t) : NO_PROBLEM);

    return is_problem(&p) ? p : group_agree(t->g, open_spool(t));
}

void tokenize_output_close(struct tokenize *t)
{
    if (t->spool >= 0)
        close(t->spool);
    t->spool = -1;
    lock_release(&t->lock);
}

void tokenize_output_discard(struct tokenize *t)
{
    group_barrier(t->g);
    for (long i = 0; t->created && !t->published && i < t->shards; i++)
        shard_write_discard(&t->shard[i]);
    tokenize_output_close(t);
    group_barrier(t->g);
    if (t->made_directory)
        rmdir(t->settings->data.directory);
}
