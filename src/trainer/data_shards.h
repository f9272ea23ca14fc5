#ifndef SRC_TRAINER_DATA_SHARDS_H
#define SRC_TRAINER_DATA_SHARDS_H

#include "src/trainer/data.h"

/* Data from the skill shards of data.directory.  Rank 0 looks at the
 * directory; every rank opens the files.  Collective over g. */
struct problem data_shards_open(struct data *d, const struct settings *s,
                                struct group *g);
void data_shards_close(struct data_split *split);

/* The tokens of a window into d->stream, and with a document mask where their
 * documents start. */
struct problem data_shards_read(struct data *d, struct corpus *c,
                                int64_t window, struct data_row *row,
                                int32_t *start);

#endif
