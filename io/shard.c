#include "io/shard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "io/sum.h"
#include "kernels/check.h"

enum { PIECE = 1 << 16 }; /* bytes, on the stack; a block is a multiple */

static long least(long a, long b)
{
    return a < b ? a : b;
}

static long token_blocks(const struct shard *s)
{
    return (s->tokens + SHARD_BLOCK - 1) / SHARD_BLOCK;
}

long shard_blocks(const struct shard *s)
{
    return token_blocks(s) + s->documents / SHARD_OFFSETS + 1;
}

struct shard_block shard_block(const struct shard *s, long i)
{
    bool of_tokens = i < token_blocks(s);
    long k = of_tokens ? i : i - token_blocks(s);
    long size = of_tokens ? SHARD_BLOCK : SHARD_OFFSETS;
    long end = least((k + 1) * size, of_tokens ? s->tokens : s->documents + 1);
    long width = of_tokens ? s->token_bytes : 8;
    uint64_t position = (uint64_t)(k * size * width);
    uint64_t sums_at = of_tokens ? s->sums_at : s->document_sums_at;

    return (struct shard_block){
        .what = of_tokens ? "tokens" : "documents",
        .first = k * size,
        .end = end,
        .at = (of_tokens ? s->tokens_at : s->documents_at) + position,
        .bytes = (uint64_t)((end - k * size) * width),
        .sum_at = sums_at + 8 * (uint64_t)k,
        .position = position};
}

struct problem shard_block_sum(const struct shard_block *b, int fd,
                               const char *name, uint64_t *sum)
{
    unsigned char piece[PIECE];

    *sum = 0;
    for (uint64_t done = 0; done < b->bytes; done += PIECE) {
        size_t n = b->bytes - done < PIECE ? b->bytes - done : PIECE;
        struct problem p = file_read_at(fd, name, b->at + done, piece, n);

        if (is_problem(&p))
            return p;
        *sum += sum_bytes(piece, n, b->position + done);
    }
    return NO_PROBLEM;
}

struct problem shard_attach(struct shard_file *f, const struct shard *s)
{
    *f = (struct shard_file){.head = *s, .fd = -1};
    f->fd = open(s->path, O_RDONLY | O_CLOEXEC);
    if (f->fd < 0)
        return problem("%s cannot be opened: %s", s->path, strerror(errno));
    f->checked = calloc((size_t)shard_blocks(s), 1);
    CHECK(f->checked, "no memory for the blocks of %s", s->path);
    return NO_PROBLEM;
}

void shard_detach(struct shard_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    free(f->checked);
    f->fd = -1;
    f->checked = NULL;
}

static struct problem check_sum(struct shard_file *f, long i)
{
    const char *path = f->head.path;
    struct shard_block b = shard_block(&f->head, i);
    uint64_t sum, expected;
    struct problem p = NO_PROBLEM;

    f->checked[i] = true;
    if (i >= token_blocks(&f->head) && !f->head.document_sums_at)
        return p;
    p = shard_block_sum(&b, f->fd, path, &sum);
    if (!is_problem(&p))
        p = file_read_at(f->fd, path, b.sum_at, &expected, sizeof expected);
    if (!is_problem(&p) && sum != expected)
        p = problem("%s is damaged: %s %ld to %ld do not match their sum; make "
                    "or copy it again",
                    path, b.what, b.first, b.end);
    f->checked[i] = !is_problem(&p);
    return p;
}

/* Blocks [first, last], where they were not read before. */
static struct problem check_sums(struct shard_file *f, long first, long last)
{
    struct problem p = NO_PROBLEM;

    for (long i = first; i <= last && !is_problem(&p); i++)
        if (!f->checked[i])
            p = check_sum(f, i);
    return p;
}

/* Ids of the file as int32; an id of 2^31 or more becomes INT32_MAX, which is
 * in no vocabulary. */
static uint32_t widen(const unsigned char *raw, long width, long n,
                      int32_t *out)
{
    uint32_t largest = 0;

    if (width == 2) {
        const uint16_t *at = (const uint16_t *)(const void *)raw;

        for (long i = 0; i < n; i++) {
            largest = at[i] > largest ? at[i] : largest;
            out[i] = at[i];
        }
    } else {
        const uint32_t *at = (const uint32_t *)(const void *)raw;

        for (long i = 0; i < n; i++) {
            largest = at[i] > largest ? at[i] : largest;
            out[i] = (int32_t)(at[i] < INT32_MAX ? at[i] : INT32_MAX);
        }
    }
    return largest;
}

