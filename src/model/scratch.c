#include "src/model/scratch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"
#include "kernels/device.h"

void scratch_init(struct scratch *s, const struct shape *shape)
{
    size_t n = (size_t)shape->tokens;

    if (!shape->has_documents)
        return;
    s->start_on_host = malloc(n * sizeof *s->start_on_host);
    CHECK(s->start_on_host, "no memory for the documents of %zu tokens", n);
}

void scratch_free(struct scratch *s)
{
    free(s->start_on_host);
}

struct op_heads scratch_heads(const struct scratch *s,
                              const struct shape *shape)
{
    long heads = shape->heads / shape->tensor_size;

    return (struct op_heads){
        .sequences = shape->sequences,
        .length = shape->length,
        .heads = heads,
        .kv_heads = heads,
        .size = shape->head_size,
        .scale = (wide)(1 / sqrt((double)shape->head_size)),
        .scratch = s->attention,
        .start = s->start,
        .start_on_host = s->start_on_host,
    };
}

void scratch_take(struct scratch *s, const struct shape *shape,
                  struct arena *a)
{
    long width = shape->hidden / shape->tensor_size;
    long inner = shape->intermediate / shape->tensor_size;
    long angles = shape->length * shape->rotary_dims / 2;
    struct op_heads heads = scratch_heads(s, shape);

    s->dqkv = mat_take(a, shape->tokens, 3 * width);
    s->d_o = mat_take(a, shape->tokens, width);
    s->d_inner = mat_take(a, shape->tokens, inner);
    s->d_normed = mat_take(a, shape->tokens, shape->hidden);
    s->partial = mat_take(a, shape->tokens, shape->hidden);
    s->attention = arena_take(a, op_attention_scratch(&heads));
    if (shape->has_documents)
        s->start = arena_take(a, (size_t)shape->tokens * sizeof *s->start);
    s->cosine = wide_take(a, angles);
    s->sine = wide_take(a, angles);
}

void scratch_fill_angles(struct scratch *s, const struct shape *shape)
{
    long half = shape->rotary_dims / 2, n = shape->length * half;
    wide *cosine = malloc((size_t)(2 * n + 1) * sizeof *cosine);
    wide *sine;

    CHECK(cosine, "no memory for %ld rotary angles", n);
    sine = cosine + n;
    for (long position = 0; position < shape->length; position++)
        for (long i = 0; i < half; i++) {
            double angle = (double)position *
                           pow(shape->rotary_base,
                               -2.0 * (double)i / (double)shape->rotary_dims);

            cosine[position * half + i] = (wide)cos(angle);
            sine[position * half + i] = (wide)sin(angle);
        }
    device_put(s->cosine, cosine, (size_t)n * sizeof *cosine);
    device_put(s->sine, sine, (size_t)n * sizeof *sine);
    free(cosine);
}

void scratch_put_starts(struct scratch *s, const int32_t *start, long tokens)
{
    size_t bytes = (size_t)tokens * sizeof *start;

    memcpy(s->start_on_host, start, bytes);
    device_put(s->start, start, bytes);
}
