#include "io/shard_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "io/h5.h"
#include "io/seal.h"

enum { RANGES = 2 }; /* with sums of their own */

struct temporary {
    char path[sizeof((struct shard_writer *)0)->name];
};

static struct temporary temporary_of(const struct shard *s)
{
    struct temporary t;

    snprintf(t.path, sizeof t.path, "%s.tmp", s->path);
    return t;
}

static struct problem write_attributes(struct h5 *f, const struct shard *s,
                                       const char *source)
{
    const struct {
        const char *name, *text;
    } text[] = {
        {"format", "skillet-shard"}, {"skill", s->skill},
        {"title", s->title},         {"split", s->split},
        {"tokenizer", s->tokenizer}, {"tokenizer_sha256", s->tokenizer_sha256},
        {"layout", "packed"},        {"source", source}};
    const struct {
        const char *name;
        long x;
    } number[] = {{"version", SHARD_VERSION},
                  {"vocabulary_size", s->vocabulary_size},
                  {"end_of_text", s->end_of_text},
                  {"begin_of_text", s->begin_of_text}};
    struct problem p = NO_PROBLEM;

    for (size_t i = 0; i < sizeof text / sizeof *text && !is_problem(&p); i++)
        p = h5_text_write(f, text[i].name, text[i].text);
    for (size_t i = 0; i < sizeof number / sizeof *number && !is_problem(&p);
         i++)
        p = h5_number_write(f, number[i].name, number[i].x);
    return p;
}

static struct problem create_datasets(struct h5 *f, struct shard *s)
{
    long document_blocks = s->documents / SHARD_OFFSETS + 1;
    const struct {
        const char *name;
        enum h5_number number;
        long n;
        uint64_t *at;
    } row[] = {{"documents", H5_U64, s->documents + 1, &s->documents_at},
               {"document_sums", H5_U64, document_blocks, &s->document_sums_at},
               {"sums", H5_U64, shard_blocks(s) - document_blocks, &s->sums_at},
               {"tokens", s->token_bytes == 2 ? H5_U16 : H5_U32, s->tokens,
                &s->tokens_at}};

    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct h5_dataset d = {row[i].number, 1, {(uint64_t)row[i].n, 1}, 0};
        struct problem p = h5_dataset_create(f, row[i].name, &d);

        if (is_problem(&p))
            return p;
        *row[i].at = d.at;
    }
    return NO_PROBLEM;
}

/* More than HDF5 needs besides the datasets: the texts are short. */
enum { HEADER_BYTES = 1 << 17 };

static uint64_t dataset_bytes(const struct shard *s)
{
    return (uint64_t)(s->tokens * s->token_bytes) +
           8 * (uint64_t)(s->documents + 1 + shard_blocks(s));
}

static struct problem create_file(struct shard *s, const char *path,
                                  const char *source)
{
    struct h5 f;
    struct problem p = h5_create(&f, path, seal_block_bytes(RANGES)), closed;

    if (!is_problem(&p))
        p = write_attributes(&f, s, source);
    if (!is_problem(&p))
        p = create_datasets(&f, s);
    closed = h5_close(&f);
    return is_problem(&p) ? p : closed;
}

/* A full disk shows here, before the ranks write. */
struct problem shard_write_create(struct shard *s, const char *source)
{
    struct temporary t = temporary_of(s);
    struct problem p;

    s->token_bytes = s->vocabulary_size <= 1 << 16 ? 2 : 4;
    p = h5_reserve(t.path, HEADER_BYTES + dataset_bytes(s));
    if (!is_problem(&p))
        p = create_file(s, t.path, source);
    if (!is_problem(&p))
        p = h5_reserve(t.path,
                       s->tokens_at + (uint64_t)(s->tokens * s->token_bytes));
    return p;
}

static struct problem sync_path(const char *path, int flags)
{
    struct problem p = NO_PROBLEM;
    int fd = open(path, flags | O_CLOEXEC);

    if (fd < 0 || fsync(fd) != 0)
        p = problem("%s cannot be brought to the disk: %s", path,
                    strerror(errno));
    if (fd >= 0)
        close(fd);
    return p;
}

struct problem shard_write_seal(const struct shard *s)
{
    struct temporary t = temporary_of(s);
    struct seal_range range[RANGES] = {
        {s->documents_at, 8 * (uint64_t)(s->documents + 1)},
        {s->tokens_at, (uint64_t)(s->tokens * s->token_bytes)}};
    struct problem p =
        seal_write(t.path, seal_block_bytes(RANGES), range, RANGES);

    return is_problem(&p) ? p : sync_path(t.path, O_RDWR);
}

struct problem shard_write_publish(const struct shard *s)
{
    struct temporary t = temporary_of(s);

    if (rename(t.path, s->path) != 0)
        return problem("%s cannot be renamed to %s: %s", t.path, s->path,
                       strerror(errno));
    return NO_PROBLEM;
}

struct problem shard_write_settle(const struct shard *s)
{
    char directory[sizeof s->path];
    char *slash;

    strcpy(directory, s->path);
    slash = strrchr(directory, '/');
    strcpy(slash ? slash + (slash == directory) : directory, slash ? "" : ".");
    return sync_path(directory[0] ? directory : "/", O_RDONLY | O_DIRECTORY);
}

void shard_write_discard(const struct shard *s)
{
    struct temporary t = temporary_of(s);

    unlink(t.path);
}

struct problem shard_write_open(struct shard_writer *w, const struct shard *s)
{
    struct temporary t = temporary_of(s);

    *w = (struct shard_writer){.head = s};
    strcpy(w->name, t.path);
    w->fd = open(w->name, O_RDWR | O_CLOEXEC);
    if (w->fd < 0)
        return problem("%s cannot be opened: %s", w->name, strerror(errno));
    return NO_PROBLEM;
}

struct problem shard_write_close(struct shard_writer *w)
{
    struct problem p = NO_PROBLEM;

    if (w->fd >= 0 && fsync(w->fd) != 0)
        p = problem("%s cannot be brought to the disk: %s", w->name,
                    strerror(errno));
    if (w->fd >= 0 && close(w->fd) != 0 && !is_problem(&p))
        p = problem("%s cannot be closed: %s", w->name, strerror(errno));
    w->fd = -1;
    return p;
}

struct problem shard_write_tokens(struct shard_writer *w, long first, long n,
                                  const void *tokens)
{
    long width = w->head->token_bytes;

    return file_write_at(w->fd, w->name,
                         w->head->tokens_at + (uint64_t)(first * width), tokens,
                         (size_t)(n * width));
}

struct problem shard_write_documents(struct shard_writer *w, long first, long n,
                                     const uint64_t *offsets)
{
    return file_write_at(w->fd, w->name,
                         w->head->documents_at + 8 * (uint64_t)first, offsets,
                         8 * (size_t)n);
}

struct problem shard_write_sums(struct shard_writer *w, long first, long n)
{
    struct problem p = NO_PROBLEM;

    for (long i = first; i < first + n && !is_problem(&p); i++) {
        struct shard_block b = shard_block(w->head, i);
        uint64_t sum;

        p = shard_block_sum(&b, w->fd, w->name, &sum);
        if (!is_problem(&p))
            p = file_write_at(w->fd, w->name, b.sum_at, &sum, sizeof sum);
    }
    return p;
}
