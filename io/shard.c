#include "io/shard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/h5.h"
#include "io/seal.h"
#include "io/sum.h"
#include "kernels/check.h"

enum { PIECE = 1 << 16 }; /* bytes, on the stack; a block is a multiple */

long shard_blocks(const struct shard *s)
{
    return (s->tokens + SHARD_BLOCK - 1) / SHARD_BLOCK;
}

static long least(long a, long b)
{
    return a < b ? a : b;
}

static struct problem read_bytes(const char *path, int fd, uint64_t at,
                                 void *to, size_t n)
{
    while (n > 0) {
        ssize_t got = pread(fd, to, n, (off_t)at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return problem("%s cannot be read: %s", path, strerror(errno));
        if (got == 0)
            return problem("%s has become shorter while it was read", path);
        to = (char *)to + got;
        n -= (size_t)got;
        at += (uint64_t)got;
    }
    return NO_PROBLEM;
}

/* ---- the header ---- */

static struct problem read_numbers(struct h5 *f, struct shard *s)
{
    const struct {
        const char *name;
        long *to;
    } row[] = {{"vocabulary_size", &s->vocabulary_size},
               {"end_of_text", &s->end_of_text},
               {"begin_of_text", &s->begin_of_text}};

    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        int64_t x;
        struct problem p = h5_number_read(f, row[i].name, &x);

        if (is_problem(&p))
            return p;
        *row[i].to = x;
    }
    return NO_PROBLEM;
}

static struct problem read_texts(struct h5 *f, struct shard *s, char *layout,
                                 size_t layout_size)
{
    const struct {
        const char *name;
        char *to;
        size_t size;
    } row[] = {
        {"skill", s->skill, sizeof s->skill},
        {"split", s->split, sizeof s->split},
        {"title", s->title, sizeof s->title},
        {"tokenizer", s->tokenizer, sizeof s->tokenizer},
        {"tokenizer_sha256", s->tokenizer_sha256, sizeof s->tokenizer_sha256},
        {"layout", layout, layout_size},
    };

    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct problem p = h5_text_read(f, row[i].name, row[i].to, row[i].size);

        if (is_problem(&p))
            return p;
    }
    return NO_PROBLEM;
}

static struct problem check_format(struct h5 *f, const char *path)
{
    char format[32];
    int64_t version;
    struct problem p = h5_text_read(f, "format", format, sizeof format);

    if (is_problem(&p))
        return p;
    if (strcmp(format, "skillet-shard") != 0)
        return problem("%s is no skill shard: its format is \"%s\"", path,
                       format);
    p = h5_number_read(f, "version", &version);
    if (!is_problem(&p) && version != SHARD_VERSION)
        return problem("%s has version %lld of the shard format, known is %d: "
                       "tokenize it again",
                       path, (long long)version, SHARD_VERSION);
    return p;
}

static struct problem read_attributes(struct h5 *f, struct shard *s)
{
    char layout[16];
    struct problem p = check_format(f, s->path);

    if (!is_problem(&p))
        p = read_texts(f, s, layout, sizeof layout);
    if (!is_problem(&p))
        p = read_numbers(f, s);
    if (is_problem(&p))
        return p;
    if (strcmp(layout, "packed") != 0)
        return problem("%s has layout \"%s\": only \"packed\" shards are read",
                       s->path, layout);
    if (s->vocabulary_size < 1 || s->vocabulary_size > INT32_MAX)
        return problem("%s: vocabulary_size is %ld, not 1 to %d", s->path,
                       s->vocabulary_size, INT32_MAX);
    if (s->end_of_text < -1 || s->end_of_text >= s->vocabulary_size)
        return problem("%s: end_of_text is %ld, outside the vocabulary of %ld",
                       s->path, s->end_of_text, s->vocabulary_size);
    if (s->begin_of_text < -1 || s->begin_of_text >= s->vocabulary_size)
        return problem("%s: begin_of_text is %ld, outside the vocabulary of "
                       "%ld",
                       s->path, s->begin_of_text, s->vocabulary_size);
    return p;
}

static struct problem find_dataset(struct h5 *f, const char *name,
                                   enum h5_number number, uint64_t file_bytes,
                                   struct h5_dataset *d)
{
    struct problem p = h5_dataset_find(f, name, d);
    uint64_t width = h5_number_bytes(number);

    if (is_problem(&p))
        return p;
    if (d->number != number)
        return problem("%s: dataset \"%s\" is not of little-endian uint%d",
                       f->path, name, (int)(8 * width));
    if (d->dims_count != 1 || d->dims[0] == 0)
        return problem("%s: dataset \"%s\" is empty or has not one dimension",
                       f->path, name);
    if (d->at > file_bytes || d->dims[0] > (file_bytes - d->at) / width)
        return problem("%s is truncated: dataset \"%s\" does not end inside it",
                       f->path, name);
    return p;
}

static struct problem read_datasets(struct h5 *f, struct shard *s)
{
    struct h5_dataset tokens, documents, sums;
    struct stat st;
    struct problem p = NO_PROBLEM;

    if (stat(s->path, &st) != 0)
        return problem("%s cannot be read: %s", s->path, strerror(errno));
    s->token_bytes = s->vocabulary_size <= 1 << 16 ? 2 : 4;
    p = find_dataset(f, "tokens", s->token_bytes == 2 ? H5_U16 : H5_U32,
                     (uint64_t)st.st_size, &tokens);
    if (!is_problem(&p))
        p = find_dataset(f, "documents", H5_U64, (uint64_t)st.st_size,
                         &documents);
    if (!is_problem(&p))
        p = find_dataset(f, "sums", H5_U64, (uint64_t)st.st_size, &sums);
    if (is_problem(&p))
        return p;
    s->tokens = (long)tokens.dims[0];
    s->documents = (long)documents.dims[0] - 1;
    s->tokens_at = tokens.at;
    s->documents_at = documents.at;
    s->sums_at = sums.at;
    if ((long)sums.dims[0] != shard_blocks(s))
        return problem("%s: dataset \"sums\" has %ld numbers, %ld tokens need "
                       "%ld",
                       s->path, (long)sums.dims[0], s->tokens, shard_blocks(s));
    return p;
}