/* Tokens [first, first + n), which fill a piece at most, without the sum. */
static struct problem read_piece(const struct shard_file *f, long first, long n,
                                 void *raw, int32_t *out)
{
    const struct shard *s = &f->head;
    long width = s->token_bytes;
    uint32_t largest;
    struct problem p =
        file_read_at(f->fd, s->path, s->tokens_at + (uint64_t)(first * width),
                     raw, (size_t)(n * width));

    if (is_problem(&p))
        return p;
    largest = widen(raw, width, n, out);
    if (largest >= (uint64_t)s->vocabulary_size)
        return problem("%s: a token between %ld and %ld has id %u, outside the "
                       "vocabulary of %ld",
                       s->path, first, first + n, largest, s->vocabulary_size);
    return p;
}

struct problem shard_read_tokens(struct shard_file *f, long first, long n,
                                 int32_t *out)
{
    _Alignas(8) unsigned char raw[PIECE];
    long room = PIECE / f->head.token_bytes, end = first + n;
    struct problem p = NO_PROBLEM;

    if (n > 0)
        p = check_sums(f, first / SHARD_BLOCK, (end - 1) / SHARD_BLOCK);
    for (long at = first; at < end && !is_problem(&p); at += room)
        p = read_piece(f, at, least(room, end - at), raw, out + (at - first));
    return p;
}

static struct problem check_offset(const struct shard *s, long i, uint64_t x)
{
    if (i == 0 && x != 0)
        return problem("%s: documents[0] is %llu, not 0", s->path,
                       (unsigned long long)x);
    if (i == s->documents && x != (uint64_t)s->tokens)
        return problem("%s: the last document ends at token %llu of %ld",
                       s->path, (unsigned long long)x, s->tokens);
    if (x > (uint64_t)s->tokens)
        return problem("%s: documents[%ld] is %llu, above the %ld tokens",
                       s->path, i, (unsigned long long)x, s->tokens);
    return NO_PROBLEM;
}

struct problem shard_read_documents(struct shard_file *f, long first, long n,
                                    uint64_t *out)
{
    const struct shard *s = &f->head;
    long before = token_blocks(s);
    struct problem p = check_sums(f, before + first / SHARD_OFFSETS,
                                  before + (first + n - 1) / SHARD_OFFSETS);

    if (!is_problem(&p))
        p = file_read_at(f->fd, s->path, s->documents_at + 8 * (uint64_t)first,
                         out, 8 * (size_t)n);
    for (long i = 0; i < n && !is_problem(&p); i++) {
        p = check_offset(s, first + i, out[i]);
        if (!is_problem(&p) && i > 0 && out[i] <= out[i - 1])
            p = problem("%s: documents[%ld] is %llu, not above the one before "
                        "(%llu)",
                        s->path, first + i, (unsigned long long)out[i],
                        (unsigned long long)out[i - 1]);
    }
    return p;
}

static struct problem check_ids(struct shard_file *f, long first, long end)
{
    int32_t id[PIECE / 4];
    struct problem p = NO_PROBLEM;

    for (long at = first; at < end && !is_problem(&p); at += PIECE / 4)
        p = shard_read_tokens(f, at, least(PIECE / 4, end - at), id);
    return p;
}

/* Neighbours are compared across the end of the block too. */
static struct problem check_rise(struct shard_file *f, long first, long end)
{
    enum { ROOM = PIECE / 8 };
    uint64_t offset[ROOM];
    struct problem p = NO_PROBLEM;

    end = least(end + 1, f->head.documents + 1);
    for (long at = first; at < end && !is_problem(&p); at += ROOM - 1)
        p = shard_read_documents(f, at, least(ROOM, end - at), offset);
    return p;
}

struct problem shard_verify(struct shard_file *f, long first, long n)
{
    for (long i = first; i < first + n; i++) {
        struct shard_block b = shard_block(&f->head, i);
        struct problem p = check_sum(f, i);

        if (!is_problem(&p))
            p = i < token_blocks(&f->head) ? check_ids(f, b.first, b.end)
                                           : check_rise(f, b.first, b.end);
        if (is_problem(&p))
            return p;
    }
    return NO_PROBLEM;
}
