#include "src/model/shape.h"

static struct problem check(const struct shape *shape,
                            const struct settings *s)
{
    if (shape->hidden % shape->heads)
        return problem("%s: %ld does not divide model.hidden=%ld; give a "
                       "number of heads that does",
                       settings_place(s, "model.heads"), shape->heads,
                       shape->hidden);
    if (shape->rotary_dims % 2)
        return problem("%s: %g of a head of %ld is %ld dimensions to "
                       "rotate, which is odd; give a fraction that makes "
                       "it even",
                       settings_place(s, "model.rotary_fraction"),
                       s->model.rotary_fraction, shape->head_size,
                       shape->rotary_dims);
    return NO_PROBLEM;
}

struct problem shape_init(struct shape *shape, const struct settings *s,
                          long vocabulary)
{
    *shape = (struct shape){
        .layers = s->model.layers,
        .hidden = s->model.hidden,
        .heads = s->model.heads,
        .head_size = s->model.hidden / s->model.heads,
        .intermediate = s->model.intermediate ? s->model.intermediate
                                              : 4 * s->model.hidden,
        .vocabulary = s->model.vocabulary ? s->model.vocabulary : vocabulary,
        .context = s->model.context,
        .rotary_base = s->model.rotary_base,
        .norm_epsilon = 1e-5,
        .parallel_residual = s->model.parallel_residual,
        .tied = s->model.tied,
        .has_documents = s->data.mask == MASK_DOCUMENT,
        .activation = s->model.activation == ACTIVATION_GELU_TANH ? GELU_TANH
                                                                  : GELU_EXACT,
        .recompute = s->train.recompute,
        .z_loss = s->train.z_loss,
        .tensor_size = 1,
        .data_size = 1,
    };
    /* Cut off, not rounded, as in the models that are around. */
    shape->rotary_dims =
        (long)(s->model.rotary_fraction * (double)shape->head_size);
    shape_batch(shape, 1, shape->context);
    return check(shape, s);
}

struct problem shape_share(struct shape *shape, int tensor_size,
                           int tensor_rank)
{
    const char *what = shape->heads % tensor_size ? "model.heads"
                       : shape->intermediate % tensor_size
                           ? "model.intermediate"
                           : NULL;

    shape->tensor_size = tensor_size, shape->tensor_rank = tensor_rank;
    if (what)
        return problem("parallel.tensor=%d does not divide %s=%ld; give a "
                       "number of tensor ranks that does",
                       tensor_size, what,
                       shape->heads % tensor_size ? shape->heads
                                                  : shape->intermediate);
    return NO_PROBLEM;
}

void shape_divide(struct shape *shape, int data_size, int data_rank, bool zero)
{
    shape->data_size = data_size, shape->data_rank = data_rank;
    shape->has_all_moments = !zero;
}

void shape_batch(struct shape *shape, long sequences, long length)
{
    shape->sequences = sequences, shape->length = length;
    shape->tokens = sequences * length;
}

struct shape_cut shape_cut(const struct shape *shape, long rows)
{
    long piece = (rows + shape->tensor_size - 1) / shape->tensor_size;
    long first = piece * shape->tensor_rank;
    long left = rows - first;

    return (struct shape_cut){first,
                              left < 0       ? 0
                              : left < piece ? left
                                             : piece,
                              piece};
}