static struct problem check_offset(const struct shard *s, long i, uint64_t x,
                                   uint64_t before)
{
    if (i == 0 && x != 0)
        return problem("%s: documents[0] is %llu, not 0", s->path,
                       (unsigned long long)x);
    if (i > 0 && x <= before)
        return problem("%s: documents[%ld] is %llu, not above the one before "
                       "(%llu)",
                       s->path, i, (unsigned long long)x,
                       (unsigned long long)before);
    if (i == s->documents && x != (uint64_t)s->tokens)
        return problem("%s: the last document ends at token %llu of %ld",
                       s->path, (unsigned long long)x, s->tokens);
    return NO_PROBLEM;
}

static struct problem check_documents(const struct shard_file *f)
{
    uint64_t offset[PIECE / 8], before = 0;
    long n = f->head.documents + 1;

    if (n < 2)
        return problem("%s has no document", f->head.path);
    for (long first = 0; first < n; first += PIECE / 8) {
        long m = least(n - first, PIECE / 8);
        struct problem p = shard_read_documents(f, first, m, offset);

        for (long i = 0; i < m && !is_problem(&p); i++) {
            p = check_offset(&f->head, first + i, offset[i], before);
            before = offset[i];
        }
        if (is_problem(&p))
            return p;
    }
    return NO_PROBLEM;
}

static struct problem read_header(struct shard *s)
{
    struct h5 f;
    bool sealed;
    struct problem p = seal_check(s->path, &sealed);

    if (is_problem(&p))
        return p;
    p = h5_open(&f, s->path);
    if (!is_problem(&p))
        p = read_attributes(&f, s);
    if (!is_problem(&p))
        p = read_datasets(&f, s);
    h5_close(&f);
    return p;
}

struct problem shard_open(struct shard *s, const char *path)
{
    struct shard_file f;
    struct problem p;

    memset(s, 0, sizeof *s);
    if (strlen(path) >= sizeof s->path)
        return problem("%.100s...: the path has more than %zu bytes", path,
                       sizeof s->path - 1);
    strcpy(s->path, path);
    p = read_header(s);
    if (is_problem(&p))
        return p;
    p = shard_attach(&f, s);
    if (is_problem(&p))
        return p;
    p = check_documents(&f);
    shard_detach(&f);
    return p;
}

/* ---- the data ---- */

struct problem shard_attach(struct shard_file *f, const struct shard *s)
{
    *f = (struct shard_file){.head = *s, .fd = -1};
    f->fd = open(s->path, O_RDONLY | O_CLOEXEC);
    if (f->fd < 0)
        return problem("%s cannot be opened: %s", s->path, strerror(errno));
    f->checked = calloc((size_t)shard_blocks(s) + 1, 1);
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

struct problem shard_read_documents(const struct shard_file *f, long first,
                                    long n, uint64_t *out)
{
    return read_bytes(f->head.path, f->fd,
                      f->head.documents_at + 8 * (uint64_t)first, out,
                      8 * (size_t)n);
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
        read_bytes(s->path, f->fd, s->tokens_at + (uint64_t)(first * width),
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

static struct problem check_block(struct shard_file *f, long block)
{
    const struct shard *s = &f->head;
    _Alignas(8) unsigned char raw[PIECE];
    int32_t id[PIECE / 2];
    long room = PIECE / s->token_bytes;
    long end = least((block + 1) * SHARD_BLOCK, s->tokens);
    uint64_t sum = 0, expected;
    struct problem p = NO_PROBLEM;

    for (long at = block * SHARD_BLOCK; at < end; at += room) {
        long n = least(room, end - at);

        p = read_piece(f, at, n, raw, id);
        if (is_problem(&p))
            return p;
        sum += sum_bytes(raw, (size_t)(n * s->token_bytes),
                         (uint64_t)(at * s->token_bytes));
    }
    p = read_bytes(s->path, f->fd, s->sums_at + 8 * (uint64_t)block, &expected,
                   8);
    if (!is_problem(&p) && sum != expected)
        return problem("%s is damaged: tokens %ld to %ld do not match their "
                       "sum; make or copy it again",
                       s->path, block * SHARD_BLOCK, end);
    f->checked[block] = 1;
    return p;
}

struct problem shard_verify(struct shard_file *f, long first, long n)
{
    for (long i = first; i < first + n; i++) {
        struct problem p = check_block(f, i);

        if (is_problem(&p))
            return p;
    }
    return NO_PROBLEM;
}

struct problem shard_read_tokens(struct shard_file *f, long first, long n,
                                 int32_t *out)
{
    _Alignas(8) unsigned char raw[PIECE];
    long room = PIECE / f->head.token_bytes, end = first + n;

    for (long i = first / SHARD_BLOCK; i * SHARD_BLOCK < end; i++) {
        struct problem p = NO_PROBLEM;

        if (!f->checked[i])
            p = check_block(f, i);
        if (is_problem(&p))
            return p;
    }
    for (long at = first; at < end; at += room) {
        struct problem p =
            read_piece(f, at, least(room, end - at), raw, out + (at - first));

        if (is_problem(&p))
            return p;
    }
    return NO_PROBLEM;
}
