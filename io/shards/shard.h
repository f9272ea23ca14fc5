#ifndef IO_SHARDS_SHARD_H
#define IO_SHARDS_SHARD_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/base/path.h"
#include "kernels/base/problem.h"

/* The tokens of one skill's split, or a part of them:
 * DIRECTORY/SKILL.SPLIT.h5, or SKILL.SPLIT.00001.h5, ... when cut by size.
 *
 * An HDF5 file with root attributes
 *   format "skillet-shard", version, skill, title, split, tokenizer,
 *   tokenizer_sha256, vocabulary_size, end_of_text, begin_of_text (-1: none),
 *   layout, source
 * and contiguous little-endian datasets
 *   /tokens         uint16 where the vocabulary fits, else uint32
 *   /documents      uint64  [documents + 1]: document d is [documents[d],
 *                           documents[d + 1]) of /tokens, not empty
 *   /sums           uint64  sum_bytes() of each SHARD_BLOCK tokens, at their
 *                           byte position in /tokens
 *   /document_sums  uint64  the same of each SHARD_OFFSETS of /documents; a
 *                           shard that is not sealed may lack it
 *   /answers        uint32  [documents, 2] with layout "samples", or absent:
 *                           where in its sample an answer begins, from 1 on,
 *                           and how many tokens it has, from 1 on
 *   /answer_sums    uint64  as /document_sums, of each SHARD_ANSWERS rows
 * The layout is "packed", documents to be joined and cut into windows, or
 * "samples", each document a training sequence of its own, of at least two
 * tokens.
 *
 * A shard of ours is sealed (io/seal.h) over all but these datasets of tokens,
 * documents and answers; these are checked where they are read, so that
 * opening a shard costs the same for any size.
 *
 * The tokenizer "bytes" has 256 ids for the bytes, end_of_text 256 and an
 * empty tokenizer_sha256. */
enum {
    SHARD_BLOCK = 1 << 20,   /* tokens */
    SHARD_OFFSETS = 1 << 17, /* 1 MiB */
    SHARD_ANSWERS = 1 << 17, /* 1 MiB */
    SHARD_VERSION = 1
};

enum shard_layout { SHARD_PACKED, SHARD_SAMPLES };

/* As it is in the file. */
const char *shard_layout_name(enum shard_layout layout);

/* The header: plain data, so that one rank reads it and broadcasts it. */
struct shard {
    struct path path;
    char skill[65], split[16];
    char title[256];
    char tokenizer[256], tokenizer_sha256[65];
    long vocabulary_size, end_of_text, begin_of_text;
    long tokens, documents;
    long token_bytes; /* 2 or 4 */
    enum shard_layout layout;
    bool has_answers;
    /* Bytes in the file. */
    uint64_t tokens_at, documents_at, sums_at, document_sums_at;
    uint64_t answers_at, answer_sums_at;
};

/* Whether tokens of both mean the same: a tokenizer with a file is known by
 * its hash, wherever the file lies. */
bool shard_same_tokenizer(const struct shard *a, const struct shard *b);

/* A stretch of /tokens, /documents or /answers that has a sum of its own. */
struct shard_block {
    const char *what;           /* "tokens", "documents" or "answers" */
    long first, end;            /* of what */
    uint64_t at, bytes, sum_at; /* in the file */
    uint64_t position;          /* byte in the dataset */
};

/* How many blocks of at most `size` n numbers fill. */
static inline long shard_sums(long n, long size)
{
    return (n + size - 1) / size;
}

/* Blocks are numbered: those of /tokens, then those of /documents, then those
 * of /answers. */
long shard_blocks(const struct shard *s);
struct shard_block shard_block(const struct shard *s, long i);

/* The sum of a block as it is in the file; `name` is for messages. */
struct problem shard_block_sum(const struct shard_block *b, int fd,
                               const char *name, uint64_t *sum);

/* The file of a header, on any rank. */
struct shard_file {
    struct shard head;
    int fd;
    unsigned char *checked; /* [shard_blocks] true once its sum was right */
};

struct problem shard_attach(struct shard_file *f, const struct shard *s);
void shard_detach(struct shard_file *f);

/* Tokens [first, first + n); the first reading of a block checks its sum, and
 * every reading that the ids are in the vocabulary. */
struct problem shard_read_tokens(struct shard_file *f, long first, long n,
                                 int32_t *out);

/* documents[first, first + n), which rise; the first reading of a block checks
 * its sum. */
struct problem shard_read_documents(struct shard_file *f, long first, long n,
                                    uint64_t *out);

/* Where in its sample the answer of a document is, without a begin-of-text
 * before it. */
struct shard_answer {
    uint32_t first, length;
};

/* Answers of documents [first, first + n); the first reading of a block checks
 * its sum.  Whether they lie inside their samples, shard_read_sample
 * checks. */
struct problem shard_read_answers(struct shard_file *f, long first, long n,
                                  struct shard_answer *out);

/* A document of a shard with layout "samples". */
struct shard_sample {
    long first, end;            /* in /tokens */
    struct shard_answer answer; /* length 0: none */
};

/* Where sample i is.  It must have at least 2 tokens and at most `most`,
 * where a begin-of-text of the shard counts, and its answer must lie inside it
 * and after its first token. */
struct problem shard_read_sample(struct shard_file *f, long i, long most,
                                 struct shard_sample *out);

/* The same of samples [first, first + n). */
struct problem shard_check_samples(struct shard_file *f, long first, long n,
                                   long most);

/* Sums of blocks [first, first + n), that ids are in the vocabulary, that
 * documents rise and samples are sound, also if checked before. */
struct problem shard_verify(struct shard_file *f, long first, long n);

#endif
