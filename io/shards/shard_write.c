#include "io/shards/shard_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "io/h5.h"
#include "io/seal.h"

enum { RANGES = 3 }; /* with sums of their own, at most */

static struct problem write_attributes(struct h5 *f, const struct shard *s,
                                       const char *source)
{
    const struct {
        const char *name, *text;
    } text[] = {{"format", "skillet-shard"},
                {"skill", s->skill},
                {"title", s->title},
                {"split", s->split},
                {"tokenizer", s->tokenizer},
                {"tokenizer_sha256", s->tokenizer_sha256},
                {"layout", shard_layout_name(s->layout)},
                {"source", source}};
    const struct {
        const char *name;
        long x;
    } number[] = {{"version", SHARD_VERSION},
                  {"vocabulary_size", s->vocabulary_size},
                  {"end_of_text", s->end_of_text},
                  {"begin_of_text", s->begin_of_text}};
    struct problem wrong = NO_PROBLEM;

    for (size_t i = 0; i < sizeof text / sizeof *text && !is_problem(&wrong);
         i++)
        wrong = h5_text_write(f, text[i].name, text[i].text);
    for (size_t i = 0;
         i < sizeof number / sizeof *number && !is_problem(&wrong); i++)
        wrong = h5_number_write(f, number[i].name, number[i].x);
    return wrong;
}

static struct problem create_datasets(struct h5 *f, struct shard *s)
{
    long answers = s->has_answers ? s->documents : 0;
    const struct {
        const char *name;
        enum h5_number number;
        int dims_count;
        long n; /* 0: the shard has no such dataset */
        uint64_t *at;
    } row[] = {
        {"documents", H5_U64, 1, s->documents + 1, &s->documents_at},
        {"document_sums", H5_U64, 1,
         shard_sums(s->documents + 1, SHARD_OFFSETS), &s->document_sums_at},
        {"answers", H5_U32, 2, answers, &s->answers_at},
        {"answer_sums", H5_U64, 1, shard_sums(answers, SHARD_ANSWERS),
         &s->answer_sums_at},
        {"sums", H5_U64, 1, shard_sums(s->tokens, SHARD_BLOCK), &s->sums_at},
        {"tokens", s->token_bytes == 2 ? H5_U16 : H5_U32, 1, s->tokens,
         &s->tokens_at}};
    struct problem wrong = NO_PROBLEM;

    for (size_t i = 0; i < sizeof row / sizeof *row && !is_problem(&wrong);
         i++) {
        struct h5_dataset d = {
            row[i].number, row[i].dims_count, {(uint64_t)row[i].n, 2}, 0};

        if (row[i].n > 0)
            wrong = h5_dataset_create(f, row[i].name, &d);
        *row[i].at = d.at;
    }
    return wrong;
}

/* More than HDF5 needs besides the datasets: the texts are short. */
enum { HEADER_BYTES = 1 << 17 };

static uint64_t dataset_bytes(const struct shard *s)
{
    long numbers = s->documents + 1 + shard_blocks(s);

    numbers += s->has_answers ? s->documents : 0;
    return (uint64_t)(s->tokens * s->token_bytes + 8 * numbers);
}

static struct problem create_file(struct shard *s, const char *path,
                                  const char *source)
{
    struct h5 f;
    struct problem wrong = h5_create(&f, path, seal_block_bytes(RANGES)),
                   closed;

    if (!is_problem(&wrong))
        wrong = write_attributes(&f, s, source);
    if (!is_problem(&wrong))
        wrong = create_datasets(&f, s);
    closed = h5_close(&f);
    return is_problem(&wrong) ? wrong : closed;
}

/* A full disk shows here, before the ranks write. */
struct problem shard_write_create(struct shard *s, const char *source)
{
    struct path temporary = path_temporary(&s->path);
    struct problem wrong;

