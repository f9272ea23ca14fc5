#include "io/corpus.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/corpus_files.h"
#include "kernels/check.h"

/* ---- open ---- */

/* Keeps the parts of one skill's split; they must be one whole, or 1, 2, ... */
static struct problem pick(struct corpus_file *file, long files,
                           const char *directory, const char *skill,
                           const char *split, long *parts)
{
    *parts = 0;
    for (long i = 0; i < files; i++)
        if (strcmp(file[i].skill, skill) == 0 &&
            strcmp(file[i].split, split) == 0)
            file[(*parts)++] = file[i];
    if (*parts == 0)
        return problem("%s has no shard %s.%s.h5: tokenize it first", directory,
                       skill, split);
    for (long i = 0; i < *parts; i++) {
        long expected = *parts == 1 && file[0].part == 0 ? 0 : i + 1;

        if (file[i].part == 0 && expected != 0)
            return problem(
                "%s holds %s and parts of it too (%s): remove one or "
                "the other",
                directory, file[0].name, file[1].name);
        if (file[i].part != expected)
            return problem("%s holds %s, but part %05ld is missing", directory,
                           file[i].name, expected);
    }
    return NO_PROBLEM;
}

static struct problem check_same(const struct shard *s,
                                 const struct shard *first,
                                 const struct corpus_file *named)
{
    if (strcmp(s->skill, named->skill) != 0 ||
        strcmp(s->split, named->split) != 0)
        return problem("%s holds skill %s, split %s: it was renamed", s->path,
                       s->skill, s->split);
    if (strcmp(s->tokenizer, first->tokenizer) != 0 ||
        strcmp(s->tokenizer_sha256, first->tokenizer_sha256) != 0 ||
        s->vocabulary_size != first->vocabulary_size ||
        s->end_of_text != first->end_of_text ||
        s->begin_of_text != first->begin_of_text)
        return problem("%.300s and %.300s were made by different tokenizers or "
                       "special ids (%.60s and %.60s): tokenize them together",
                       first->path, s->path, first->tokenizer, s->tokenizer);
    return NO_PROBLEM;
}

static struct problem read_headers(const struct corpus_file *file,
                                   const char *directory, struct shard *head,
                                   long parts)
{
    struct problem p = NO_PROBLEM;

    for (long i = 0; !is_problem(&p) && i < parts; i++) {
        char path[2048];

        snprintf(path, sizeof path, "%s/%s", directory, file[i].name);
        p = shard_open(&head[i], path);
        if (!is_problem(&p))
            p = check_same(&head[i], &head[0], &file[i]);
    }
    return p;
}

struct problem corpus_find(const char *directory, const char *skill,
                           const char *split, struct shard **head, long *parts)
{
    struct corpus_file *file;
    long files;
    struct problem p = corpus_files_list(directory, &file, &files);

    *head = NULL;
    *parts = 0;
    if (!is_problem(&p))
        p = pick(file, files, directory, skill, split, parts);
    if (!is_problem(&p)) {
        *head = calloc((size_t)*parts, sizeof **head);
        CHECK(*head, "no memory for %ld parts of %s", *parts, skill);
        p = read_headers(file, directory, *head, *parts);
    }
    free(file);
    return p;
}

/* Tokens that a document has in the stream beyond its own. */
static long extra(const struct corpus *c)
{
    return (c->begin_of_text >= 0) + (c->end_of_text >= 0);
}

static struct problem attach(struct corpus *c, const struct shard *head)
{
    struct problem p = NO_PROBLEM;

    c->vocabulary_size = head->vocabulary_size;
    c->end_of_text = head->end_of_text;
    c->begin_of_text = head->begin_of_text;
    c->part = calloc((size_t)c->parts, sizeof *c->part);
    CHECK(c->part, "no memory for %ld parts of %s", c->parts, c->skill);
    for (long i = 0; i < c->parts; i++) {
        struct corpus_part *part = &c->part[i];

        part->start = c->tokens + c->documents * extra(c);
        part->file.fd = -1;
        if (!is_problem(&p))
            p = shard_attach(&part->file, &head[i]);
        c->tokens += head[i].tokens;
        c->documents += head[i].documents;
    }
    c->stream_length =
        c->tokens + c->documents * extra(c) - (c->end_of_text >= 0);
    return p;
}

