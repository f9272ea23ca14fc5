#include "src/train/batch.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/check.h"

void batch_init(struct batch *b, const struct data *data, struct model *model)
{
    size_t tokens = (size_t)model->shape.tokens;

    *b = (struct batch){.data = data,
                        .model = model,
                        .sequences = model->shape.sequences,
                        .length = model->shape.length};
    b->token = malloc(tokens * sizeof *b->token);
    b->target = malloc(tokens * sizeof *b->target);
    b->losses = malloc(tokens * sizeof *b->losses);
    b->skill = malloc((size_t)b->sequences * sizeof *b->skill);
    b->window = malloc(((size_t)b->length + 1) * sizeof *b->window);
    CHECK(b->token && b->target && b->losses && b->skill && b->window,
          "no memory for a micro-batch of %zu tokens", tokens);
}

void batch_free(struct batch *b)
{
    free(b->token);
    free(b->target);
    free(b->losses);
    free(b->skill);
    free(b->window);
}

void batch_read(struct batch *b, long i, const struct data_split *split,
                int skill, int64_t window)
{
    size_t bytes = (size_t)b->length * sizeof *b->window;

    data_read(b->data, split, skill, window, b->window);
    memcpy(b->token + i * b->length, b->window, bytes);
    memcpy(b->target + i * b->length, b->window + 1, bytes);
    b->skill[i] = skill;
}

void batch_leave_out(struct batch *b, long i)
{
    for (long t = i * b->length; t < (i + 1) * b->length; t++)
        b->token[t] = 0, b->target[t] = -1;
    b->skill[i] = -1;
}

void batch_losses(struct batch *b)
{
    model_losses(b->model, b->token, b->target, b->losses);
}

void batch_gradients(struct batch *b, double scale)
{
    model_gradients(b->model, b->token, b->target, scale, b->losses);
}

void batch_add(const struct batch *b, double *loss, double *tokens)
{
    for (long i = 0; i < b->sequences; i++) {
        if (b->skill[i] < 0)
            continue;
        for (long t = i * b->length; t < (i + 1) * b->length; t++)
            loss[b->skill[i]] += (double)b->losses[t];
        tokens[b->skill[i]] += (double)b->length;
    }
}
