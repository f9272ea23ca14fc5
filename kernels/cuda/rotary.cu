#include "kernels/cuda/gpu.cuh"

/* A thread a pack of pairs: blockIdx.y is the head.  Turns each pair by its
 * angle, or back for direction -1, which is the transpose. */
static __global__ void turn(struct op_rotary t, wide direction, struct mat x)
{
    long position =
        blockIdx.x % t.length - (t.start ? t.start[blockIdx.x] : 0);
    long half = t.dims / 2, at = position * half;
    real *low = x.at + blockIdx.x * x.ld + blockIdx.y * t.head_size;

    for (long j = threadIdx.x * PACK; j < half; j += blockDim.x * PACK) {
        long left = half - j;
        struct pack a = pack_load(low + j, left);
        struct pack b = pack_load(low + half + j, left);
        struct pack cosine = pack_load(t.cosine + at + j, left);
        struct pack sine = pack_load(t.sine + at + j, left);

        for (int i = 0; i < PACK; i++) {
            wide s = direction * sine.v[i], before = a.v[i];

            a.v[i] = before * cosine.v[i] - b.v[i] * s;
            b.v[i] = b.v[i] * cosine.v[i] + before * s;
        }
        pack_store(low + j, left, a);
        pack_store(low + half + j, left, b);
    }
}

static void turn_all(const struct op_rotary *r, wide direction, struct mat x)
{
    struct blocks blocks = by_rows(x.rows, r->dims / 2);

    blocks.grid.y = (unsigned)(x.cols / r->head_size);
    LAUNCH(turn, blocks, *r, direction, x);
}

extern "C" void op_rotary_forward(const struct op_rotary *r, struct mat x)
{
    turn_all(r, 1, x);
}

extern "C" void op_rotary_backward(const struct op_rotary *r, struct mat dx)
{
    turn_all(r, -1, dx);
}
