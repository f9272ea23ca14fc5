#ifndef SRC_TRAIN_BATCH_H
#define SRC_TRAIN_BATCH_H

#include "src/model/model.h"
#include "src/train/data.h"

/* One micro-batch on the host: sequences, the skill of each, and their
 * losses. */
struct batch {
    const struct data *data;
    struct model *model;
    long sequences, length;
    int32_t *token, *target; /* [sequences, length] */
    wide *losses;            /* [sequences, length] */
    int *skill;      /* [sequences]; -1: filled up, outside all losses */
    int32_t *window; /* [length + 1] */
};

void batch_init(struct batch *b, const struct data *data, struct model *model);
void batch_free(struct batch *b);

/* Sequence i is a window of a skill, or nothing. */
void batch_read(struct batch *b, long i, const struct data_split *split,
                int skill, int64_t window);
void batch_leave_out(struct batch *b, long i);

/* model_losses and model_gradients on it.  Collective over the tensor ranks. */
void batch_losses(struct batch *b);
void batch_gradients(struct batch *b, double scale);

/* Adds the losses of each sequence to loss[skill], their number to
 * tokens[skill]. */
void batch_add(const struct batch *b, double *loss, double *tokens);

#endif
