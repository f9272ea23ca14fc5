#include "src/tokenize/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/shards/shard_open.h"
#include "io/shards/shard_write.h"
#include "kernels/base/exit.h"
#include "kernels/base/path.h"
#include "mpi/world.h"
#include "src/log.h"

void output_init(struct output *o, struct group *g, const char *directory)
{
    *o = (struct output){.g = g, .directory = directory, .lock.fd = -1};
}

void output_free(struct output *o)
{
    free(o->skill);
    free(o->shard);
}

static int by_name(const void *a, const void *b)
{
    const struct output_skill *x = a, *y = b;

    return strcmp(x->name, y->name);
}

/* The skill of a file, or NULL. */
static const struct output_skill *skill_of(const struct output *o,
                                           const struct corpus_file *f)
{
    const struct output_skill key = {.name = f->skill};

    return o->skills ? bsearch(&key, o->skill, (size_t)o->skills,
                               sizeof *o->skill, by_name)
                     : NULL;
}

static bool is_written(const struct output_skill *skill,
                       const struct corpus_file *f)
{
    return skill->writes[split_find(f->split)];
}

/* A file of the skill's name; one that cannot be read may be overwritten. */
static struct problem check_title(const struct output *o,
                                  const struct corpus_file *f,
                                  const struct output_skill *skill)
{
    struct path path;
    struct shard s;
    struct problem wrong = path_print(&path, "%s/%s", o->directory, f->name);

    if (!is_problem(&wrong))
        wrong = shard_open(&s, path.text);
    if (is_problem(&wrong))
        return is_written(skill, f) ? NO_PROBLEM : wrong;
    if (strcmp(s.title, skill->title) != 0)
        return problem(
            "%.300s contains skill \"%.200s\", and \"%.200s\" would get "
            "the same name, %s: rename one, or use another directory",
            path.text, s.title, skill->title, skill->name);
    return wrong;
}

struct problem output_check(struct output *o, bool overwrite, const char *key)
{
    struct corpus_files files;
    struct stat st;
    struct problem wrong;

    if (o->skills)
        qsort(o->skill, (size_t)o->skills, sizeof *o->skill, by_name);
    if (stat(o->directory, &st) != 0 && errno == ENOENT)
        return NO_PROBLEM;
    wrong = corpus_files_list(&files, o->directory);
    for (long i = 0; i < files.n && !is_problem(&wrong); i++) {
        const struct corpus_file *f = &files.at[i];
        const struct output_skill *skill = skill_of(o, f);

        if (!skill)
            continue;
        if (is_written(skill, f) && !overwrite)
            wrong = problem("%s/%s already exists: remove it, or give %s=yes",
                            o->directory, f->name, key);
        else if (f->part <= 1) /* the parts of a split have one title */
            wrong = check_title(o, f, skill);
    }
    corpus_files_free(&files);
    return wrong;
}

static struct problem make_directory(struct output *o)
{
    if (mkdir(o->directory, 0777) == 0)
        o->made_directory = true;
    else if (errno != EEXIST)
        return problem("data.directory=%s cannot be created: %s", o->directory,
                       strerror(errno));
    return NO_PROBLEM;
}

static struct problem lock_directory(struct output *o)
{
    struct problem wrong = make_directory(o);

    if (!is_problem(&wrong))
        wrong = lock_take(&o->lock, o->directory, ".lock", world_host());
    if (!is_problem(&wrong) && o->lock.absent)
        log_warning("%s cannot be locked (%s): make sure that no other run "
                    "writes to it",
                    o->directory, strerror(o->lock.absent));
    return wrong;
}

struct problem output_open(struct output *o)
{
    return group_agree(o->g,
                       group_rank(o->g) == 0 ? lock_directory(o) : NO_PROBLEM);
}

struct problem output_name(const struct output *o, struct shard *s, long part)
{
    struct corpus_file f;
    struct problem wrong;

    corpus_files_name(&f, s->skill, s->split, part);
    wrong = path_print(&s->path, "%s/%s", o->directory, f.name);
    if (is_problem(&wrong))
        return problem("data.directory: the path %.100s... is too long",
                       o->directory);
    return NO_PROBLEM;
}

struct problem output_stop(struct output *o)
{
    const char *signal = world_stop_signal();

    if (!signal)
        return NO_PROBLEM;
    o->stopped = true;
    return problem("asked to stop by %s at rank %d: nothing was written; "
                   "start it again",
                   signal, group_rank(o->g));
}

int output_status(struct output *o)
{
    return group_any(o->g, o->stopped) ? EXIT_STOPPED : EXIT_FAILED;
}

