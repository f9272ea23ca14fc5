/* hang KIND SECONDS: the last rank hangs, the others wait for it in a barrier,
 * all under a watchdog of so many seconds.  Kinds: loop, read, print (with its
 * standard output locked), and none: all move, slowly, and end well. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mpi/group.h"
#include "mpi/trace.h"
#include "mpi/world.h"
#include "src/run/watchdog.h"

static void hang(const char *kind)
{
    int end[2];
    char c;

    if (strcmp(kind, "print") == 0)
        flockfile(stderr);
    if (strcmp(kind, "read") == 0 && pipe(end) == 0 && read(end[0], &c, 1) < 0)
        return;
    for (volatile int forever = 1; forever;)
        continue;
}

static void move_slowly(double seconds)
{
    for (int i = 0; i < 5; i++) {
        usleep((useconds_t)(seconds * 0.25e6));
        trace_move();
    }
}

int main(int argc, char **argv)
{
    struct group *g;
    double seconds = argc > 2 ? atof(argv[2]) : 1;

    world_start(&argc, &argv);
    g = group_world();
    trace_phase("testing", 1);
    watchdog_start(seconds, group_rank(g), world_host());
    trace_step(7);
    group_any(g, false);
    if (strcmp(argv[1], "none") == 0)
        move_slowly(seconds);
    else if (group_rank(g) == group_size(g) - 1)
        hang(argv[1]);
    else
        usleep((useconds_t)(seconds * 0.15e6)); /* the work of a step */
    group_barrier(g);
    watchdog_stop();
    world_stop();
    return 0;
}
