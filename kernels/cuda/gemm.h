#ifndef KERNELS_CUDA_GEMM_H
#define KERNELS_CUDA_GEMM_H

#include "kernels/tensor.h"

/* Products of many matrices at once: matrix i of a stack begins i * `apart`
 * numbers behind the first. */
struct stack {
    struct mat m;
    long apart;
};

struct wide_stack {
    struct wide_mat m;
    long apart;
};

/* c = beta c + op(a) op(b), for each of n; with beta 0, c need not be
 * initialised. */
void gemm_stack(char ta, char tb, struct stack a, struct stack b, wide beta,
                struct stack c, long n);
void gemm_stack_wide(char ta, char tb, struct stack a, struct stack b,
                     wide beta, struct wide_stack c, long n);

#endif
