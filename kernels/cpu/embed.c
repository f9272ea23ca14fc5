#include "kernels/ops.h"

#include <string.h>

void op_embed_forward(const int32_t *token, struct mat w, long first,
                      struct mat x)
{
    for (long r = 0; r < x.rows; r++) {
        long i = token[r] - first;
        real *to = x.at + r * x.ld;

        if (i >= 0 && i < w.rows)
            memcpy(to, w.at + i * w.ld, (size_t)x.cols * sizeof *to);
        else
            memset(to, 0, (size_t)x.cols * sizeof *to);
    }
}

void op_embed_backward(const int32_t *token, struct mat dx, long first,
                       struct wide_mat dw)
{
    for (long r = 0; r < dx.rows; r++) {
        long i = token[r] - first;

        if (i < 0 || i >= dw.rows)
            continue;

        wide *to = dw.at + i * dw.ld;
        const real *from = dx.at + r * dx.ld;

#pragma omp simd
        for (long j = 0; j < dx.cols; j++)
            to[j] += from[j];
    }
}
