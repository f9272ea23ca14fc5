#ifndef TESTS_CUDASIM_CUDA_BF16_H
#define TESTS_CUDASIM_CUDA_BF16_H

#include <stdint.h>
#include <string.h>

/* The upper half of a float. */
struct __nv_bfloat16 {
    unsigned short bits;
};

static inline float __bfloat162float(__nv_bfloat16 x)
{
    uint32_t bits = (uint32_t)x.bits << 16;
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

/* To nearest, ties to even; every NaN becomes the same one. */
static inline __nv_bfloat16 __float2bfloat16_rn(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    if (value != value)
        return __nv_bfloat16{0x7fff};
    return __nv_bfloat16{
        (unsigned short)((bits + 0x7fff + (bits >> 16 & 1)) >> 16)};
}

static inline unsigned short __bfloat16_as_ushort(__nv_bfloat16 x)
{
    return x.bits;
}

static inline __nv_bfloat16 __ushort_as_bfloat16(unsigned short bits)
{
    return __nv_bfloat16{bits};
}

#endif
