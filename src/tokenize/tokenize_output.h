#ifndef SRC_TOKENIZE_TOKENIZE_OUTPUT_H
#define SRC_TOKENIZE_TOKENIZE_OUTPUT_H

#include "src/tokenize/tokenize_job.h"

/* The directory that `tokenize` writes into, and the spool that each rank has
 * in it before its shards are whole. */

/* output_check of what is placed, or before that of what the inputs can give.
 * For rank 0. */
struct problem tokenize_output_check(struct tokenize_job *t);

/* Makes the directory, locks it and opens the rank's spool.  Collective. */
struct problem tokenize_output_open(struct tokenize_job *t);

/* output_close and output_discard, and the end of the spool. */
void tokenize_output_close(struct tokenize_job *t);
void tokenize_output_discard(struct tokenize_job *t);

#endif
