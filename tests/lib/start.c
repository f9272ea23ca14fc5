#include "tests/lib/start.h"

#include <stdio.h>
#include <stdlib.h>

#include "kernels/device.h"
#include "mpi/group.h"
#include "mpi/world.h"

void start(int *argc, char ***argv)
{
    struct problem wrong;

    world_start(argc, argv);
    wrong = group_agree(group_world(), device_open(world_rank_on_host()));
    if (!is_problem(&wrong))
        return;
    if (group_rank(group_world()) == 0)
        printf("1..0 # SKIP %s\n", wrong.text);
    world_stop();
    exit(0);
}
