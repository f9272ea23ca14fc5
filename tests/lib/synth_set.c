#include "tests/lib/synth_set.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/shards/corpus.h"
#include "io/shards/corpus_files.h"
#include "io/shards/split.h"
#include "io/text/tokenizer.h"
#include "kernels/base/check.h"
#include "mpi/group.h"
#include "src/commands/commands.h"
#include "src/settings.h"

void synth_set_make(char *generator, ...)
{
    struct settings s;
    const char *argument;
    va_list list;
    int status;

    settings_init(&s);
    free(s.data.directory);
    s.data.directory = strdup(directory);
    va_start(list, generator);
    while ((argument = va_arg(list, const char *)))
        settled(settings_read_argument(&s, argument));
    va_end(list);
    status = command_synth(group_world(), &s, &generator, 1);
    CHECK(status == 0, "synth %s ends with status %d", generator, status);
    settings_free(&s);
}

static char *decode(const struct tokenizer *t, const int32_t *ids, long n,
                    size_t *bytes)
{
    char *text;

    settled(tokenizer_decode(t, ids, n, &text, bytes));
    return text;
}

static void read_text(struct corpus *c, const struct tokenizer *t, long i,
                      struct texts *x)
{
    struct text *text = &x->text[i];
    struct corpus_sample s;
    int32_t ids[1000];
    size_t bytes;

    settled(corpus_read_sample(c, i, 1000, ids, &s));
    free(decode(t, ids, s.answer.first, &bytes));
    text->at = decode(t, ids, s.tokens, &(size_t){0});
    text->answer = text->at + bytes;
    free(decode(t, ids + s.answer.first, s.answer.length, &bytes));
    text->after = text->answer + bytes;
    if (i == 0) {
        x->tokens = s.tokens;
        x->answer_at = s.answer.first;
    }
    if (x->tokens != s.tokens || x->answer_at != s.answer.first ||
        s.answer.length != 1)
        x->tokens = -1;
}

struct texts synth_set_texts(const char *generator, const char *skill,
                             int split)
{
    struct texts x = {0};
    struct corpus_files files;
    struct tokenizer t;
    struct corpus c;

    settled(tokenizer_open(&t, generator));
    settled(corpus_files_list(&files, directory));
    refuse_if(group_world(), corpus_open(&c, group_world(), &files, skill,
                                         split_names[split]));
    corpus_files_free(&files);
    CHECK(c.layout == SHARD_SAMPLES && c.has_answers && c.extra == 0,
          "%s is no skill of samples with answers", skill);
    x.n = c.documents;
    x.text = calloc((size_t)x.n, sizeof *x.text);
    CHECK(x.text, "no memory");
    for (long i = 0; i < x.n; i++)
        read_text(&c, &t, i, &x);
    corpus_close(&c);
    return x;
}

void synth_set_free(struct texts *x)
{
    for (long i = 0; i < x->n; i++)
        free(x->text[i].at);
    free(x->text);
}

void synth_set_remove(void)
{
    struct corpus_files files;

    group_barrier(group_world());
    if (group_rank(group_world()) == 0) {
        settled(corpus_files_list(&files, directory));
        for (long i = 0; i < files.n; i++) {
            char path[700];

            snprintf(path, sizeof path, "%s/%s", directory, files.at[i].name);
            unlink(path);
        }
        corpus_files_free(&files);
    }
    group_barrier(group_world());
}

struct entry {
    const char *text;
    int split;
};

static int by_text(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = strcmp(x->text, y->text);

    return order ? order : x->split - y->split;
}

static void count_twice(const struct texts split[SPLITS], struct found *found)
{
    long n = split[0].n + split[1].n + split[2].n, k = 0;
    struct entry *all = malloc((size_t)n * sizeof *all);

    CHECK(all, "no memory");
    for (int i = 0; i < SPLITS; i++)
        for (long j = 0; j < split[i].n; j++)
            all[k++] = (struct entry){split[i].text[j].at, i};
    qsort(all, (size_t)n, sizeof *all, by_text);
    for (long i = 1; i < n; i++) {
        if (strcmp(all[i - 1].text, all[i].text) != 0)
            continue;
        found->across += all[i - 1].split != all[i].split;
        found->within += all[i - 1].split == all[i].split;
    }
    free(all);
}

struct found synth_set_read(const char *generator, const struct names *skills,
                            long tokens, long answer_at,
                            bool (*is_right)(const struct text *t, int skill,
                                             void *context),
                            void *context)
{
    struct found found = {.is_alike = true};

    for (int k = 0; k < skills->n; k++) {
        struct texts x[SPLITS];

        for (int i = 0; i < SPLITS; i++) {
            x[i] = synth_set_texts(generator, skills->at[k], i);
            found.samples += x[i].n;
            found.is_alike = found.is_alike && x[i].tokens == tokens &&
                             x[i].answer_at == answer_at;
            for (long j = 0; j < x[i].n; j++)
                found.wrong += !is_right(&x[i].text[j], k, context);
        }
        count_twice(x, &found);
        for (int i = 0; i < SPLITS; i++)
            synth_set_free(&x[i]);
    }
    return found;
}