/* All blocks of all shards, in one row, are dealt out in equal stretches. */
static struct problem sum_share(struct output *o)
{
    long blocks = 0, before = 0, size = group_size(o->g);
    long from, to;
    struct problem wrong = NO_PROBLEM;

    for (long i = 0; i < o->shards; i++)
        blocks += shard_blocks(&o->shard[i]);
    from = blocks * group_rank(o->g) / size;
    to = blocks * (group_rank(o->g) + 1) / size;
    for (long i = 0; i < o->shards && !is_problem(&wrong); i++) {
        long n = shard_blocks(&o->shard[i]);
        long low = from > before ? from - before : 0;
        long high = to - before < n ? to - before : n;
        struct shard_writer w;
        struct problem closed;

        before += n;
        if (low >= high)
            continue;
        wrong = shard_write_open(&w, &o->shard[i]);
        if (!is_problem(&wrong))
            wrong = output_stop(o);
        if (!is_problem(&wrong))
            wrong = shard_write_sums(&w, low, high - low);
        closed = shard_write_close(&w);
        if (!is_problem(&wrong))
            wrong = closed;
    }
    return wrong;
}

static bool is_stale(const struct output *o, const struct corpus_file *f)
{
    const struct output_skill *skill = skill_of(o, f);

    if (!skill || !is_written(skill, f))
        return false;
    for (long i = 0; i < o->shards; i++)
        if (strcmp(strrchr(o->shard[i].path.text, '/') + 1, f->name) == 0)
            return false;
    return true;
}

/* Parts of an overwritten shard would be read beside the ones made here. */
static struct problem remove_stale(const struct output *o)
{
    struct corpus_files files;
    struct problem wrong = corpus_files_list(&files, o->directory);

    for (long i = 0; i < files.n && !is_problem(&wrong); i++) {
        struct path path;

        wrong = path_print(&path, "%s/%s", o->directory, files.at[i].name);
        if (!is_problem(&wrong) && is_stale(o, &files.at[i]) &&
            unlink(path.text) != 0)
            wrong = problem("%s, left by an older run, cannot be removed: "
                            "%s",
                            path.text, strerror(errno));
    }
    corpus_files_free(&files);
    return wrong;
}

static struct problem interrupted(const struct output *o, long done,
                                  const struct problem *why)
{
    return problem("%.600s; %ld of %ld shards are in place, the others are "
                   "complete in %s/*.h5.tmp: remove what is in the way and "
                   "rename them, or start again",
                   why->text, done, o->shards, o->directory);
}

/* When a first shard has its name the older one may be gone: from then on
 * whole shards are kept under the names they have, and what they replace is
 * removed last. */
static struct problem publish(struct output *o)
{
    struct problem wrong = NO_PROBLEM;

    for (long i = 0; i < o->shards && !is_problem(&wrong); i++)
        wrong = shard_write_seal(&o->shard[i]);
    for (long i = 0; i < o->shards && !is_problem(&wrong); i++) {
        wrong = shard_write_publish(&o->shard[i]);
        if (is_problem(&wrong) && o->published)
            return interrupted(o, i, &wrong);
        o->published = !is_problem(&wrong);
    }
    if (!is_problem(&wrong))
        wrong = shard_write_settle(&o->shard[0]);
    return is_problem(&wrong) ? wrong : remove_stale(o);
}

struct problem output_finish(struct output *o)
{
    struct problem wrong = group_agree(o->g, sum_share(o));

    return is_problem(&wrong)
               ? wrong
               : group_agree(o->g,
                             group_rank(o->g) == 0 ? publish(o) : NO_PROBLEM);
}

static int by_path(const void *a, const void *b)
{
    const struct shard *x = a, *y = b;

    return strcmp(x->path.text, y->path.text);
}

void output_report(struct output *o)
{
    qsort(o->shard, (size_t)o->shards, sizeof *o->shard, by_path);
    for (long i = 0; i < o->shards; i++)
        log_line("%s skill %s split %s documents %ld tokens %ld",
                 strrchr(o->shard[i].path.text, '/') + 1, o->shard[i].skill,
                 o->shard[i].split, o->shard[i].documents, o->shard[i].tokens);
}

void output_close(struct output *o)
{
    lock_release(&o->lock);
}

void output_discard(struct output *o)
{
    group_barrier(o->g);
    if (o->created && !o->published)
        for (long i = 0; i < o->shards; i++)
            shard_write_discard(&o->shard[i]);
    output_close(o);
    group_barrier(o->g);
    if (o->made_directory)
        rmdir(o->directory);
}
