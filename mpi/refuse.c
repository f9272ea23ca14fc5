#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernels/base/exit.h"
#include "mpi/comm.h"
#include "mpi/group.h"

/* Ranks outside g know nothing of this and can't be asked to finalise; none of
 * g may end them before rank 0 has spoken. */
static _Noreturn void end(struct group *g)
{
    MPI_Barrier(g->comm);
    if (g->size < group_size(group_world()))
        MPI_Abort(MPI_COMM_WORLD, EXIT_WRONG_INPUT);
    MPI_Finalize();
    exit(EXIT_WRONG_INPUT);
}

void refuse(struct group *g, const char *fmt, ...)
{
    va_list ap;

    if (g->rank == 0) {
        fflush(stdout);
        fputs("skillet: ", stderr);
        va_start(ap, fmt);
        vfprintf(stderr, fmt, ap);
        va_end(ap);
        fputc('\n', stderr);
    }
    end(g);
}

void refuse_if(struct group *g, struct problem wrong)
{
    wrong = group_agree(g, wrong);
    if (is_problem(&wrong))
        refuse(g, "%s", wrong.text);
}
