#ifndef KERNELS_CUDA_GEMM_H
#define KERNELS_CUDA_GEMM_H

#include "kernels/tensor.h"

/* Products of many matrices at once: matrix i of a stack begins i * `apart`
 * numbers after the first. */
struct gemm_pile {
    struct mat m;
    long apart;
};

struct gemm_wide_pile {
    struct wide_mat m;
    long apart;
};

/* c = beta c + op(a) op(b), for each of n; with beta 0, c need not be
 * initialised. */
void gemm_stack(char ta, char tb, struct gemm_pile a, struct gemm_pile b,
                wide beta, struct gemm_pile c, long n);
void gemm_stack_wide(char ta, char tb, struct gemm_pile a, struct gemm_pile b,
                     wide beta, struct gemm_wide_pile c, long n);

#endif
