#include "kernels/ops.h"

/* Turns each pair by its angle, or back for direction -1, which is the
 * transpose. */
static void turn(const struct op_rotary *t, wide direction, struct mat x)
{
    long half = t->dims / 2, heads = x.cols / t->head_size;

    for (long r = 0; r < x.rows; r++) {
        long position = r % t->length - (t->start ? t->start[r] : 0);
        const wide *cosine = t->cosine + position * half;
        const wide *sine = t->sine + position * half;

        for (long h = 0; h < heads; h++) {
            real *low = x.at + r * x.ld + h * t->head_size, *high = low + half;

#pragma omp simd
            for (long i = 0; i < half; i++) {
                wide a = low[i], b = high[i], s = direction * sine[i];

                low[i] = a * cosine[i] - b * s;
                high[i] = b * cosine[i] + a * s;
            }
        }
    }
}

void op_rotary_forward(const struct op_rotary *r, struct mat x)
{
    turn(r, 1, x);
}

void op_rotary_backward(const struct op_rotary *r, struct mat dx)
{
    turn(r, -1, dx);
}
