#define _GNU_SOURCE /* sched_getaffinity */
#include "src/launcher.h"

#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The first row that is set counts: mpirun inside a Slurm step knows better
 * than the step, whose tasks can be mpirun's own helpers. */
static const struct {
    const char *rank, *size, *on_node;
} launchers[] = {
    {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
     "OMPI_COMM_WORLD_LOCAL_SIZE"},
    {"MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_LOCAL_SIZE"},
    {"PMI_RANK", "PMI_SIZE", "MPI_LOCALNRANKS"},
    {"PALS_RANKID", NULL, "PALS_LOCAL_SIZE"},
    {"PMIX_RANK", NULL, NULL},
    {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_NTASKS_PER_NODE"},
};

enum { LAUNCHERS = sizeof launchers / sizeof *launchers };

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

/* Processes on this node, 0 if a launcher does not say. */
static long processes_here(void)
{
    for (int i = 0; i < LAUNCHERS; i++)
        if (getenv(launchers[i].rank)) {
            const char *name = launchers[i].on_node;

            return name && getenv(name) ? atol(getenv(name)) : 0;
        }
    return 1;
}

static long threads(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN), mine = online, n;
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        mine = CPU_COUNT(&set);
    if (mine < online) /* bound: these are its own */
        return mine;
    n = processes_here();
    return n > 0 && online / n > 0 ? online / n : 1;
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
