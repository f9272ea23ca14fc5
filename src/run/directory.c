#include "src/run/directory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/checkpoint/checkpoint_files.h"
#include "kernels/base/check.h"
#include "kernels/base/memory.h"
#include "mpi/world.h"
#include "src/log.h"

/* open_here has seen to it that there is room. */
struct path directory_path(const struct directory *o, const char *name)
{
    struct path path;
    struct problem wrong =
        path_print(&path, "%s/%s", o->settings->output.directory, name);

    CHECK(!is_problem(&wrong), "%s", wrong.text);
    return path;
}

static bool has(const struct directory *o, const char *name)
{
    struct stat there;

    return stat(directory_path(o, name).text, &there) == 0;
}

static struct problem make_directory(struct directory *o)
{
    const char *path = o->settings->output.directory;
    char *part = memory_text(path);

    for (char *at = part + 1; *at; at++)
        if (*at == '/' && at[1]) {
            *at = '\0';
            mkdir(part, 0777);
            *at = '/';
        }
    free(part);
    o->is_made = mkdir(path, 0777) == 0;
    if (!o->is_made && errno != EEXIST)
        return problem("output.directory: %s cannot be created: %s", path,
                       strerror(errno));
    return NO_PROBLEM;
}

/* A run makes metrics.jsonl first, so a run.ini alone is none of ours: it may
 * be the user's.  One that went on from a named checkpoint, and was killed
 * before its own first one, may be started again: resume.c sees that it is the
 * same. */
static struct problem look(struct directory *o)
{
    const char *directory = o->settings->output.directory;
    const char *resume = o->settings->checkpoint.resume;
    int64_t *steps;
    long checkpoints;
    struct problem wrong =
        checkpoint_files_list(directory, &steps, &checkpoints);

    free(steps);
    if (is_problem(&wrong))
        return wrong;
    o->has_run = has(o, "metrics.jsonl");
    if (!o->has_run && has(o, "run.ini"))
        return problem("output.directory: %s contains a run.ini that no "
                       "run wrote; name another directory",
                       directory);
    if (checkpoints > 0 ? strcmp(resume, "auto") != 0
                        : o->has_run && !strcmp(resume, "no"))
        return problem(
            "output.directory: %s already contains a run; name another "
            "directory, or resume it with checkpoint.resume=auto",
            directory);
    return NO_PROBLEM;
}

static struct problem open_here(struct directory *o)
{
    const char *directory = o->settings->output.directory;
    struct problem wrong;

    if (!*directory)
        return problem("output.directory is not given; name a directory for "
                       "the files of this run");
    if (strlen(directory) > 1000)
        return problem("output.directory: %.100s... is too long", directory);
    wrong = make_directory(o);
    if (!is_problem(&wrong))
        wrong = lock_take(&o->lock, directory, "lock", world_host());
    if (is_problem(&wrong))
        return wrong;
    if (o->lock.absent)
        log_warning("%s cannot be locked (%s): make sure that no other run "
                    "writes to it",
                    directory, strerror(o->lock.absent));
    return look(o);
}

struct problem directory_open(struct directory *o, const struct settings *s,
                              struct group *g)
{
    struct problem wrong = NO_PROBLEM;

    *o = (struct directory){.g = g, .settings = s, .lock.fd = -1};
    if (group_rank(g) == 0)
        wrong = open_here(o);
    wrong = group_agree(g, wrong);
    group_broadcast(g, &o->has_run, sizeof o->has_run);
    return wrong;
}

void directory_close(struct directory *o)
{
    lock_release(&o->lock);
}

void directory_abandon(struct directory *o)
{
    directory_close(o);
    if (o->is_made)
        rmdir(o->settings->output.directory);
}

static struct problem replace(const struct directory *o, const char *name,
                              void (*print)(const struct directory *, FILE *))
{
    struct path path = directory_path(o, name);
    struct path temporary = path_temporary(&path);
    bool failed;
    FILE *f;

    f = fopen(temporary.text, "w");
    if (!f)
        return problem("output.directory: %s cannot be created: %s",
                       temporary.text, strerror(errno));
    print(o, f);
    failed = fflush(f) != 0 || fsync(fileno(f)) != 0;
    failed |= fclose(f) != 0;
    if (!failed && rename(temporary.text, path.text) == 0)
        return NO_PROBLEM;
    unlink(temporary.text);
    return problem("%s cannot be written: %s", path.text, strerror(errno));
}

static void print_settings(const struct directory *o, FILE *to)
{
    settings_write(o->settings, to);
}

struct problem directory_write_settings(const struct directory *o)
{
    return replace(o, "run.ini", print_settings);
}

static void print_restarts(const struct directory *o, FILE *to)
{
    fprintf(to, "%ld\n", o->restarts);
}

struct problem directory_count_start(struct directory *o)
{
    FILE *f = fopen(directory_path(o, "restarts").text, "r");

    if (!f || fscanf(f, "%ld", &o->restarts) != 1)
        o->restarts = 0;
    if (f)
        fclose(f);
    if (o->has_run)
        o->restarts++;
    return replace(o, "restarts", print_restarts);
}

void directory_forget_start(const struct directory *o)
{
    static const char *const names[] = {"metrics.jsonl", "restarts",
                                        "run.ini"};

    for (int i = 0; i < 3; i++)
        unlink(directory_path(o, names[i]).text);
}
