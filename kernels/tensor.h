#ifndef KERNELS_TENSOR_H
#define KERNELS_TENSOR_H

#include "kernels/arena.h"
#include "kernels/real.h"

/* Row-major matrix views: `rows` rows of `cols` numbers, `ld` apart.  They own
 * nothing and are passed by value. */
struct mat {
    real *at;
    long rows, cols, ld;
};

struct wide_mat {
    wide *at;
    long rows, cols, ld;
};

/* Rows [first, first + n) of m. */
static inline struct mat mat_rows(struct mat m, long first, long n)
{
    return (struct mat){m.at + first * m.ld, n, m.cols, m.ld};
}

/* Columns [first, first + n) of m. */
static inline struct mat mat_cols(struct mat m, long first, long n)
{
    return (struct mat){m.at + first, m.rows, n, m.ld};
}

/* Fresh memory from an arena (no address while the arena measures). */
static inline struct mat mat_take(struct arena *a, long rows, long cols)
{
    real *at = (real *)arena_take(a, (size_t)(rows * cols) * sizeof *at);

    return (struct mat){at, rows, cols, cols};
}

static inline wide *wide_take(struct arena *a, long n)
{
    return (wide *)arena_take(a, (size_t)n * sizeof(wide));
}

#endif
