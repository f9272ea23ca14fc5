#ifndef SRC_MODEL_SCRATCH_H
#define SRC_MODEL_SCRATCH_H

#include "src/model/shape.h"

/* Memory that all layers use in turn, because only one of them computes at a
 * time, and the angles of the rotary embedding. */
struct scratch {
    struct mat dqkv, d_o; /* [tokens, 3 hidden/t], [tokens, hidden/t] */
    struct mat d_inner;   /* [tokens, intermediate/t] */
    struct mat d_normed;  /* [tokens, hidden] */
    struct mat partial; /* [tokens, hidden] what a sum over ranks completes */
    void *attention;
    wide *cosine, *sine; /* [length, rotary_dims/2] */
    /* [tokens] of documents (struct op_heads), where there are any */
    int32_t *start, *start_on_host;
};

/* Takes memory of the host. */
void scratch_init(struct scratch *s, const struct shape *shape);
void scratch_free(struct scratch *s);

void scratch_take(struct scratch *s, const struct shape *shape,
                  struct arena *a);

/* Once the memory is real. */
void scratch_fill_angles(struct scratch *s, const struct shape *shape);

void scratch_put_starts(struct scratch *s, const int32_t *start, long tokens);

/* The heads of this rank, as the attention operations want them. */
struct op_heads scratch_heads(const struct scratch *s,
                              const struct shape *shape);

#endif
