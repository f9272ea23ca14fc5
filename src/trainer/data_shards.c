#include "src/trainer/data_shards.h"

#include <stdlib.h>
#include <string.h>

#include "io/shards/corpus.h"
#include "io/shards/corpus_files.h"
#include "kernels/base/memory.h"

/* Blocks of tokens that a rank checks at the start; the others are checked
 * when they are first read. */
enum { CHECKED_BLOCKS = 64 };

/* What opening a split needs, besides the split. */
struct opening {
    struct data *data;
    const struct settings *settings;
    struct corpus_files files; /* on rank 0 */
    struct group *g;
};

/* For rank 0: the skills of the directory that have the split. */
static struct problem find_skills(const struct opening *o, const char *split,
                                  struct names *names)
{
    const char *directory = o->files.directory;
    char **list = NULL;
    long n = 0;

    corpus_files_skills(&o->files, split, &list, &n);
    if (n == 0)
        return problem("data.directory: %s contains no skill shard of the "
                       "%s split (SKILL.%s.h5); create some with skillet "
                       "tokenize",
                       directory, split, split);
    for (long i = 0; i < n; i++)
        names_add(names, list[i]);
    corpus_files_skills_free(list, n);
    return NO_PROBLEM;
}

/* The same on every rank. */
static struct problem list_skills(const struct opening *o, const char *split,
                                  struct names *names)
{
    struct problem wrong = NO_PROBLEM;

    if (group_rank(o->g) == 0)
        wrong = find_skills(o, split, names);
    wrong = group_agree(o->g, wrong);
    if (is_problem(&wrong))
        return wrong;
    group_broadcast(o->g, &names->n, sizeof names->n);
    if (group_rank(o->g) > 0)
        names->at = memory_take((size_t)names->n, sizeof *names->at, "skills");
    group_broadcast(o->g, names->at, (size_t)names->n * sizeof *names->at);
    return NO_PROBLEM;
}

static struct problem check_alike(const struct corpus *a,
                                  const struct corpus *b)
{
    const struct shard *x = &a->part[0].file.head, *y = &b->part[0].file.head;

    if (a->layout != b->layout)
        return problem("%s has layout %s and %s has layout %s; choose skills "
                       "of one layout with skills.train and skills.evaluate",
                       x->path.text, shard_layout_name(a->layout),
                       y->path.text, shard_layout_name(b->layout));
    if (!shard_same_tokenizer(x, y))
        return problem("%s and %s come from different tokenizers (%s with %ld "
                       "ids, end of text %ld; %s with %ld ids, end of text "
                       "%ld); tokenize all skills with the same one",
                       x->path.text, y->path.text, x->tokenizer,
                       x->vocabulary_size, x->end_of_text, y->tokenizer,
                       y->vocabulary_size, y->end_of_text);
    return NO_PROBLEM;
}

static struct problem check_vocabulary(const struct settings *s,
                                       const struct corpus *c)
{
    const struct shard *head = &c->part[0].file.head;

    if (s->model.vocabulary && s->model.vocabulary < head->vocabulary_size)
        return problem(
            "%s: %ld is less than the %ld ids of %s; give at least as "
            "many, or leave it out",
            settings_place(s, "model.vocabulary"), s->model.vocabulary,
            head->vocabulary_size, head->path.text);
    return NO_PROBLEM;
}

/* This rank's blocks are number rank, rank + ranks, ... of those of all parts.
 * It checks as many of them as CHECKED_BLOCKS. */
static struct problem check_blocks(struct data_split *split, struct group *g)
{
    struct problem wrong = NO_PROBLEM;
    long number = 0, checked = 0;

    for (int i = 0; i < split->skills.n; i++)
        for (long part = 0; part < split->corpora[i].parts; part++) {
            struct shard_file *f = &split->corpora[i].part[part].file;

            for (long b = 0; b < shard_blocks(&f->head); b++, number++) {
                bool is_ours = number % group_size(g) == group_rank(g);

                if (!is_ours || checked == CHECKED_BLOCKS ||
                    is_problem(&wrong))
                    continue;
                wrong = shard_verify(f, b, 1);
                checked++;
            }
        }
    return group_agree(g, wrong);
}

/* Every rank knows what is wrong with a skill whose head it has. */
static struct problem fit_skill(const struct opening *o,
                                struct data_split *split, int i)
{
    struct corpus *c = &split->corpora[i];
    long length = o->data->length;
    struct problem wrong = check_alike(o->data->train.corpora, c);

