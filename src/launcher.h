#ifndef SRC_LAUNCHER_H
#define SRC_LAUNCHER_H

/* What the launcher (mpirun, srun, ...) says of this process in its
 * environment, before MPI knows and whether MPI understands that launcher or
 * not. */

/* NULL if no launcher says so. */
const char *launcher_rank(void);

/* How many processes it started together, 0 if it does not say; `name` becomes
 * the variable that does. */
long launcher_size(const char **name);

/* Seconds until the scheduler ends the job, as the variable `name` says; NULL
 * if none does.  This process has run for `so_far` seconds. */
double launcher_seconds_left(double so_far, const char **name);

/* Sets the threads of the BLAS, where the user did not: this process' share of
 * the node's processors by the processes that the launcher started there, at
 * most those that it is bound to; one if the launcher does not say how
 * many. */
void launcher_set_threads(void);

#endif
