#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/corpus_files.h"
#include "io/shard_write.h"
#include "kernels/check.h"
#include "src/commands/tokenize_job.h"

enum { BUFFER_BYTES = 1 << 22, OFFSETS = 4096, SOURCE_BYTES = 32768 };

/* ---- rank 0: names, sources, files ---- */

static bool same_shelf(const struct shard *a, const struct shard *b)
{
    return strcmp(a->skill, b->skill) == 0 && strcmp(a->split, b->split) == 0;
}

static int by_shelf(const void *a, const void *b)
{
    const struct shard *const *x = a, *const *y = b;
    int order = strcmp((*x)->skill, (*y)->skill);

    if (order == 0)
        order = strcmp((*x)->split, (*y)->split);
    return order ? order : (*x > *y) - (*x < *y);
}

static struct problem name_one(const struct tokenize *t, struct shard *s,
                               long part)
{
    struct corpus_file f;
    int n;

    corpus_files_name(&f, s->skill, s->split, part);
    n = snprintf(s->path, sizeof s->path, "%s/%s", t->settings->data.directory,
                 f.name);
    if (n >= (int)sizeof s->path - 8)
        return problem("data.directory: the path %.100s... is too long",
                       s->path);
    return NO_PROBLEM;
}

/* Shards of one shelf stand in the order of their parts. */
static struct problem name_all(struct tokenize *t)
{
    struct shard **s = malloc((size_t)(t->shards + 1) * sizeof *s);
    struct problem p = NO_PROBLEM;
    long part = 0;

    CHECK(s, "no memory for %ld shards", t->shards);
    for (long i = 0; i < t->shards; i++)
        s[i] = &t->shard[i];
    qsort(s, (size_t)t->shards, sizeof *s, by_shelf);
    for (long i = 0; i < t->shards && !is_problem(&p); i++) {
        bool follows = i > 0 && same_shelf(s[i - 1], s[i]);
        bool goes_on = i + 1 < t->shards && same_shelf(s[i], s[i + 1]);

        part = follows ? part + 1 : goes_on;
        p = name_one(t, s[i], part);
    }
    free(s);
    return p;
}

static bool has_title(const struct tokenize *t, const struct tokenize_input *f,
                      const char *title)
{
    return tokenize_has_skill_field(t) || t->settings->tokenize.skill[0] ||
           strcmp(f->title, title) == 0;
}

/* Names of the inputs that a shard may have documents of, one a line. */
static void list_source(const struct tokenize *t, const struct shard *s,
                        char *source)
{
    bool own = false;
    size_t n = 0;
    long left = 0;

    for (int pass = 0; pass < 2; pass++) {
        for (long i = 0; i < t->inputs; i++) {
            const struct tokenize_input *f = &t->input[i];
            bool states = f->split != SPLIT_NONE && t->only == SPLIT_NONE;
            bool is_own = states && strcmp(tokenize_inputs_splits[f->split],
                                           s->split) == 0;

            if (!has_title(t, f, s->title))
                continue;
            if (pass == 0)
                own = own || is_own;
            else if (!is_own &&
                     (states || (own && !tokenize_has_skill_field(t))))
                continue;
            else if (n + strlen(f->name) + 64 > SOURCE_BYTES)
                left++;
            else
                n +=
                    (size_t)sprintf(source + n, "%s%s", n ? "\n" : "", f->name);
        }
    }
    if (left > 0)
        sprintf(source + n, "\n... and %ld more", left);
}

static struct problem create_one(const struct tokenize *t, struct shard *s)
{
    static char source[SOURCE_BYTES];
    struct shard_writer w;
    uint64_t end = (uint64_t)s->tokens;
    struct problem p, closed;

    strcpy(s->tokenizer, t->tokenizer.name);
    strcpy(s->tokenizer_sha256, t->tokenizer.sha256);
    s->vocabulary_size = t->tokenizer.vocabulary_size;
    s->end_of_text = t->tokenizer.end_of_text;
    s->begin_of_text = t->tokenizer.begin_of_text;
    source[0] = '\0';
    list_source(t, s, source);
    p = shard_write_create(s, source);
    if (is_problem(&p))
        return p;
    p = shard_write_open(&w, s);
    if (!is_problem(&p))
        p = shard_write_documents(&w, s->documents, 1, &end);
    closed = shard_write_close(&w);
    return is_problem(&p) ? p : closed;
}

static struct problem create_all(struct tokenize *t)
{
    struct problem p = name_all(t);

    t->created = true;
    for (long i = 0; i < t->shards && !is_problem(&p); i++)
        p = create_one(t, &t->shard[i]);
    return p;
}

/* ---- every rank: documents ---- */

