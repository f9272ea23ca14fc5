#ifndef SRC_TRAINER_DATA_SYNTHETIC_H
#define SRC_TRAINER_DATA_SYNTHETIC_H

#include "src/trainer/data.h"

/* Data that are random tokens, without files.  The problem is the same on all
 * ranks. */
struct problem data_synthetic_open(struct data *d, const struct settings *s);

/* The tokens of a window into d->stream. */
void data_synthetic_read(struct data *d, const struct data_split *split,
                         int skill, int64_t window);

#endif
