#ifndef KERNELS_REAL_H
#define KERNELS_REAL_H

#include <stdint.h>

/* The number types of a program, fixed when it is compiled.
 *
 *   real    stored: weights, activations and their gradients
 *   wide    accumulated: statistics, sums of gradients, moments, master
 *           weights
 *   double  losses, mixtures, sums by skill: the same in every program
 *
 * Outside kernels/ a `real` is only passed on, never computed with: bf16, the
 * upper half of a float, is a type without arithmetic.  Where real and wide
 * are the same type, the weights are their own master copy. */
#if defined SKILLET_DOUBLE
typedef double real;
typedef double wide;
#define PRECISION "double"
enum { REAL_IS_WIDE = 1 };
#elif defined SKILLET_BF16
typedef struct {
    uint16_t bits;
} real;
typedef float wide;
#define PRECISION "bf16"
enum { REAL_IS_WIDE = 0 };
#else
typedef float real;
typedef float wide;
#define PRECISION "float"
enum { REAL_IS_WIDE = 1 };
#endif

/* To and from numbers of the host, for what computes with a few of them. */
#ifdef SKILLET_BF16
union real_bits {
    float value;
    uint32_t bits;
};

/* To nearest, ties to even. */
static inline real real_from(double x)
{
    union real_bits u = {(float)x};
    real y = {(uint16_t)((u.bits + 0x7fff + (u.bits >> 16 & 1)) >> 16)};

    if (x != x)
        y.bits = 0x7fff;
    return y;
}

static inline double real_value(real x)
{
    union real_bits u;

    u.bits = (uint32_t)x.bits << 16;
    return u.value;
}
#else
static inline real real_from(double x)
{
    return (real)x;
}

static inline double real_value(real x)
{
    return x;
}
#endif

#endif
