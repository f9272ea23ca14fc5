#include "src/trainer/batch.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/base/memory.h"

void batch_init(struct batch *b, struct data *data, struct model *model)
{
    size_t tokens = (size_t)model->shape.tokens;

    *b = (struct batch){.data = data,
                        .model = model,
                        .sequences = model->shape.sequences,
                        .length = model->shape.length};
    b->token = memory_take(tokens, sizeof *b->token, "tokens of a batch");
    b->target = memory_take(tokens, sizeof *b->target, "targets of a batch");
    if (data->has_documents)
        b->start =
            memory_take(tokens, sizeof *b->start, "starts of documents");
    b->losses = memory_take(tokens, sizeof *b->losses, "losses of a batch");
    b->hits = memory_take(tokens, sizeof *b->hits, "hits of a batch");
    if (model->shape.z_loss > 0)
        b->logs = memory_take(tokens, sizeof *b->logs, "logs of a batch");
    b->row = memory_take((size_t)b->sequences, sizeof *b->row, "sequences");
}

void batch_free(struct batch *b)
{
    free(b->token);
    free(b->target);
    free(b->start);
    free(b->losses);
    free(b->hits);
    free(b->logs);
    free(b->row);
}

/* Leaves targets [first, end) in the loss. */
static void keep(int32_t *target, long length, long first, long end)
{
    for (long t = 0; t < length; t++)
        if (t < first || t >= end)
            target[t] = -1;
}

void batch_read(struct batch *b, long i, const struct data_split *split,
                struct sampler_draw draw, enum settings_loss_over over)
{
    long first = i * b->length;
    int32_t *target = b->target + first;
    struct data_row row =
        data_read(b->data, split, draw.skill, draw.window,
                  (struct data_window){b->token + first, target,
                                       b->start ? b->start + first : NULL});
    long answer = row.answer_end - row.answer;
    bool is_answer = over == LOSS_ANSWER && answer > 0;

    if (is_answer)
        keep(target, b->length, row.answer, row.answer_end);
    b->row[i] =
        (struct batch_row){draw.skill, row, is_answer ? answer : row.tokens};
}

void batch_leave_out(struct batch *b, long i)
{
    for (long t = i * b->length; t < (i + 1) * b->length; t++)
        b->token[t] = 0, b->target[t] = -1;
    if (b->start)
        memset(b->start + i * b->length, 0,
               (size_t)b->length * sizeof *b->start);
    b->row[i] = (struct batch_row){.skill = -1};
}

static struct model_batch for_model(const struct batch *b)
{
    return (struct model_batch){b->token, b->target, b->start};
}

void batch_losses(struct batch *b)
{
    struct model_batch batch = for_model(b);

    model_losses(b->model, &batch,
                 &(struct model_result){.losses = b->losses, .hits = b->hits});
}

void batch_gradients(struct batch *b, double scale)
{
    struct model_batch batch = for_model(b);

    model_gradients(
        b->model, &batch, scale,
        &(struct model_result){.losses = b->losses, .logs = b->logs});
}

double batch_loss(const struct batch *b, long i)
{
    double sum = 0;

    for (long t = i * b->length; t < (i + 1) * b->length; t++)
        sum += (double)b->losses[t];
    return sum;
}

double batch_log_squares(const struct batch *b)
{
    double sum = 0;

    for (long t = 0; b->logs && t < b->sequences * b->length; t++)
        sum += (double)b->logs[t] * (double)b->logs[t];
    return sum;
}

bool batch_answered(const struct batch *b, long i)
{
    struct data_row row = b->row[i].data;
    const wide *hit = b->hits + i * b->length;
    bool all = row.answer < row.answer_end;

    for (long t = row.answer; t < row.answer_end; t++)
        all &= hit[t] > 0;
    return all;
}
