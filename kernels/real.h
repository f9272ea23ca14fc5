#ifndef KERNELS_REAL_H
#define KERNELS_REAL_H

/* The number types of a program, fixed when it is compiled.
 *
 *   real    stored: weights, activations and their gradients
 *   wide    accumulated: statistics, sums of gradients, moments, master weights
 *   double  losses, mixtures, sums by skill: the same in every program
 *
 * Outside kernels/ a `real` is only passed on, never computed with, so that it
 * may become a type without arithmetic. */
#ifdef SKILLET_DOUBLE
typedef double real;
typedef double wide;
#define PRECISION "double"
#else
typedef float real;
typedef float wide;
#define PRECISION "float"
#endif

/* Then the weights are their own master copy. */
enum { REAL_IS_WIDE = 1 };

#endif
