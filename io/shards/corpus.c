#include "io/shards/corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "io/shards/shard_open.h"
#include "io/sum.h"
#include "kernels/base/memory.h"
#include "kernels/base/path.h"

/* The files must be one whole, or parts 1, 2, ... */
static struct problem check_parts(const struct corpus_file *file, long parts,
                                  const char *directory)
{
    for (long i = 0; i < parts; i++) {
        long expected = parts == 1 && file[0].part == 0 ? 0 : i + 1;

        if (file[i].part == 0 && expected != 0)
            return problem(
                "%s contains both %s and parts of it (%s): remove one or "
                "the other",
                directory, file[0].name, file[1].name);
        if (file[i].part != expected)
            return problem("%s contains %s, but part %05ld is missing",
                           directory, file[i].name, expected);
    }
    return NO_PROBLEM;
}

static struct problem check_same(const struct shard *s,
                                 const struct shard *first,
                                 const struct corpus_file *named)
{
    if (strcmp(s->skill, named->skill) != 0 ||
        strcmp(s->split, named->split) != 0)
        return problem("%s contains skill %s, split %s: the file was "
                       "renamed",
                       s->path.text, s->skill, s->split);
    if (strcmp(s->title, first->title) != 0)
        return problem(
            "%.300s and %.300s belong to two skills (\"%.100s\" and "
            "\"%.100s\") that got the same name: tokenize one of them "
            "again under another name",
            first->path.text, s->path.text, first->title, s->title);
    if (!shard_same_tokenizer(s, first))
        return problem(
            "%.300s and %.300s were made by different tokenizers or "
            "special ids (%.60s and %.60s): tokenize them together",
            first->path.text, s->path.text, first->tokenizer, s->tokenizer);
    if (s->layout != first->layout || s->has_answers != first->has_answers)
        return problem(
            "%.300s and %.300s do not fit together (layout %s%s and %s%s): "
            "create them together",
            first->path.text, s->path.text, shard_layout_name(first->layout),
            first->has_answers ? " with answers" : "",
            shard_layout_name(s->layout),
            s->has_answers ? " with answers" : "");
    return NO_PROBLEM;
}

static struct problem read_headers(const struct corpus_file *file,
                                   const char *directory, struct shard *head,
                                   long parts)
{
    struct problem wrong = NO_PROBLEM;

    for (long i = 0; !is_problem(&wrong) && i < parts; i++) {
        struct path path;

        wrong = path_print(&path, "%s/%s", directory, file[i].name);
        if (!is_problem(&wrong))
            wrong = shard_open(&head[i], path.text);
        if (!is_problem(&wrong))
            wrong = check_same(&head[i], &head[0], &file[i]);
    }
    return wrong;
}

struct problem corpus_find(const struct corpus_files *files, const char *skill,
                           const char *split, struct shard **head, long *parts)
{
    const struct corpus_file *file =
        corpus_files_find(files, skill, split, parts);
    struct problem wrong = check_parts(file, *parts, files->directory);

    *head = NULL;
    if (*parts == 0)
        return problem("%s has no shard %s.%s.h5: tokenize it first",
                       files->directory, skill, split);
    if (is_problem(&wrong))
        return wrong;
    *head = memory_take((size_t)*parts, sizeof **head, "parts");
    return read_headers(file, files->directory, *head, *parts);
}

static struct problem attach(struct corpus *c, const struct shard *head)
{
    struct problem wrong = NO_PROBLEM;

    c->vocabulary_size = head->vocabulary_size;
    c->end_of_text = head->end_of_text;
    c->begin_of_text = head->begin_of_text;
    c->layout = head->layout;
    c->has_answers = head->has_answers;
    if (c->layout == SHARD_PACKED)
        c->extra = (c->begin_of_text >= 0) + (c->end_of_text >= 0);
    c->part = memory_take((size_t)c->parts, sizeof *c->part, "parts");
    for (long i = 0; i < c->parts; i++) {
        struct corpus_part *part = &c->part[i];

        part->start = c->layout == SHARD_PACKED
                          ? c->tokens + c->documents * c->extra
                          : c->documents;
        part->file.fd = -1;
        if (!is_problem(&wrong))
            wrong = shard_attach(&part->file, &head[i]);
        c->tokens += head[i].tokens;
        c->documents += head[i].documents;
    }
    if (c->layout == SHARD_PACKED)
        c->stream_length =
            c->tokens + c->documents * c->extra - (c->end_of_text >= 0);
    return wrong;
}

