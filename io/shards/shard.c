#include "io/shards/shard.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "io/sum.h"
#include "kernels/base/memory.h"

enum { PIECE = 1 << 16 }; /* bytes, on the stack; a block is a multiple */

static long least(long a, long b)
{
    return a < b ? a : b;
}

const char *shard_layout_name(enum shard_layout layout)
{
    return layout == SHARD_PACKED ? "packed" : "samples";
}

bool shard_same_tokenizer(const struct shard *a, const struct shard *b)
{
    return strcmp(a->tokenizer_sha256, b->tokenizer_sha256) == 0 &&
           (*a->tokenizer_sha256 || strcmp(a->tokenizer, b->tokenizer) == 0) &&
           a->vocabulary_size == b->vocabulary_size &&
           a->end_of_text == b->end_of_text &&
           a->begin_of_text == b->begin_of_text;
}

/* A dataset that has sums: n rows of `width` bytes, a sum each `size` rows. */
struct series {
    const char *what;
    long n, size, width;
    uint64_t at, sums_at; /* sums_at 0: none */
};

enum { TOKENS, DOCUMENTS, ANSWERS, KINDS };

static struct series series_of(const struct shard *s, int kind)
{
    const struct series all[KINDS] = {
        {"tokens", s->tokens, SHARD_BLOCK, s->token_bytes, s->tokens_at,
         s->sums_at},
        {"documents", s->documents + 1, SHARD_OFFSETS, 8, s->documents_at,
         s->document_sums_at},
        {"answers", s->has_answers ? s->documents : 0, SHARD_ANSWERS,
         sizeof(struct shard_answer), s->answers_at, s->answer_sums_at}};

    return all[kind];
}

/* The first block of a kind; KINDS: the number of all. */
static long first_block(const struct shard *s, int kind)
{
    long n = 0;

    for (int i = 0; i < kind; i++) {
        struct series of = series_of(s, i);

        n += shard_sums(of.n, of.size);
    }
    return n;
}

static int kind_of(const struct shard *s, long block)
{
    int kind = TOKENS;

    while (block >= first_block(s, kind + 1))
        kind++;
    return kind;
}

long shard_blocks(const struct shard *s)
{
    return first_block(s, KINDS);
}

struct shard_block shard_block(const struct shard *s, long i)
{
    int kind = kind_of(s, i);
    struct series of = series_of(s, kind);
    long k = i - first_block(s, kind), end = least((k + 1) * of.size, of.n);
    uint64_t position = (uint64_t)(k * of.size * of.width);

    return (struct shard_block){
        .what = of.what,
        .first = k * of.size,
        .end = end,
        .at = of.at + position,
        .bytes = (uint64_t)((end - k * of.size) * of.width),
        .sum_at = of.sums_at ? of.sums_at + 8 * (uint64_t)k : 0,
        .position = position};
}

struct problem shard_block_sum(const struct shard_block *b, int fd,
                               const char *name, uint64_t *sum)
{
    unsigned char piece[PIECE];

    *sum = 0;
    for (uint64_t done = 0; done < b->bytes; done += PIECE) {
        size_t n = b->bytes - done < PIECE ? b->bytes - done : PIECE;
        struct problem wrong = file_read_at(fd, name, b->at + done, piece, n);

        if (is_problem(&wrong))
            return wrong;
        *sum += sum_bytes(piece, n, b->position + done);
    }
    return NO_PROBLEM;
}

struct problem shard_attach(struct shard_file *f, const struct shard *s)
{
    *f = (struct shard_file){.head = *s, .fd = -1};
    f->fd = open(s->path.text, O_RDONLY | O_CLOEXEC);
    if (f->fd < 0)
        return problem("%s cannot be opened: %s", s->path.text,
                       strerror(errno));
    f->checked = memory_take((size_t)shard_blocks(s), 1, "blocks of a shard");
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
    const char *path = f->head.path.text;
    struct shard_block b = shard_block(&f->head, i);
    uint64_t sum, expected;
    struct problem wrong = NO_PROBLEM;

