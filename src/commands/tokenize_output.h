#ifndef SRC_COMMANDS_TOKENIZE_OUTPUT_H
#define SRC_COMMANDS_TOKENIZE_OUTPUT_H

#include "src/commands/tokenize_job.h"

/* The directory that `tokenize` writes into: what is there, and what a run has
 * in it before its shards are whole. */

/* Whether shards are there that this run would write, or that belong to another
 * skill of the same name: by what is placed, or before that by the inputs.  For
 * rank 0. */
struct problem tokenize_output_check(struct tokenize *t);

/* Makes the directory, locks it and opens the rank's spool.  Collective. */
struct problem tokenize_output_open(struct tokenize *t);

/* After a failure: nothing is left behind but what is published, or sealed and
 * waits for that.  Collective. */
void tokenize_output_discard(struct tokenize *t);
void tokenize_output_close(struct tokenize *t);

#endif
