#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/corpus_files.h"
#include "io/shard_write.h"
#include "src/commands/tokenize_job.h"

static bool is_stale(const struct tokenize *t, const struct corpus_file *f)
{
    bool shelf = false;

    for (long i = 0; i < t->shards; i++) {
        const struct shard *s = &t->shard[i];

        if (strcmp(f->skill, s->skill) || strcmp(f->split, s->split))
            continue;
        shelf = true;
        if (strcmp(strrchr(s->path, '/') + 1, f->name) == 0)
            return false;
    }
    return shelf;
}

/* Parts of an overwritten shard would be read beside the ones made here. */
static struct problem remove_stale(const struct tokenize *t)
{
    const char *directory = t->settings->data.directory;
    struct corpus_file *f;
    long n;
    struct problem p = corpus_files_list(directory, &f, &n);

    for (long i = 0; i < n && !is_problem(&p); i++) {
        char path[2048];

        snprintf(path, sizeof path, "%s/%s", directory, f[i].name);
        if (is_stale(t, &f[i]) && unlink(path) != 0)
            p = problem("%s, of an older run, cannot be removed: %s", path,
                        strerror(errno));
    }
    free(f);
    return p;
}

static struct problem interrupted(const struct tokenize *t, long done,
                                  const struct problem *why)
{
    return problem("%.600s; %ld of %ld shards are in place, the others are "
                   "whole in %s/*.h5.tmp: clear the way and rename them, or "
                   "tokenize again",
                   why->text, done, t->shards, t->settings->data.directory);
}

/* When a first shard has its name the older one may be gone: from then on whole
 * shards are kept under the names they have, and what they replace is removed
 * last. */
struct problem tokenize_publish(struct tokenize *t)
{
    struct problem p = NO_PROBLEM;

    for (long i = 0; i < t->shards && !is_problem(&p); i++)
        p = shard_write_seal(&t->shard[i]);
    for (long i = 0; i < t->shards && !is_problem(&p); i++) {
        p = shard_write_publish(&t->shard[i]);
        if (is_problem(&p) && t->published)
            return interrupted(t, i, &p);
        t->published = !is_problem(&p);
    }
    if (!is_problem(&p))
        p = shard_write_settle(&t->shard[0]);
    return is_problem(&p) ? p : remove_stale(t);
}