/* The headers of rank 0, on every rank. */
static void share(struct corpus *c, struct group *g, struct shard **head)
{
    group_broadcast(g, &c->parts, sizeof c->parts);
    if (!*head)
        *head = memory_take((size_t)c->parts, sizeof **head, "parts");
    group_broadcast(g, *head, (size_t)c->parts * sizeof **head);
}

struct problem corpus_open(struct corpus *c, struct group *g,
                           const struct corpus_files *files, const char *skill,
                           const char *split)
{
    struct shard *head = NULL;
    struct problem wrong = NO_PROBLEM;

    memset(c, 0, sizeof *c);
    snprintf(c->skill, sizeof c->skill, "%s", skill);
    snprintf(c->split, sizeof c->split, "%s", split);
    if (group_rank(g) == 0)
        wrong = corpus_find(files, skill, split, &head, &c->parts);
    wrong = group_agree(g, wrong);
    if (is_problem(&wrong)) {
        c->parts = 0; /* there is nothing to close */
    } else {
        share(c, g, &head);
        wrong = group_agree(g, attach(c, head));
        if (is_problem(&wrong))
            corpus_close(c);
    }
    free(head);
    return wrong;
}

static long least(long a, long b)
{
    return a < b ? a : b;
}

/* Each rank takes one stretch of the samples, rising with the rank: so the
 * first bad one is named whatever the number of ranks. */
struct problem corpus_check_samples(struct corpus *c, struct group *g,
                                    long most)
{
    long rank = group_rank(g), size = group_size(g);
    long first = c->documents * rank / size;
    long end = c->documents * (rank + 1) / size;
    struct problem wrong = NO_PROBLEM;

    for (long i = 0; i < c->parts && !is_problem(&wrong); i++) {
        struct corpus_part *part = &c->part[i];
        long low = first > part->start ? first - part->start : 0;
        long high = least(end - part->start, part->file.head.documents);

        if (low < high)
            wrong = shard_check_samples(&part->file, low, high - low, most);
    }
    return group_agree(g, wrong);
}

void corpus_close(struct corpus *c)
{
    for (long i = 0; i < c->parts; i++)
        shard_detach(&c->part[i].file);
    free(c->part);
    memset(c, 0, sizeof *c);
}

/* Sums of documents and answers may be missing; their numbers are not. */
static struct problem add_part(const struct shard_file *f, uint64_t *position,
                               uint64_t *fingerprint)
{
    const struct shard *s = &f->head;
    uint64_t counts[2] = {(uint64_t)s->tokens, (uint64_t)s->documents};
    struct problem wrong = NO_PROBLEM;

    *fingerprint += sum_bytes(counts, sizeof counts, *position);
    *position += sizeof counts;
    for (long i = 0; i < shard_blocks(s) && !is_problem(&wrong); i++) {
        struct shard_block b = shard_block(s, i);
        uint64_t sum;

        if (b.sum_at == 0)
            continue;
        wrong = file_read_at(f->fd, s->path.text, b.sum_at, &sum, sizeof sum);
        *fingerprint += sum_bytes(&sum, sizeof sum, *position);
        *position += sizeof sum;
    }
    return wrong;
}

struct problem corpus_fingerprint(const struct corpus *c,
                                  uint64_t *fingerprint)
{
    uint64_t position = 0;
    struct problem wrong = NO_PROBLEM;

    *fingerprint = 0;
    for (long i = 0; i < c->parts && !is_problem(&wrong); i++)
        wrong = add_part(&c->part[i].file, &position, fingerprint);
    return wrong;
}