    f->checked[i] = true;
    if (b.sum_at == 0)
        return wrong;
    wrong = shard_block_sum(&b, f->fd, path, &sum);
    if (!is_problem(&wrong))
        wrong =
            file_read_at(f->fd, path, b.sum_at, &expected, sizeof expected);
    if (!is_problem(&wrong) && sum != expected)
        wrong = problem(
            "%s is damaged: %s %ld to %ld do not match their sum; create "
            "or copy it again",
            path, b.what, b.first, b.end);
    f->checked[i] = !is_problem(&wrong);
    return wrong;
}

/* The blocks of rows [first, first + n), where they were not read before. */
static struct problem check_sums(struct shard_file *f, int kind, long first,
                                 long n)
{
    long before = first_block(&f->head, kind);
    long size = series_of(&f->head, kind).size;
    long end = before + shard_sums(first + n, size);
    struct problem wrong = NO_PROBLEM;

    for (long i = before + first / size; i < end && !is_problem(&wrong); i++)
        if (!f->checked[i])
            wrong = check_sum(f, i);
    return wrong;
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
static struct problem read_piece(const struct shard_file *f, long first,
                                 long n, void *raw, int32_t *out)
{
    const struct shard *s = &f->head;
    long width = s->token_bytes;
    uint32_t largest;
    struct problem wrong = file_read_at(
        f->fd, s->path.text, s->tokens_at + (uint64_t)(first * width), raw,
        (size_t)(n * width));

    if (is_problem(&wrong))
        return wrong;
    largest = widen(raw, width, n, out);
    if (largest >= (uint64_t)s->vocabulary_size)
        return problem(
            "%s: a token between %ld and %ld has id %u, which is outside "
            "the vocabulary of %ld",
            s->path.text, first, first + n, largest, s->vocabulary_size);
    return wrong;
}

struct problem shard_read_tokens(struct shard_file *f, long first, long n,
                                 int32_t *out)
{
    _Alignas(8) unsigned char raw[PIECE];
    long room = PIECE / f->head.token_bytes, end = first + n;
    struct problem wrong = NO_PROBLEM;

    if (n > 0)
        wrong = check_sums(f, TOKENS, first, n);
    for (long at = first; at < end && !is_problem(&wrong); at += room)
        wrong =
            read_piece(f, at, least(room, end - at), raw, out + (at - first));
    return wrong;
}

static struct problem check_offset(const struct shard *s, long i, uint64_t x)
{
    if (i == 0 && x != 0)
        return problem("%s: documents[0] is %llu, not 0", s->path.text,
                       (unsigned long long)x);
    if (i == s->documents && x != (uint64_t)s->tokens)
        return problem("%s: the last document ends at token %llu of %ld",
                       s->path.text, (unsigned long long)x, s->tokens);
    if (x > (uint64_t)s->tokens)
        return problem("%s: documents[%ld] is %llu, above the %ld tokens",
                       s->path.text, i, (unsigned long long)x, s->tokens);
    return NO_PROBLEM;
}

struct problem shard_read_documents(struct shard_file *f, long first, long n,
                                    uint64_t *out)
{
    const struct shard *s = &f->head;
    struct problem wrong = check_sums(f, DOCUMENTS, first, n);

    if (!is_problem(&wrong))
        wrong = file_read_at(f->fd, s->path.text,
                             s->documents_at + 8 * (uint64_t)first, out,
                             8 * (size_t)n);
    for (long i = 0; i < n && !is_problem(&wrong); i++) {
        wrong = check_offset(s, first + i, out[i]);
        if (!is_problem(&wrong) && i > 0 && out[i] <= out[i - 1])
            wrong =
                problem("%s: documents[%ld] is %llu, not above the one before "
                        "(%llu)",
                        s->path.text, first + i, (unsigned long long)out[i],
                        (unsigned long long)out[i - 1]);
    }
    return wrong;
}

struct problem shard_read_answers(struct shard_file *f, long first, long n,
                                  struct shard_answer *out)
{
    struct problem wrong = check_sums(f, ANSWERS, first, n);

    if (is_problem(&wrong))
        return wrong;
    return file_read_at(f->fd, f->head.path.text,
                        f->head.answers_at + sizeof *out * (uint64_t)first,
                        out, sizeof *out * (size_t)n);
}

static struct problem check_sample(const struct shard *s, long i,
                                   const struct shard_sample *x, long most)
{
    long own = x->end - x->first, tokens = own + (s->begin_of_text >= 0);
    struct shard_answer a = x->answer;

    if (own < 2)
        return problem("%s: sample %ld has %ld token, so none to predict: "
                       "leave it out",
                       s->path.text, i, own);
    if (tokens > most)
        return problem("%s: sample %ld has %ld tokens, more than %ld: set "
                       "train.sequence_length to %ld or more (a row of L "
                       "inputs takes L + 1 tokens)",
                       s->path.text, i, tokens, most, tokens - 1);
    if (s->has_answers && (a.first < 1 || a.length < 1 || a.first >= own ||
                           a.length > own - a.first))
        return problem("%s: the answer of sample %ld is %u tokens from %u on, "
                       "which is not inside its tokens 1 to %ld",
                       s->path.text, i, a.length, a.first, own - 1);
    return NO_PROBLEM;
}

enum { SAMPLES = 512 };

/* Up to SAMPLES samples from `first` on. */
static struct problem read_samples(struct shard_file *f, long first, long n,
                                   long most, struct shard_sample *out)
{
    uint64_t offset[SAMPLES + 1];
    struct shard_answer answer[SAMPLES] = {{0}};
    struct problem wrong = shard_read_documents(f, first, n + 1, offset);

    if (!is_problem(&wrong) && f->head.has_answers)
        wrong = shard_read_answers(f, first, n, answer);
    for (long i = 0; i < n && !is_problem(&wrong); i++) {
        out[i] = (struct shard_sample){(long)offset[i], (long)offset[i + 1],
                                       answer[i]};
        wrong = check_sample(&f->head, first + i, &out[i], most);
    }
    return wrong;
}

struct problem shard_read_sample(struct shard_file *f, long i, long most,
                                 struct shard_sample *out)
{
    return read_samples(f, i, 1, most, out);
}

struct problem shard_check_samples(struct shard_file *f, long first, long n,
                                   long most)
{
    struct shard_sample sample[SAMPLES];
    long end = first + n;
    struct problem wrong = NO_PROBLEM;

    for (long at = first; at < end && !is_problem(&wrong); at += SAMPLES)
        wrong = read_samples(f, at, least(SAMPLES, end - at), most, sample);
    return wrong;
}

static struct problem check_ids(struct shard_file *f, long first, long end)
{
    int32_t id[PIECE / 4];
    struct problem wrong = NO_PROBLEM;

    for (long at = first; at < end && !is_problem(&wrong); at += PIECE / 4)
        wrong = shard_read_tokens(f, at, least(PIECE / 4, end - at), id);
    return wrong;
}

/* Neighbours are compared across the end of the block too. */
static struct problem check_rise(struct shard_file *f, long first, long end)
{
    enum { ROOM = PIECE / 8 };
    uint64_t offset[ROOM];
    struct problem wrong = NO_PROBLEM;

    end = least(end + 1, f->head.documents + 1);
    for (long at = first; at < end && !is_problem(&wrong); at += ROOM - 1)
        wrong = shard_read_documents(f, at, least(ROOM, end - at), offset);
    return wrong;
}

/* Samples that have no answers are checked with their documents. */
static struct problem check_content(struct shard_file *f, long i)
{
    const struct shard *s = &f->head;
    struct shard_block b = shard_block(s, i);
    int kind = kind_of(s, i);
    struct problem wrong;

    if (kind == TOKENS)
        return check_ids(f, b.first, b.end);
    if (kind == ANSWERS)
        return shard_check_samples(f, b.first, b.end - b.first, LONG_MAX);
    wrong = check_rise(f, b.first, b.end);
    if (!is_problem(&wrong) && s->layout == SHARD_SAMPLES && !s->has_answers)
        wrong = shard_check_samples(
            f, b.first, least(b.end, s->documents) - b.first, LONG_MAX);
    return wrong;
}

struct problem shard_verify(struct shard_file *f, long first, long n)
{
    struct problem wrong = NO_PROBLEM;

    for (long i = first; i < first + n && !is_problem(&wrong); i++) {
        wrong = check_sum(f, i);
        if (!is_problem(&wrong))
            wrong = check_content(f, i);
    }
    return wrong;
}
