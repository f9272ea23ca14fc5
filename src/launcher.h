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

/* Sets the threads of the BLAS, where the user did not: the processors that
 * this process is bound to, or those of the node over the processes that the
 * launcher started there (one, if it does not say how many). */
void launcher_set_threads(void);

#endif
