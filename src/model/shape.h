#ifndef SRC_MODEL_SHAPE_H
#define SRC_MODEL_SHAPE_H

#include <stdbool.h>

#include "kernels/base/problem.h"
#include "kernels/ops.h"
#include "src/settings.h"

/* What a model is, in numbers; how many tensor ranks share it, and how many
 * data ranks its update; and the micro-batch that its memory is laid out
 * for. */
struct shape {
    long layers, hidden, heads, head_size, intermediate, vocabulary, context;
    long rotary_dims;
    double rotary_base, norm_epsilon;
    bool parallel_residual, tied;
    bool has_documents; /* attention and positions stay within each */
    enum op_gelu activation;
    enum settings_recompute recompute;
    double z_loss;
    int tensor_size, tensor_rank;
    int data_size, data_rank;
    bool has_all_moments; /* not only those of this data rank's share */
    long sequences, length, tokens; /* tokens = sequences * length */
};

/* From the settings; `vocabulary` is that of the data, used where the settings
 * give none.  The problem names the setting that does not fit.  The ranks
 * and the micro-batch are 1, 0 and 1 sequence until the next three calls. */
struct problem shape_init(struct shape *shape, const struct settings *s,
                          long vocabulary);

/* Over tensor ranks; the problem says what they can't share. */
struct problem shape_share(struct shape *shape, int tensor_size,
                           int tensor_rank);

/* Over data ranks, each of which updates its share of the weights; its moments
 * are those of this share, or with `zero` false of all weights. */
void shape_divide(struct shape *shape, int data_size, int data_rank,
                  bool zero);

void shape_batch(struct shape *shape, long sequences, long length);

/* What each tensor rank holds of a dimension that divides (heads, hidden
 * units), and of one that need not: rows [first, first + n) of `rows`, in a
 * piece of the same size everywhere, padded at its end. */
struct shape_cut {
    long first, n, piece;
};

struct shape_cut shape_cut(const struct shape *shape, long rows);

#endif
