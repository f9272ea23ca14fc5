#ifndef SRC_TRAINER_BATCH_H
#define SRC_TRAINER_BATCH_H

#include "src/model/model.h"
#include "src/trainer/data.h"
#include "src/trainer/sampler.h"

/* One micro-batch on the host: sequences, what each is, and what the model
 * says of them. */
struct batch {
    struct data *data;
    struct model *model;
    long sequences, length;
    int32_t *token, *target; /* [sequences, length]; target -1: not counted */
    int32_t *start;          /* [sequences, length] of documents, or NULL */
    wide *losses, *hits;     /* [sequences, length] */
    wide *logs;              /* [sequences, length]; NULL without a z-loss */
    struct batch_row *row;   /* [sequences] */
};

struct batch_row {
    int skill;            /* -1: filled up, outside all losses */
    struct data_row data; /* how far its tokens and its answer go */
    long targets;         /* that count */
};

void batch_init(struct batch *b, struct data *data, struct model *model);
void batch_free(struct batch *b);

/* Sequence i is a window of a skill, or nothing.  With LOSS_ANSWER only the
 * answer counts, where the window has one. */
void batch_read(struct batch *b, long i, const struct data_split *split,
                struct sampler_draw draw, enum settings_loss_over over);
void batch_leave_out(struct batch *b, long i);

/* model_losses and model_gradients on it.  Collective over the tensor
 * ranks. */
void batch_losses(struct batch *b);
void batch_gradients(struct batch *b, double scale);

/* The sum of the losses of sequence i. */
double batch_loss(const struct batch *b, long i);

/* The sum of log^2 Z over the targets of all sequences; 0 without a z-loss.
 * After batch_gradients. */
double batch_log_squares(const struct batch *b);

/* Whether every token of its answer is what the model finds most likely:
 * greedy decoding would give just this answer.  After batch_losses. */
bool batch_answered(const struct batch *b, long i);

#endif
