#ifndef IO_SHARDS_CORPUS_H
#define IO_SHARDS_CORPUS_H

#include <stdint.h>

#include "io/shards/corpus_files.h"
#include "io/shards/shard.h"
#include "kernels/base/problem.h"
#include "mpi/group.h"

/* One skill's split as a single stream of tokens, over all its parts:
 *
 *   [begin] document 0 [end] [begin] document 1 [end] ... document n-1
 *
 * begin-of-text precedes each document and end-of-text between documents,
 * across parts too, where the shards have them; none after the last one.
 *
 * With layout "samples" (the same for all parts) there is no stream: documents
 * are samples, numbered over all parts, and begin-of-text precedes each
 * where the shards have it.
 *
 * Document boundaries stay on disk: a lookup bisects /documents with pread and
 * keeps one window of it a part, so opening costs the same for any size. */
enum { CORPUS_WINDOW = 512 };

struct corpus_part {
    struct shard_file file;
    long start; /* in the stream; with samples the number of its first one */
    long window_first, window_n;        /* documents in `window` */
    uint64_t window[CORPUS_WINDOW + 1]; /* their offsets, and the end */
};

struct corpus {
    char skill[65], split[16];
    struct corpus_part *part; /* rising in `start` */
    long parts;
    long tokens, documents; /* of the shards, without begin and end */
    long stream_length;
    long vocabulary_size, end_of_text, begin_of_text;
    enum shard_layout layout;
    bool has_answers; /* in all parts */
    long extra;       /* tokens of a document in the stream beyond its own */
};

/* Finds the parts of a skill's split in a directory, reads their headers
 * (malloc'd) and checks that they belong together.  For one rank. */
struct problem corpus_find(const struct corpus_files *files, const char *skill,
                           const char *split, struct shard **head,
                           long *parts);

/* Rank 0, which alone looks at the files of the directory, finds and reads the
 * shards.  What is missing, damaged or does not belong together is the same
 * problem on every rank, and leaves nothing to close.  Collective over g. */
struct problem corpus_open(struct corpus *c, struct group *g,
                           const struct corpus_files *files, const char *skill,
                           const char *split);
void corpus_close(struct corpus *c);

/* A number that is another one when the tokens, documents or answers are
 * others: from the sums that are in the shards.  For one rank. */
struct problem corpus_fingerprint(const struct corpus *c,
                                  uint64_t *fingerprint);

/* A sample as corpus_read_sample gives it. */
struct corpus_sample {
    long tokens;                /* begin-of-text too */
    struct shard_answer answer; /* in out; length 0: none */
};

/* Sample i, 0 <= i < documents, into out[room]; one that is longer, or not
 * sound (shard_read_sample), is a problem. */
struct problem corpus_read_sample(struct corpus *c, long i, long room,
                                  int32_t *out, struct corpus_sample *sample);

/* The first sample that corpus_read_sample would not read into out[most] is a
 * problem, the same on every rank: the ranks share the reading of all offsets
 * and answers.  Collective over g. */
struct problem corpus_check_samples(struct corpus *c, struct group *g,
                                    long most);

/* Tokens [first, first + n) of the stream. */
struct problem corpus_read(struct corpus *c, long first, long n, int32_t *out);

/* For each of these tokens, where in the stretch its document starts, with its
 * begin-of-text; 0 if that is before the stretch.  End-of-text is the last
 * token of the document before it. */
struct problem corpus_read_starts(struct corpus *c, long first, long n,
                                  int32_t *start);

#endif