/* Tokens on their way from the spool to consecutive places of a file. */
struct copy {
    struct tokenize *t;
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

static struct problem read_spool(const struct copy *c, long first, long n,
                                 char *to)
{
    long width = tokenize_token_bytes(c->t);
    size_t left = (size_t)(n * width);
    off_t at = (off_t)first * width;

    while (left > 0) {
        ssize_t got = pread(c->t->spool, to, left, at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return problem("the spool file in %s cannot be read back: %s",
                           c->t->settings->data.directory,
                           got < 0 ? strerror(errno) : "it is too short");
        left -= (size_t)got;
        to += got;
        at += got;
    }
    return NO_PROBLEM;
}

static struct problem copy_tokens(struct copy *c,
                                  const struct tokenize_document *d)
{
    long width = tokenize_token_bytes(c->t), room = BUFFER_BYTES / width;
    struct problem p = NO_PROBLEM;

    if (c->first + c->tokens != d->first)
        p = flush_tokens(c);
    for (long done = 0; done < d->tokens && !is_problem(&p);) {
        long n = d->tokens - done;

        if (c->tokens == 0)
            c->first = d->first + done;
        if (n > room - c->tokens)
            n = room - c->tokens;
        p = read_spool(c, d->spooled + done, n, c->buffer + c->tokens * width);
        c->tokens += n;
        done += n;
        if (c->tokens == room && !is_problem(&p))
            p = flush_tokens(c);
    }
    return p;
}

static struct problem copy_document(struct copy *c,
                                    const struct tokenize_document *d)
{
    struct problem p = NO_PROBLEM;

    if (c->offsets == OFFSETS || c->first_offset + c->offsets != d->index)
        p = flush_offsets(c);
    if (c->offsets == 0)
        c->first_offset = d->index;
    c->offset[c->offsets++] = (uint64_t)d->first;
    return is_problem(&p) ? p : copy_tokens(c, d);
}

/* Documents [*next, ...) of this rank that belong to the same file. */
static struct problem copy_file(struct copy *c, long *next)
{
    const struct tokenize_document *d = c->t->document;
    int32_t file = d[*next].file;
    struct problem p, closed;

    p = shard_write_open(&c->w, &c->t->shard[file]);
    for (; *next < c->t->documents && d[*next].file == file && !is_problem(&p);
         ++*next)
        p = copy_document(c, &d[*next]);
    if (!is_problem(&p))
        p = flush_tokens(c);
    if (!is_problem(&p))
        p = flush_offsets(c);
    closed = shard_write_close(&c->w);
    return is_problem(&p) ? p : closed;
}

static int by_place(const void *a, const void *b)
{
    const struct tokenize_document *x = a, *y = b;

    if (x->dropped != y->dropped)
        return x->dropped - y->dropped;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static struct problem copy_all(struct tokenize *t)
{
    struct copy *c = calloc(1, sizeof *c);
    struct problem p = NO_PROBLEM;

    CHECK(c, "no memory to write documents");
    c->t = t;
    c->buffer = malloc(BUFFER_BYTES);
    CHECK(c->buffer, "no memory to write documents");
    qsort(t->document, (size_t)t->documents, sizeof *t->document, by_place);
    for (long i = 0;
         i < t->documents && !t->document[i].dropped && !is_problem(&p);)
        p = copy_file(c, &i);
    free(c->buffer);
    free(c);
    return p;
}

/* ---- every rank: sums ---- */

/* All blocks of all shards, in one row, are dealt out in equal stretches. */
static struct problem sum_share(struct tokenize *t)
{
    long blocks = 0, before = 0, size = group_size(t->g);
    long from, to;
    struct problem p = NO_PROBLEM;

    for (long i = 0; i < t->shards; i++)
        blocks += shard_blocks(&t->shard[i]);
    from = blocks * group_rank(t->g) / size;
    to = blocks * (group_rank(t->g) + 1) / size;
    for (long i = 0; i < t->shards && !is_problem(&p); i++) {
        long n = shard_blocks(&t->shard[i]);
        long low = from > before ? from - before : 0;
        long high = to - before < n ? to - before : n;
        struct shard_writer w;
        struct problem closed;

        before += n;
        if (low >= high)
            continue;
        p = shard_write_open(&w, &t->shard[i]);
        if (!is_problem(&p))
            p = shard_write_sums(&w, low, high - low);
        closed = shard_write_close(&w);
        if (!is_problem(&p))
            p = closed;
    }
    return p;
}

/* ---- rank 0: the end ---- */

static bool is_stale(const struct tokenize *t, const struct corpus_file *f)
{
    bool shelf = false;

    for (long i = 0; i < t->shards; i++) {
        const struct shard *s = &t->shard[i];

        if (strcmp(f->skill, s->skill) || strcmp(f->split, s->split))
            continue;
        shelf = true;
        if (strcmp(strrchr(s->path, '/') + 1, f->name) == 0)
            return false;
    }
    return shelf;
}

/* Parts of an overwritten shard would be read beside the ones made here. */
static struct problem remove_stale(const struct tokenize *t)
{
    const char *directory = t->settings->data.directory;
    struct corpus_file *f;
    long n;
    struct problem p = corpus_files_list(directory, &f, &n);

    for (long i = 0; i < n && !is_problem(&p); i++) {
        char path[2048];

        snprintf(path, sizeof path, "%s/%s", directory, f[i].name);
        if (is_stale(t, &f[i]) && unlink(path) != 0)
            p = problem("%s, of an older run, cannot be removed: %s", path,
                        strerror(errno));
    }
    free(f);
    return p;
}

static struct problem publish_all(struct tokenize *t)
{
    struct problem p = NO_PROBLEM;

    for (long i = 0; i < t->shards && !is_problem(&p); i++)
        p = shard_write_seal(&t->shard[i]);
    if (!is_problem(&p))
        p = remove_stale(t);
    for (long i = 0; i < t->shards && !is_problem(&p); i++)
        p = shard_write_publish(&t->shard[i]);
    return p;
}

struct problem tokenize_write(struct tokenize *t)
{
    bool is_root = group_rank(t->g) == 0;
    struct problem p = tokenize_agree(t, is_root ? create_all(t) : NO_PROBLEM);

    if (is_problem(&p))
        return p;
    if (!is_root)
        t->shard = malloc((size_t)t->shards * sizeof *t->shard);
    CHECK(t->shard || t->shards == 0, "no memory for %ld shards", t->shards);
    group_broadcast(t->g, t->shard, (size_t)t->shards * sizeof *t->shard);
    p = tokenize_agree(t, copy_all(t));
    if (!is_problem(&p))
        p = tokenize_agree(t, sum_share(t));
    if (!is_problem(&p))
        p = tokenize_agree(t, is_root ? publish_all(t) : NO_PROBLEM);
    return p;
}