    if (!is_problem(&wrong))
        wrong = check_vocabulary(o->settings, c);
    if (is_problem(&wrong))
        return wrong;
    if (c->layout == SHARD_SAMPLES) {
        split->windows[i] = c->documents;
        return corpus_check_samples(c, o->g, length + 1);
    }
    split->windows[i] = (c->stream_length - 1) / length;
    if (split->windows[i] < 1)
        return problem("skill %s has %ld tokens in its %s split, fewer than "
                       "one window of train.sequence_length=%ld and its "
                       "target",
                       split->skills.at[i], c->stream_length, split->name,
                       length);
    return NO_PROBLEM;
}

/* Of split->skills. */
static struct problem open_skills(struct opening *o, struct data_split *split)
{
    size_t skills = (size_t)split->skills.n;
    struct problem wrong = NO_PROBLEM;

    split->corpora = memory_take(skills, sizeof *split->corpora, "skills");
    split->windows = memory_take(skills, sizeof *split->windows, "skills");
    for (int i = 0; i < split->skills.n && !is_problem(&wrong); i++) {
        wrong = corpus_open(&split->corpora[i], o->g, &o->files,
                            split->skills.at[i], split->name);
        if (!is_problem(&wrong))
            wrong = fit_skill(o, split, i);
    }
    return is_problem(&wrong) ? wrong : check_blocks(split, o->g);
}

/* The skills that the setting `key` has `chosen`. */
static struct problem open_split(struct opening *o, struct data_split *split,
                                 const char *chosen, const char *key)
{
    const char *place = settings_place(o->settings, key);
    struct names known = {0};
    struct problem wrong = list_skills(o, split->name, &known);

    if (!is_problem(&wrong))
        wrong = names_choose(&split->skills, chosen, place, &known);
    names_free(&known);
    return is_problem(&wrong) ? wrong : open_skills(o, split);
}

/* Every evaluation skill is tested. */
static struct problem open_test(struct opening *o)
{
    struct data *d = o->data;

    for (int i = 0; i < d->validation.skills.n; i++)
        names_add(&d->test.skills, d->validation.skills.at[i]);
    return open_skills(o, &d->test);
}

static struct problem open_all(struct opening *o)
{
    const struct settings *s = o->settings;
    struct data *d = o->data;
    struct problem wrong = NO_PROBLEM;

    if (group_rank(o->g) == 0)
        wrong = corpus_files_list(&o->files, s->data.directory);
    wrong = group_agree(o->g, wrong);
    if (!is_problem(&wrong))
        wrong = open_split(o, &d->train, s->skills.train, "skills.train");
    if (!is_problem(&wrong))
        wrong = open_split(o, &d->validation, s->skills.evaluate,
                           "skills.evaluate");
    if (!is_problem(&wrong) && d->test.is_listed)
        wrong = open_test(o);
    return wrong;
}

struct problem data_shards_open(struct data *d, const struct settings *s,
                                struct group *g)
{
    struct opening o = {.data = d, .settings = s, .g = g};
    struct problem wrong = open_all(&o);

    corpus_files_free(&o.files);
    if (!is_problem(&wrong) && !d->vocabulary)
        d->vocabulary = d->train.corpora[0].vocabulary_size;
    return wrong;
}

void data_shards_close(struct data_split *split)
{
    for (int i = 0; split->corpora && i < split->skills.n; i++)
        corpus_close(&split->corpora[i]);
    free(split->corpora);
}

/* The sample's last token is a target alone. */
static struct problem read_sample(struct data *d, struct corpus *c,
                                  int64_t window, struct data_row *row)
{
    struct corpus_sample sample;
    struct problem wrong =
        corpus_read_sample(c, window, d->length + 1, d->stream, &sample);

    if (is_problem(&wrong))
        return wrong;
    row->tokens = sample.tokens - 1;
    if (sample.answer.length > 0) {
        row->answer = (long)sample.answer.first - 1;
        row->answer_end = row->answer + (long)sample.answer.length;
    }
    return wrong;
}

/* A sample is a document. */
static struct problem find_starts(const struct data *d, struct corpus *c,
                                  int64_t first, int32_t *start)
{
    if (c->layout == SHARD_PACKED)
        return corpus_read_starts(c, first, d->length, start);
    memset(start, 0, (size_t)d->length * sizeof *start);
    return NO_PROBLEM;
}

struct problem data_shards_read(struct data *d, struct corpus *c,
                                int64_t window, struct data_row *row,
                                int32_t *start)
{
    int64_t first = window * d->length;
    struct problem wrong;

    if (c->layout == SHARD_SAMPLES)
        wrong = read_sample(d, c, window, row);
    else
        wrong = corpus_read(c, first, d->length + 1, d->stream);
    if (d->has_documents && !is_problem(&wrong))
        wrong = find_starts(d, c, first, start);
    return wrong;
}
