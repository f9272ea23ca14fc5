#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/shards/corpus_files.h"
#include "io/shards/shard_write.h"
#include "kernels/base/memory.h"
#include "src/tokenize/tokenize_job.h"

enum { SOURCE_BYTES = 32768 };

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

/* Shards of one shelf stand in the order of their parts. */
static struct problem name_all(struct tokenize_job *t)
{
    struct shard **s = memory_take((size_t)t->out.shards, sizeof *s, "shards");
    struct problem wrong = NO_PROBLEM;
    long part = 0;

    for (long i = 0; i < t->out.shards; i++)
        s[i] = &t->out.shard[i];
    qsort(s, (size_t)t->out.shards, sizeof *s, by_shelf);
    for (long i = 0; i < t->out.shards && !is_problem(&wrong); i++) {
        bool follows = i > 0 && same_shelf(s[i - 1], s[i]);
        bool goes_on = i + 1 < t->out.shards && same_shelf(s[i], s[i + 1]);

        part = follows ? part + 1 : goes_on;
        wrong = output_name(&t->out, s[i], part);
    }
    free(s);
    return wrong;
}

/* Names of the inputs that a shard may have documents of, one a line. */
static void list_source(const struct tokenize_job *t, const struct shard *s,
                        char *source)
{
    bool own = false;
    size_t n = 0;
    long left = 0;

    for (int pass = 0; pass < 2; pass++) {
        for (long i = 0; i < t->inputs; i++) {
            const struct tokenize_input *f = &t->input[i];
            bool states = f->split != SPLIT_NONE && t->only == SPLIT_NONE;
            bool is_own = states && f->split == split_find(s->split);

            if (!tokenize_job_has_skill_field(t) &&
                strcmp(tokenize_job_title(t, f), s->title) != 0)
                continue;
            if (pass == 0)
                own = own || is_own;
            else if (!is_own &&
                     (states || (own && !tokenize_job_has_skill_field(t))))
                continue;
            else if (n + strlen(f->name) + 64 > SOURCE_BYTES)
                left++;
            else
                n += (size_t)sprintf(source + n, "%s%s", n ? "\n" : "",
                                     f->name);
        }
    }
    if (left > 0)
        sprintf(source + n, "\n... and %ld more", left);
}

static struct problem create_one(const struct tokenize_job *t, struct shard *s)
{
    static char source[SOURCE_BYTES];
    struct shard_writer w;
    uint64_t end = (uint64_t)s->tokens;
    struct problem wrong, closed;

    strcpy(s->tokenizer, t->tokenizer.name);
    strcpy(s->tokenizer_sha256, t->tokenizer.sha256);
    s->vocabulary_size = t->tokenizer.vocabulary_size;
    s->end_of_text = t->tokenizer.end_of_text;
    s->begin_of_text = t->tokenizer.begin_of_text;
    source[0] = '\0';
    list_source(t, s, source);
    wrong = shard_write_create(s, source);
    if (is_problem(&wrong))
        return wrong;
    wrong = shard_write_open(&w, s);
    if (!is_problem(&wrong))
        wrong = shard_write_documents(&w, s->documents, 1, &end);
    closed = shard_write_close(&w);
    return is_problem(&wrong) ? wrong : closed;
}

struct problem tokenize_create(struct tokenize_job *t)
{
    struct problem wrong = name_all(t);

    t->out.created = true;
    for (long i = 0; i < t->out.shards && !is_problem(&wrong); i++)
        wrong = create_one(t, &t->out.shard[i]);
    return wrong;
}
