#define _GNU_SOURCE /* sched_getaffinity */
#include "src/launcher.h"

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "kernels/base/duration.h"

/* The first row that is set counts: mpirun inside a Slurm step knows better
 * than the step, whose tasks can be mpirun's own helpers. */
static const struct {
    const char *rank, *size, *on_node;
} launchers[] = {
    {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
     "OMPI_COMM_WORLD_LOCAL_SIZE"},
    {"MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE",
     "MV2_COMM_WORLD_LOCAL_SIZE"},
    {"PMI_RANK", "PMI_SIZE", "MPI_LOCALNRANKS"},
    {"PALS_RANKID", NULL, "PALS_LOCAL_SIZE"},
    {"PMIX_RANK", NULL, NULL},
    {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_STEP_TASKS_PER_NODE"},
};

enum {
    LAUNCHERS = sizeof launchers / sizeof *launchers,
    SLURM = LAUNCHERS - 1
};

const char *launcher_rank(void)
{
    for (int i = 0; i < LAUNCHERS; i++)
        if (getenv(launchers[i].rank))
            return getenv(launchers[i].rank);
    return NULL;
}

long launcher_size(const char **name)
{
    for (int i = 0; i < LAUNCHERS; i++)
        if (launchers[i].size && getenv(launchers[i].size)) {
            *name = launchers[i].size;
            return atol(getenv(*name));
        }
    return 0;
}

/* Slurm tells when the job ends, Torque how long it may take in all, which we
 * take to begin with this process. */
double launcher_seconds_left(double so_far, const char **name)
{
    static const char *const ends = "SLURM_JOB_END_TIME";
    static const char *const takes = "PBS_WALLTIME";
    long seconds;

    *name = getenv(ends) ? ends : getenv(takes) ? takes : NULL;
    if (*name == ends)
        return difftime((time_t)atol(getenv(ends)), time(NULL));
    if (*name && duration_read(getenv(takes), &seconds))
        return (double)seconds - so_far;
    return 0;
}

/* Processes on this node, 0 if a launcher does not say; Slurm writes
 * "4(x2),3", of which the first number will do. */
static long processes_here(void)
{
    bool launched = false;

    for (int i = 0; i < LAUNCHERS; i++) {
        const char *on_node = launchers[i].on_node;

        /* A batch script of Slurm's has a rank without a step: it is alone. */
        launched |= getenv(launchers[i].rank) &&
                    (i != SLURM || getenv(launchers[i].size));
        if (getenv(launchers[i].rank) && on_node && getenv(on_node))
            return atol(getenv(on_node));
    }
    return launched ? 0 : 1;
}

/* Ranks may share what they are bound to (a socket, the processors of a job),
 * so that no one takes more than its share of the node. */
static long threads(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN), mine = online;
    long n = processes_here(), share;
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        mine = CPU_COUNT(&set);
    if (n == 0)
        return 1;
    share = online / n > 0 ? online / n : 1;
    return mine < share ? mine : share;
}

void launcher_set_threads(void)
{
    static const char *const names[] = {"OMP_NUM_THREADS",
                                        "OPENBLAS_NUM_THREADS"};
    char text[32];

    for (int i = 0; i < 2; i++)
        if (getenv(names[i]))
            return;
    snprintf(text, sizeof text, "%ld", threads());
    for (int i = 0; i < 2; i++)
        setenv(names[i], text, 1);
}
