#include "tests/lib/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kernels/base/check.h"
#include "mpi/group.h"
#include "mpi/world.h"

char directory[512];

void place_begin(void)
{
    const char *parent = getenv("TMPDIR");

    if (rank() == 0) {
        snprintf(directory, sizeof directory, "%s/test.XXXXXX",
                 parent ? parent : "/tmp");
        CHECK(mkdtemp(directory), "no directory %s", directory);
    }
    group_broadcast(group_world(), directory, sizeof directory);
}

void place_end(void)
{
    group_barrier(group_world());
    CHECK(rank() > 0 || rmdir(directory) == 0, "%s is not empty", directory);
}

int rank(void)
{
    return group_rank(group_world());
}

void settled(struct problem wrong)
{
    CHECK(!is_problem(&wrong), "%s", wrong.text);
}
