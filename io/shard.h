#ifndef IO_SHARD_H
#define IO_SHARD_H

#include <stdint.h>

#include "kernels/problem.h"

/* The tokens of one skill's split, or a part of them: DIRECTORY/SKILL.SPLIT.h5,
 * or SKILL.SPLIT.00001.h5, ... when cut by size.
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
 * A shard of ours is sealed (io/seal.h) over all but /tokens and /documents;
 * these are checked where they are read, so that opening a shard costs the same
 * for any size.
 *
 * The tokenizer "bytes" has 256 ids for the bytes, end_of_text 256 and an empty
 * tokenizer_sha256. */
enum {
    SHARD_BLOCK = 1 << 20,   /* tokens */
    SHARD_OFFSETS = 1 << 17, /* 1 MiB */
    SHARD_VERSION = 1
};

/* The header: plain data, so that one rank reads it and broadcasts it. */
struct shard {
    char path[1024];
    char skill[65], split[16];
    char title[256];
    char tokenizer[256], tokenizer_sha256[65];
    long vocabulary_size, end_of_text, begin_of_text;
    long tokens, documents;
    long token_bytes; /* 2 or 4 */
    /* Bytes in the file. */
    uint64_t tokens_at, documents_at, sums_at, document_sums_at;
};

/* A stretch of /tokens or /documents that has a sum of its own. */
struct shard_block {
    const char *what;           /* "tokens" or "documents" */
    long first, end;            /* of what */
    uint64_t at, bytes, sum_at; /* in the file */
    uint64_t position;          /* byte in the dataset */
};

/* Blocks are numbered: those of /tokens, then those of /documents. */
long shard_blocks(const struct shard *s);
struct shard_block shard_block(const struct shard *s, long i);

/* The sum of a block as it stands in the file; `name` is for messages. */
struct problem shard_block_sum(const struct shard_block *b, int fd,
                               const char *name, uint64_t *sum);

/* The file behind a header, on any rank. */
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

/* Sums of blocks [first, first + n), and that ids are in the vocabulary and
 * documents rise, also if checked before. */
struct problem shard_verify(struct shard_file *f, long first, long n);

#endif
