#include <stdlib.h>

#include "io/file.h"
#include "io/shards/shard_write.h"
#include "kernels/base/memory.h"
#include "src/tokenize/tokenize_job.h"

enum { BUFFER_BYTES = 1 << 22, OFFSETS = 4096 };

/* Tokens on their way from the spool to consecutive places of a file. */
struct copy {
    struct tokenize_job *t;
    struct shard_writer w;
    char *buffer;
    long first, tokens;
    uint64_t offset[OFFSETS];
    long first_offset, offsets;
};

static struct problem flush_tokens(struct copy *c)
{
    long n = c->tokens;

    c->tokens = 0;
    return n ? shard_write_tokens(&c->w, c->first, n, c->buffer) : NO_PROBLEM;
}

static struct problem flush_offsets(struct copy *c)
{
    long n = c->offsets;

    c->offsets = 0;
    return n ? shard_write_documents(&c->w, c->first_offset, n, c->offset)
             : NO_PROBLEM;
}

static struct problem copy_tokens(struct copy *c,
                                  const struct tokenize_job_document *d)
{
    long width = tokenize_job_token_bytes(c->t), room = BUFFER_BYTES / width;
    struct problem wrong = NO_PROBLEM;

    if (c->first + c->tokens != d->first)
        wrong = flush_tokens(c);
    for (long done = 0; done < d->tokens && !is_problem(&wrong);) {
        long n = d->tokens - done;

        if (c->tokens == 0)
            c->first = d->first + done;
        if (n > room - c->tokens)
            n = room - c->tokens;
        wrong =
            file_read_at(c->t->spool, c->t->spool_name,
                         (uint64_t)((d->spooled + done) * width),
                         c->buffer + c->tokens * width, (size_t)(n * width));
        c->tokens += n;
        done += n;
        if (c->tokens == room && !is_problem(&wrong))
            wrong = flush_tokens(c);
    }
    return wrong;
}

static struct problem copy_document(struct copy *c,
                                    const struct tokenize_job_document *d)
{
    struct problem wrong = NO_PROBLEM;

    if (c->offsets == OFFSETS || c->first_offset + c->offsets != d->index)
        wrong = flush_offsets(c);
    if (c->offsets == 0)
        c->first_offset = d->index;
    c->offset[c->offsets++] = (uint64_t)d->first;
    return is_problem(&wrong) ? wrong : copy_tokens(c, d);
}

/* Documents [*next, ...) of this rank that belong to the same file. */
static struct problem copy_file(struct copy *c, long *next)
{
    const struct tokenize_job_document *d = c->t->document;
    int32_t file = d[*next].file;
    struct problem wrong, closed;

    wrong = shard_write_open(&c->w, &c->t->out.shard[file]);
    for (; *next < c->t->documents && d[*next].file == file &&
           !is_problem(&wrong);
         ++*next) {
        wrong = output_stop(&c->t->out);
        if (!is_problem(&wrong))
            wrong = copy_document(c, &d[*next]);
    }
    if (!is_problem(&wrong))
        wrong = flush_tokens(c);
    if (!is_problem(&wrong))
        wrong = flush_offsets(c);
    closed = shard_write_close(&c->w);
    return is_problem(&wrong) ? wrong : closed;
}

static int by_place(const void *a, const void *b)
{
    const struct tokenize_job_document *x = a, *y = b;

    if (x->dropped != y->dropped)
        return x->dropped - y->dropped;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

struct problem tokenize_copy(struct tokenize_job *t)
{
    struct copy *c = memory_take(1, sizeof *c, "copies");
    struct problem wrong = NO_PROBLEM;

    c->t = t;
    c->buffer = memory_take(BUFFER_BYTES, 1, "bytes of tokens");
    if (t->documents)
        qsort(t->document, (size_t)t->documents, sizeof *t->document,
              by_place);
    for (long i = 0;
         i < t->documents && !t->document[i].dropped && !is_problem(&wrong);)
        wrong = copy_file(c, &i);
    free(c->buffer);
    free(c);
    return wrong;
}