    s->token_bytes = s->vocabulary_size <= 1 << 16 ? 2 : 4;
    wrong = h5_reserve(temporary.text, HEADER_BYTES + dataset_bytes(s));
    if (!is_problem(&wrong))
        wrong = create_file(s, temporary.text, source);
    if (!is_problem(&wrong))
        wrong =
            h5_reserve(temporary.text,
                       s->tokens_at + (uint64_t)(s->tokens * s->token_bytes));
    return wrong;
}

/* HDF5 places datasets in the order of their making, so these rise. */
struct problem shard_write_seal(const struct shard *s)
{
    struct path temporary = path_temporary(&s->path);
    uint64_t offsets = (uint64_t)s->documents + 1;
    struct seal_range range[RANGES];
    long n = 0;
    struct problem wrong;

    range[n++] = (struct seal_range){s->documents_at, 8 * offsets};
    if (s->has_answers)
        range[n++] = (struct seal_range){
            s->answers_at, sizeof(struct shard_answer) * (offsets - 1)};
    range[n++] = (struct seal_range){s->tokens_at,
                                     (uint64_t)(s->tokens * s->token_bytes)};
    wrong = seal_write(temporary.text, seal_block_bytes(RANGES), range, n);
    return is_problem(&wrong) ? wrong : file_sync(temporary.text);
}

struct problem shard_write_publish(const struct shard *s)
{
    struct path temporary = path_temporary(&s->path);

    if (rename(temporary.text, s->path.text) != 0)
        return problem("%s cannot be renamed to %s: %s", temporary.text,
                       s->path.text, strerror(errno));
    return NO_PROBLEM;
}

struct problem shard_write_settle(const struct shard *s)
{
    return file_sync_names(s->path.text);
}

void shard_write_discard(const struct shard *s)
{
    struct path temporary = path_temporary(&s->path);

    unlink(temporary.text);
}

struct problem shard_write_open(struct shard_writer *w, const struct shard *s)
{
    *w = (struct shard_writer){.head = s, .name = path_temporary(&s->path)};
    w->fd = open(w->name.text, O_RDWR | O_CLOEXEC);
    if (w->fd < 0)
        return problem("%s cannot be opened: %s", w->name.text,
                       strerror(errno));
    return NO_PROBLEM;
}

struct problem shard_write_close(struct shard_writer *w)
{
    struct problem wrong = NO_PROBLEM;

    if (w->fd >= 0 && fsync(w->fd) != 0)
        wrong = problem("%s cannot be written to the disk: %s", w->name.text,
                        strerror(errno));
    if (w->fd >= 0 && close(w->fd) != 0 && !is_problem(&wrong))
        wrong =
            problem("%s cannot be closed: %s", w->name.text, strerror(errno));
    w->fd = -1;
    return wrong;
}

struct problem shard_write_tokens(struct shard_writer *w, long first, long n,
                                  const void *tokens)
{
    long width = w->head->token_bytes;

    return file_write_at(w->fd, w->name.text,
                         w->head->tokens_at + (uint64_t)(first * width),
                         tokens, (size_t)(n * width));
}

struct problem shard_write_documents(struct shard_writer *w, long first,
                                     long n, const uint64_t *offsets)
{
    return file_write_at(w->fd, w->name.text,
                         w->head->documents_at + 8 * (uint64_t)first, offsets,
                         8 * (size_t)n);
}

struct problem shard_write_answers(struct shard_writer *w, long first, long n,
                                   const struct shard_answer *answers)
{
    return file_write_at(w->fd, w->name.text,
                         w->head->answers_at +
                             sizeof *answers * (uint64_t)first,
                         answers, sizeof *answers * (size_t)n);
}

struct problem shard_write_sums(struct shard_writer *w, long first, long n)
{
    struct problem wrong = NO_PROBLEM;

    for (long i = first; i < first + n && !is_problem(&wrong); i++) {
        struct shard_block b = shard_block(w->head, i);
        uint64_t sum;

        wrong = shard_block_sum(&b, w->fd, w->name.text, &sum);
        if (!is_problem(&wrong))
            wrong =
                file_write_at(w->fd, w->name.text, b.sum_at, &sum, sizeof sum);
    }
    return wrong;
}
