#include "io/checkpoint/checkpoint_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/checkpoint/checkpoint.h"
#include "kernels/base/memory.h"

static const char prefix[] = "checkpoint-";

/* Whether a name is just the one that checkpoint_init gives a step, with
 * `ending` behind it. */
static bool parse(const char *name, const char *ending, int64_t *step)
{
    char exact[64];

    if (strncmp(name, prefix, sizeof prefix - 1) != 0)
        return false;
    *step = strtoll(name + sizeof prefix - 1, NULL, 10);
    snprintf(exact, sizeof exact, "%s%08lld.h5%s", prefix, (long long)*step,
             ending);
    return *step >= 0 && strcmp(name, exact) == 0;
}

static int by_step_down(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x < *y) - (*x > *y);
}

/* The steps of the names with that ending, the latest first. */
static struct problem scan(const char *directory, const char *ending,
                           int64_t **steps, long *n)
{
    DIR *d = opendir(directory);
    const struct dirent *entry;
    int64_t step, *at = NULL;
    int error;

    *steps = NULL;
    *n = 0;
    if (!d && errno == ENOENT)
        return NO_PROBLEM;
    if (!d)
        return problem("%s cannot be read: %s", directory, strerror(errno));
    while (errno = 0, (entry = readdir(d))) {
        if (!parse(entry->d_name, ending, &step))
            continue;
        at = memory_grow(at, (size_t)*n + 1, sizeof *at, "checkpoints");
        at[(*n)++] = step;
    }
    error = errno;
    closedir(d);
    if (error) {
        free(at);
        *n = 0;
        return problem("%s cannot be read: %s", directory, strerror(error));
    }
    if (at)
        qsort(at, (size_t)*n, sizeof *at, by_step_down);
    *steps = at;
    return NO_PROBLEM;
}

struct problem checkpoint_files_list(const char *directory, int64_t **steps,
                                     long *n)
{
    return scan(directory, "", steps, n);
}

int64_t checkpoint_files_bytes(const char *directory, int64_t step)
{
    struct checkpoint c;
    struct problem wrong = checkpoint_init(&c, directory, step);
    struct stat there;

    return !is_problem(&wrong) && stat(c.path.text, &there) == 0
               ? there.st_size
               : 0;
}

/* The checkpoint of a step, with that ending. */
static struct problem discard(const char *directory, int64_t step,
                              const char *ending)
{
    struct checkpoint c;
    char path[sizeof c.path.text + 8];
    struct problem wrong = checkpoint_init(&c, directory, step);

    if (is_problem(&wrong))
        return wrong;
    snprintf(path, sizeof path, "%s%s", c.path.text, ending);
    if (unlink(path) != 0 && errno != ENOENT)
        return problem("%s cannot be removed: %s", path, strerror(errno));
    return NO_PROBLEM;
}

struct problem checkpoint_files_sweep(const char *directory)
{
    static const char ending[] = ".tmp";
    int64_t *steps;
    long n;
    struct problem wrong = scan(directory, ending, &steps, &n);

    for (long i = 0; i < n && !is_problem(&wrong); i++)
        wrong = discard(directory, steps[i], ending);
    free(steps);
    return wrong;
}

struct problem checkpoint_files_prune(const char *directory, long keep,
                                      long keep_every, int64_t now)
{
    int64_t *steps;
    long n;
    struct problem wrong = scan(directory, "", &steps, &n);

    for (long i = 0; i < n && !is_problem(&wrong); i++) {
        bool is_kept = keep_every > 0 && steps[i] % keep_every == 0;

        if (steps[i] <= now && keep-- <= 0 && !is_kept)
            wrong = discard(directory, steps[i], "");
    }
    free(steps);
    return wrong;
}
