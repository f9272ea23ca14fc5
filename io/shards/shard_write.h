#ifndef IO_SHARDS_SHARD_WRITE_H
#define IO_SHARDS_SHARD_WRITE_H

#include <stdint.h>

#include "io/shards/shard.h"
#include "kernels/base/problem.h"

/* A shard is written by many ranks under the name PATH.tmp:
 *
 *   one rank      shard_write_create, and the header goes to all
 *   every rank    shard_write_open, _tokens, _documents and _answers, _close
 *   after a barrier, every rank   _open, _sums of some blocks, _close
 *   after a barrier, one rank     shard_write_seal, then shard_write_publish,
 *                 which gives it its name, and shard_write_settle, which
 *                 brings the names in its directory to the disk
 *
 * What went wrong is removed by shard_write_discard, which is quiet where
 * there is nothing. */

/* Takes every member of s but the places and token_bytes, and fills these in.
 * `source` names the inputs. */
struct problem shard_write_create(struct shard *s, const char *source);
struct problem shard_write_seal(const struct shard *s);
struct problem shard_write_publish(const struct shard *s);
struct problem shard_write_settle(const struct shard *s);
void shard_write_discard(const struct shard *s);

struct shard_writer {
    const struct shard *head; /* not owned */
    int fd;
    struct path name; /* PATH.tmp */
};

struct problem shard_write_open(struct shard_writer *w, const struct shard *s);

/* Waits until the disk has what was written. */
struct problem shard_write_close(struct shard_writer *w);

/* Tokens from `first` on, in the type of the file (token_bytes). */
struct problem shard_write_tokens(struct shard_writer *w, long first, long n,
                                  const void *tokens);
struct problem shard_write_documents(struct shard_writer *w, long first,
                                     long n, const uint64_t *offsets);

/* For a shard whose header says has_answers, all of them. */
struct problem shard_write_answers(struct shard_writer *w, long first, long n,
                                   const struct shard_answer *answers);

/* Sums of blocks [first, first + n) (shard_block), of what is in the
 * file. */
struct problem shard_write_sums(struct shard_writer *w, long first, long n);

#endif
