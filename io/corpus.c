#include "io/corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/corpus_files.h"
#include "io/shard_open.h"
#include "kernels/check.h"

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
    if (strcmp(s->title, first->title) != 0)
        return problem("%.300s and %.300s are of two skills (\"%.100s\" and "
                       "\"%.100s\") that became one name: tokenize one of them "
                       "again under another name",
                       first->path, s->path, first->title, s->title);
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

static struct problem attach(struct corpus *c, const struct shard *head)
{
    struct problem p = NO_PROBLEM;

    c->vocabulary_size = head->vocabulary_size;
    c->end_of_text = head->end_of_text;
    c->begin_of_text = head->begin_of_text;
    c->extra = (c->begin_of_text >= 0) + (c->end_of_text >= 0);
    c->part = calloc((size_t)c->parts, sizeof *c->part);
    CHECK(c->part, "no memory for %ld parts of %s", c->parts, c->skill);
    for (long i = 0; i < c->parts; i++) {
        struct corpus_part *part = &c->part[i];

        part->start = c->tokens + c->documents * c->extra;
        part->file.fd = -1;
        if (!is_problem(&p))
            p = shard_attach(&part->file, &head[i]);
        c->tokens += head[i].tokens;
        c->documents += head[i].documents;
    }
    c->stream_length =
        c->tokens + c->documents * c->extra - (c->end_of_text >= 0);
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
