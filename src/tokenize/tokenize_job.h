#ifndef SRC_TOKENIZE_TOKENIZE_JOB_H
#define SRC_TOKENIZE_TOKENIZE_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "io/shards/split.h"
#include "io/text/tokenizer.h"
#include "kernels/base/problem.h"
#include "mpi/group.h"
#include "src/settings.h"
#include "src/tokenize/output.h"
#include "src/tokenize/tokenize_inputs.h"
#include "src/tokenize/tokenize_skills.h"

/* One run of `tokenize`, on each rank.
 *
 * Every rank reads all lines; they are numbered in chunks of about
 * TOKENIZE_CHUNK bytes, and chunk c is parsed and encoded by rank c % ranks.
 * Its tokens go to the rank's spool, a file without a name in the output
 * directory; what stays in memory is a record a document. */
enum { TOKENIZE_CHUNK = 1 << 20 };

/* A rank's documents are in the order of the input until they are written. */
struct tokenize_job_document {
    uint64_t hash[2]; /* of the text */
    long chunk;
    long spooled;      /* tokens of the spool before it */
    long tokens;       /* its own */
    long first, index; /* place in its file: first token, document */
    int32_t skill;
    int32_t file; /* of tokenize.shard; -1: none */
    int8_t split; /* SPLIT_NONE: to be cut by hash */
    bool dropped; /* a duplicate */
};

struct tokenize_job {
    struct group *g;
    const struct settings *settings;
    struct tokenizer tokenizer;
    enum split only;      /* split of everything, or SPLIT_NONE */
    double share[SPLITS]; /* else */

    struct tokenize_input *input;
    long inputs, chunks;
    struct tokenize_skills skills;

    struct output out;
    int spool;
    char spool_name[1100]; /* for messages */
    long spooled;          /* tokens */
    struct tokenize_job_document *document;
    long documents, room;

    long empty, skipped, duplicates; /* lines */
    uint64_t first_skipped;          /* number of the line in all inputs */
    struct problem why_skipped;
};

/* True if skills are named by a field of each line. */
bool tokenize_job_has_skill_field(const struct tokenize_job *t);

/* Bytes of a token in the spool: as in the shards. */
long tokenize_job_token_bytes(const struct tokenize_job *t);

/* The skill of an input whose lines do not name one. */
const char *tokenize_job_title(const struct tokenize_job *t,
                               const struct tokenize_input *f);

/* Reads what the settings say of tokenizer, special ids and splits. */
struct problem tokenize_settings(struct tokenize_job *t);

/* Stages; all collective.  The problem is the same on every rank.  `refused`
 * is the user's (exit 2), what is returned the machine's (exit 1). */
struct problem tokenize_scan(struct tokenize_job *t, struct problem *refused);
void tokenize_deduplicate(struct tokenize_job *t);
struct problem tokenize_split(struct tokenize_job *t);
void tokenize_place(struct tokenize_job *t);
struct problem tokenize_write(struct tokenize_job *t);

/* The first steps of tokenize_write.  Rank 0 names the shards and makes their
 * files; every rank copies its documents from the spool. */
struct problem tokenize_create(struct tokenize_job *t);
struct problem tokenize_copy(struct tokenize_job *t);

#endif
