#ifndef TESTS_LIB_START_H
#define TESTS_LIB_START_H

#include <stdio.h>
#include <stdlib.h>

#include "kernels/device.h"
#include "tests/lib/tap.h"

/* world_start for tests of what computes on the device; where there is none,
 * the whole test is skipped. */
static inline void start(int *argc, char ***argv)
{
    struct problem p;

    world_start(argc, argv);
    p = group_agree(group_world(), device_open(world_rank_on_host()));
    if (!is_problem(&p))
        return;
    if (group_rank(group_world()) == 0)
        printf("1..0 # SKIP %s\n", p.text);
    world_stop();
    exit(0);
}

#endif