void corpus_open(struct corpus *c, struct group *g, const char *directory,
                 const char *skill, const char *split)
{
    struct shard *head = NULL;
    struct problem p = NO_PROBLEM;

    memset(c, 0, sizeof *c);
    snprintf(c->skill, sizeof c->skill, "%s", skill);
    snprintf(c->split, sizeof c->split, "%s", split);
    if (group_rank(g) == 0)
        p = corpus_find(directory, skill, split, &head, &c->parts);
    refuse_if(g, p);
    group_broadcast(g, &c->parts, sizeof c->parts);
    if (!head)
        head = calloc((size_t)c->parts, sizeof *head);
    CHECK(head, "no memory for %ld parts of %s", c->parts, c->skill);
    group_broadcast(g, head, (size_t)c->parts * sizeof *head);
    refuse_if(g, attach(c, head));
    free(head);
}

void corpus_close(struct corpus *c)
{
    for (long i = 0; i < c->parts; i++)
        shard_detach(&c->part[i].file);
    free(c->part);
    memset(c, 0, sizeof *c);
}

/* ---- lookup ---- */

/* The part that holds position x of the stream. */
static struct corpus_part *part_at(struct corpus *c, long x)
{
    long low = 0, high = c->parts;

    while (high - low > 1) {
        long middle = low + (high - low) / 2;

        if (c->part[middle].start <= x)
            low = middle;
        else
            high = middle;
    }
    return &c->part[low];
}

/* Document d of a part begins at documents[d] + d * step, counted from the
 * start of the part.  Fills the window with documents that hold position x. */
static struct problem move_window(struct corpus_part *p, long x, long step)
{
    long low = 0, high = p->file.head.documents;
    struct problem wrong;

    while (high - low > CORPUS_WINDOW) {
        long middle = low + (high - low) / 2;
        uint64_t offset;

        wrong = shard_read_documents(&p->file, middle, 1, &offset);
        if (is_problem(&wrong))
            return wrong;
        if ((long)offset + middle * step <= x)
            low = middle;
        else
            high = middle;
    }
    /* The window goes on behind the bisected range: reading goes forward. */
    high = low + CORPUS_WINDOW;
    if (high > p->file.head.documents)
        high = p->file.head.documents;
    p->window_n = 0;
    wrong = shard_read_documents(&p->file, low, high - low + 1, p->window);
    p->window_first = low;
    if (!is_problem(&wrong))
        p->window_n = high - low;
    return wrong;
}

static bool window_has(const struct corpus_part *p, long x, long step)
{
    long first = p->window_first, end = first + p->window_n;

    return p->window_n > 0 && x >= (long)p->window[0] + first * step &&
           x < (long)p->window[p->window_n] + end * step;
}

/* The place in the window of the document that holds position x. */
static long window_find(const struct corpus_part *p, long x, long step)
{
    long low = 0, high = p->window_n;

    while (high - low > 1) {
        long middle = low + (high - low) / 2;

        if ((long)p->window[middle] + (p->window_first + middle) * step <= x)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* ---- read ---- */

static long least(long a, long b)
{
    return a < b ? a : b;
}

/* Up to n tokens from position x of a part on, within one document and its
 * neighbours begin and end; *done (0 before) is how many. */
static struct problem read_in_document(struct corpus *c, struct corpus_part *p,
                                       long x, long n, int32_t *out, long *done)
{
    long step = extra(c), begin = c->begin_of_text >= 0;
    long i, from, to, inside;
    struct problem wrong = NO_PROBLEM;

    if (!window_has(p, x, step))
        wrong = move_window(p, x, step);
    if (is_problem(&wrong))
        return wrong;
    i = window_find(p, x, step);
    from = (long)p->window[i];
    to = (long)p->window[i + 1];
    inside = x - from - (p->window_first + i) * step;
    if (!window_has(p, x, step) || from >= to || to > p->file.head.tokens)
        return problem("%s: its document offsets have changed since the start",
                       p->file.head.path);
    if (inside < begin)
        out[(*done)++] = (int32_t)c->begin_of_text;
    inside += *done - begin;
    if (*done < n && inside < to - from) {
        long m = least(n - *done, to - from - inside);

        wrong = shard_read_tokens(&p->file, from + inside, m, out + *done);
        *done += m;
        inside += m;
    }
    if (*done < n && inside == to - from && c->end_of_text >= 0)
        out[(*done)++] = (int32_t)c->end_of_text;
    return wrong;
}

struct problem corpus_read(struct corpus *c, long first, long n, int32_t *out)
{
    assert(first >= 0 && n >= 0 && first + n <= c->stream_length);
    while (n > 0) {
        struct corpus_part *p = part_at(c, first);
        long done = 0;
        struct problem wrong =
            read_in_document(c, p, first - p->start, n, out, &done);

        if (is_problem(&wrong))
            return wrong;
        first += done;
        out += done;
        n -= done;
    }
    return NO_PROBLEM;
}
