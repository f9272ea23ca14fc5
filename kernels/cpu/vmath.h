#ifndef KERNELS_CPU_VMATH_H
#define KERNELS_CPU_VMATH_H

/* Elementary functions of wide numbers, for loops over rows.
 *
 * In float they are branch-free, so that the compiler vectorises the loop: a
 * reduced argument and a polynomial (fitted at the Chebyshev points), within
 * 2.5 ulp (tests/kernels/test_vmath.c).  They saturate (exp to 0 and infinity,
 * erf and tanh to -1 and 1) and a NaN stays one.  In double they are libm's,
 * because that program is for proofs, not for speed. */

#include <float.h>
#include <math.h>
#include <stdint.h>

#include "kernels/real.h"

#ifdef SKILLET_DOUBLE

/* The maximum of nothing: finite, so that its difference to any peak is a
 * number. */
static const wide vmath_lowest = -DBL_MAX;

static inline wide vmath_exp(wide x)
{
    return exp(x);
}

static inline wide vmath_erf(wide x)
{
    return erf(x);
}

static inline wide vmath_tanh(wide x)
{
    return tanh(x);
}

static inline wide vmath_sqrt(wide x)
{
    return sqrt(x);
}

static inline wide vmath_log(wide x)
{
    return log(x);
}

#else

static const wide vmath_lowest = -FLT_MAX;

static inline float vmath_from_bits(uint32_t bits)
{
    union {
        uint32_t bits;
        float value;
    } u = {.bits = bits};

    return u.value;
}

static inline uint32_t vmath_to_bits(float value)
{
    union {
        float value;
        uint32_t bits;
    } u = {.value = value};

    return u.bits;
}

/* exp(x) = 2^n exp(r), |r| <= log(2)/2, for -87.3 <= x <= 89.  Adding 1.5 2^23
 * rounds to an integer and leaves it in the low bits.  2^n goes in by halves,
 * since 2^128 is no float. */
static inline float vmath_exp_within(float x)
{
    const float shift = 0x1.8p23f;
    float shifted = x * 0x1.715476p0f + shift;
    float n = shifted - shift;
    float r = (x - n * 0x1.62e4p-1f) - n * 0x1.7f7d1cp-20f;
    float p = 0x1.6d117cp-10f;

    p = p * r + 0x1.120be2p-7f;
    p = p * r + 0x1.555518p-5f;
    p = p * r + 0x1.5554dcp-3f;
    p = p * r + 0.5f;
    p = p * (r * r) + r + 1.0f;

    uint32_t whole = vmath_to_bits(shifted) - vmath_to_bits(shift);
    uint32_t first = (uint32_t)((int32_t)whole >> 1);
    float a = vmath_from_bits((first + 127) << 23);
    float b = vmath_from_bits((whole - first + 127) << 23);

    return p * a * b;
}

/* Below the smallest normal float the result is 0: subnormals are worth
 * nothing in a softmax and slow on many processors. */
static inline float vmath_exp(float x)
{
    const float low = -0x1.5d589ep6f, high = 89.0f;
    float within = x > high ? high : x;

    within = within < low ? low : within;

    float y = vmath_exp_within(within);

    return x < low ? 0.0f : y;
}

/* |x| < 1: an odd polynomial; else 1 - exp(-g(|x|)), where g approximates
 * -log(1 - erf). */
static inline float vmath_erf(float x)
{
    float a = fabsf(x), t = x * x, p = 0x1.4a569p-14f;

    p = p * t - 0x1.a45088p-11f;
    p = p * t + 0x1.541270p-8f;
    p = p * t - 0x1.b7fabap-6f;
    p = p * t + 0x1.ce2d10p-4f;
    p = p * t - 0x1.81273ep-2f;
    p = p * t + 0x1.06eba8p-3f;

    float small = x * p + x;
    float c = a > 3.95f ? 3.95f : a, g = -0x1.bd26ecp-20f;

    g = g * c + 0x1.85bbeep-15f;
    g = g * c - 0x1.3a9a16p-11f;
    g = g * c + 0x1.38e1a2p-8f;
    g = g * c - 0x1.b188f8p-6f;
    g = g * c + 0x1.c329b0p-4f;
    g = g * c + 0x1.4375bap-1f;
    g = g * c + 0x1.21597cp0f;
    g = g * c - 0x1.595b1ep-12f;

    float large = copysignf(1.0f - vmath_exp_within(-g), x);

    return a < 1.0f ? small : large;
}

/* |x| < 5/8: an odd polynomial; else 1 - 2 / (exp(2|x|) + 1). */
static inline float vmath_tanh(float x)
{
    float a = fabsf(x), t = x * x, p = -0x1.8f8de4p-8f;

    p = p * t + 0x1.58048ep-6f;
    p = p * t - 0x1.b9258ap-5f;
    p = p * t + 0x1.110e1cp-3f;
    p = p * t - 0x1.555552p-2f;

    float small = x * (p * t) + x;
    float c = a > 10.0f ? 10.0f : a;
    float e = vmath_exp_within(2 * c);
    float large = copysignf(1.0f - 2.0f / (e + 1.0f), x);

    return a < 0.625f ? small : large;
}

static inline float vmath_sqrt(float x)
{
    return sqrtf(x);
}

static inline float vmath_log(float x)
{
    return logf(x);
}

#endif

#endif
