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

#endif
