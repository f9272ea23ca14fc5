#include "src/launcher.h"

#include <stddef.h>
#include <stdlib.h>

/* The first row that is set counts: mpirun inside a Slurm step knows better
 * than the step, whose tasks can be mpirun's own helpers. */
static const struct {
    const char *rank, *size;
} launchers[] = {
    {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
    {"MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"},
    {"PMI_RANK", "PMI_SIZE"},
    {"PALS_RANKID", NULL},
    {"PMIX_RANK", NULL},
    {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS"},
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
