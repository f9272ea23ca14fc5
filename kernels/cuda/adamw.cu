#include "kernels/cuda/gpu.cuh"

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

/* The scalars are worked out in double: 1 - beta2^t loses all digits of a
 * float. */
struct factors {
    wide beta1, beta2, rest1, rest2, scale, epsilon, decay, rate, unbias;
};

static struct factors factors_of(const struct op_adamw *a)
{
    struct factors f;

    f.beta1 = (wide)a->beta1, f.beta2 = (wide)a->beta2;
    f.rest1 = (wide)(1 - a->beta1), f.rest2 = (wide)(1 - a->beta2);
    f.scale = (wide)a->scale, f.epsilon = (wide)a->epsilon;
    f.decay = (wide)(a->rate * a->decay);
    f.rate = (wide)(a->rate / (1 - power(a->beta1, a->t)));
    f.unbias = (wide)(1 / sqrt(1 - power(a->beta2, a->t)));
    return f;
}

/* Decay and step are subtracted together, so that the weight is rounded
 * once. */
static __global__ void adamw(struct factors f, struct op_adamw_state s, long n)
{
    long at = flat_place(), left = n - at;

    if (left <= 0)
        return;

    struct pack g = pack_load(s.grad + at, left),
                m = pack_load(s.m + at, left);
    struct pack v = pack_load(s.v + at, left);
    struct pack w = pack_load(s.master + at, left);

    for (int i = 0; i < PACK; i++) {
        wide x = f.scale * g.v[i];

        m.v[i] = f.beta1 * m.v[i] + f.rest1 * x;
        v.v[i] = f.beta2 * v.v[i] + f.rest2 * (x * x);
        w.v[i] -= f.decay * w.v[i] +
                  f.rate * m.v[i] / (sqrt(v.v[i]) * f.unbias + f.epsilon);
    }
    pack_store(s.m + at, left, m);
    pack_store(s.v + at, left, v);
    pack_store(s.master + at, left, w);
    if (!REAL_IS_WIDE)
        pack_store(s.weight + at, left, w);
}

extern "C" void op_adamw(const struct op_adamw *a, struct op_adamw_state s,
                         long n)
{
    LAUNCH(adamw, by_flat_packs(n), factors_of(a), s, n);
}
