#ifndef SRC_RUN_WATCHDOG_H
#define SRC_RUN_WATCHDOG_H

/* A thread that ends this process, with status 1, when nothing has moved
 * (mpi/trace.h) for so many seconds, times the patience of the phase.  At
 * three quarters of the time it says where this rank hangs: ranks that wait
 * for a laggard hang as long as it does but for the work of a step, so all of
 * them have spoken before the first ends and the launcher kills the rest.
 *
 * It calls neither MPI nor stdio, which may be what the rank hangs in.  Time
 * that the whole process was stopped for does not count.  One a process. */
void watchdog_start(double seconds, int rank, const char *host);

/* Quiet where none was started, as with 0 seconds. */
void watchdog_stop(void);

#endif
