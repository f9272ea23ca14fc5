#include "kernels/ops.h"

#include <math.h>

#include "kernels/cpu/vmath.h"

/* By multiplications alone: pow() of two nodes may differ in the last bit, and
 * copies of a weight must not. */
static double power(double x, long n)
{
    double y = 1;

    for (; n > 0; n /= 2, x *= x)
        if (n % 2)
            y *= x;
    return y;
}

/* Decay and step are subtracted together, so that the weight is rounded once.
 * The scalars are worked out in double: 1 - beta2^t loses all digits of a
 * float. */
void op_adamw(const struct op_adamw *a, struct op_adamw_state s, long n)
{
    const wide beta1 = (wide)a->beta1, beta2 = (wide)a->beta2;
    const wide rest1 = (wide)(1 - a->beta1), rest2 = (wide)(1 - a->beta2);
    const wide scale = (wide)a->scale, epsilon = (wide)a->epsilon;
    const wide decay = (wide)(a->rate * a->decay);
    const wide rate = (wide)(a->rate / (1 - power(a->beta1, a->t)));
    const wide unbias = (wide)(1 / sqrt(1 - power(a->beta2, a->t)));

#pragma omp simd
    for (long i = 0; i < n; i++) {
        wide g = scale * s.grad[i];
        wide m = beta1 * s.m[i] + rest1 * g;
        wide v = beta2 * s.v[i] + rest2 * (g * g);
        wide w = s.master[i];

        s.m[i] = m;
        s.v[i] = v;
        s.master[i] =
            w - (decay * w + rate * m / (vmath_sqrt(v) * unbias + epsilon));
    }
    if (!REAL_IS_WIDE)
        op_narrow(s.weight, s.master, n);
}
