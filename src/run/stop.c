#include "src/run/stop.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernels/base/check.h"
#include "kernels/base/clock.h"
#include "mpi/world.h"
#include "src/launcher.h"
#include "src/log.h"

static const double disk_speed = 100e6, between_looks = 1;

static bool is_root(const struct stop *s)
{
    return group_rank(s->g) == 0;
}

static void name_file(struct stop *s, const struct settings *settings)
{
    struct problem wrong =
        path_print(&s->file, "%s/STOP", settings->output.directory);

    CHECK(!is_problem(&wrong), "%s", wrong.text);
}

static void set_limit(struct stop *s, double ends, const char *name)
{
    if (ends < s->ends)
        s->ends = ends, s->limit = name;
}

/* An end that is past was inherited, or the job has got more time since. */
static void find_limit(struct stop *s, long limit, double started)
{
    const char *name = NULL;
    double now = clock_seconds();
    double left = launcher_seconds_left(now - started, &name);

    s->ends = INFINITY;
    if (limit > 0)
        set_limit(s, started + (double)limit, "train.time_limit");
    if (name && left > 0)
        set_limit(s, now + left, name);
    else if (name)
        log_warning("%s is in the past or not a time: ignored", name);
    if (s->limit)
        log_line("will stop in time for %s, in %.0f s", s->limit,
                 s->ends - now);
}

void stop_init(struct stop *s, const struct settings *settings,
               struct group *g, double started, double bytes)
{
    *s = (struct stop){.g = g,
                       .save = bytes / disk_speed,
                       .saves = settings->checkpoint.asynchronous ? 2 : 1};
    name_file(s, settings);
    if (is_root(s))
        find_limit(s, settings->train.time_limit, started);
    if (s->limit) /* else a short job might do nothing but stop */
        s->save = fmin(s->save, (s->ends - clock_seconds()) / 4 / s->saves);
}

static bool has_file(struct stop *s)
{
    double now = clock_seconds();

    if (now < s->next_look)
        return false;
    s->next_look = now + between_looks;
    return access(s->file.text, F_OK) == 0;
}

static bool is_late(const struct stop *s)
{
    return clock_seconds() + 2 * s->step + s->saves * s->save >= s->ends;
}

/* Stays in s->reason until all agree. */
bool stop_is_asked(struct stop *s)
{
    const char *signal = world_stop_signal();

    if (s->reason[0])
        return true;
    if (signal)
        snprintf(s->reason, sizeof s->reason, "%s at rank %d", signal,
                 group_rank(s->g));
    else if (is_root(s) && is_late(s))
        snprintf(s->reason, sizeof s->reason, "%s", s->limit);
    else if (is_root(s) && has_file(s))
        snprintf(s->reason, sizeof s->reason, "the file STOP");
    return s->reason[0];
}

void stop_agree(struct stop *s)
{
    struct problem reason = NO_PROBLEM;

    memcpy(reason.text, s->reason, sizeof s->reason);
    reason = group_agree(s->g, reason);
    memcpy(s->reason, reason.text, sizeof s->reason);
}

bool stop_poll(struct stop *s)
{
    if (!s || !group_any(s->g, stop_is_asked(s)))
        return false;
    stop_agree(s);
    return true;
}

void stop_note_step(struct stop *s, double seconds)
{
    s->step = fmax(s->step, seconds);
}

void stop_note_save(struct stop *s, double seconds)
{
    s->save = fmax(s->save, seconds);
}

void stop_end(const struct settings *settings, struct group *g)
{
    struct stop s = {.g = g};

    name_file(&s, settings);
    if (is_root(&s) && unlink(s.file.text) != 0 && errno != ENOENT)
        log_warning("%s cannot be removed (%s): the next start will stop "
                    "too",
                    s.file.text, strerror(errno));
}
