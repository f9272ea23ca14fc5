#include "src/trainer/data.h"

#include <stdlib.h>
#include <string.h>

#include "io/shards/corpus.h"
#include "io/shards/corpus_files.h"
#include "kernels/base/check.h"
#include "kernels/base/rng.h"

enum {
    /* Blocks of tokens that a rank checks at the start; the others are checked
     * when they are first read. */
    CHECKED_BLOCKS = 64,
    SYNTHETIC_TRAIN = 1 << 20, /* windows a skill */
    SYNTHETIC_EVALUATION = 64,
};

/* The skills of the directory that have the split.  Collective over g. */
static struct names list_skills(const struct corpus_files *files,
                                const char *split, struct group *g)
{
    struct problem wrong = NO_PROBLEM;
    struct names names = {0};
    char **list = NULL;
    long n = 0;

    if (group_rank(g) == 0) {
        corpus_files_skills(files, split, &list, &n);
        if (n == 0)
            wrong =
                problem("data.directory: %s holds no skill shard of the %s "
                        "split (SKILL.%s.h5); make some with skillet "
                        "tokenize",
                        files->directory, split, split);
        for (long i = 0; i < n; i++)
            names_add(&names, list[i]);
        corpus_files_skills_free(list, n);
    }
    refuse_if(g, wrong);
    group_broadcast(g, &names.n, sizeof names.n);
    if (group_rank(g) > 0)
        names.at = malloc((size_t)names.n * sizeof *names.at);
    CHECK(names.at, "no memory for the names of %d skills", names.n);
    group_broadcast(g, names.at, (size_t)names.n * sizeof *names.at);
    return names;
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
            "%s: %ld is fewer than the %ld ids of %s; give at least "
            "as many, or leave it out",
            settings_place(s, "model.vocabulary"), s->model.vocabulary,
            head->vocabulary_size, head->path.text);
    return NO_PROBLEM;
}

/* The blocks of all parts are dealt over the ranks, as far as CHECKED_BLOCKS
 * goes. */
static struct problem check_blocks(struct data_split *split, struct group *g)
{
    struct problem wrong = NO_PROBLEM;
    long number = 0, left = CHECKED_BLOCKS;

    for (int i = 0; i < split->skills.n; i++)
        for (long part = 0; part < split->corpora[i].parts; part++) {
            struct shard_file *f = &split->corpora[i].part[part].file;

            for (long b = 0; b < shard_blocks(&f->head); b++, number++)
                if (number % group_size(g) == group_rank(g) && left-- > 0 &&
                    !is_problem(&wrong))
                    wrong = shard_verify(f, b, 1);
        }
    return wrong;
}

static void choose_skills(struct data_split *split, const char *chosen,
                          const char *place, const struct corpus_files *files,
                          struct group *g)
{
    struct names known = list_skills(files, split->name, g);

    refuse_if(g, names_choose(&split->skills, chosen, place, &known));
    names_free(&known);
}

static void open_skill(const struct data *d, struct data_split *split, int i,
                       const struct corpus_files *files,
                       const struct settings *s, struct group *g)
{
    struct corpus *c = &split->corpora[i];

    refuse_if(g, corpus_open(c, g, files, split->skills.at[i], split->name));
    refuse_if(g, check_alike(d->train.corpora, c));
    refuse_if(g, check_vocabulary(s, c));
    if (c->layout == SHARD_SAMPLES) {
        refuse_if(g, corpus_check_samples(c, g, d->length + 1));
        split->windows[i] = c->documents;
        return;
    }
    split->windows[i] = (c->stream_length - 1) / d->length;
    if (split->windows[i] < 1)
        refuse(g,
               "skill %s has %ld tokens in its %s split, fewer than one "
               "window of train.sequence_length=%ld and its target",
               split->skills.at[i], c->stream_length, split->name, d->length);
}

static void open_split(const struct data *d, struct data_split *split,
                       const struct corpus_files *files,
                       const struct settings *s, struct group *g)
{
    split->corpora = calloc((size_t)split->skills.n, sizeof *split->corpora);
    split->windows = calloc((size_t)split->skills.n, sizeof *split->windows);
    CHECK(split->corpora && split->windows, "no memory for %d skills",
          split->skills.n);
    for (int i = 0; i < split->skills.n; i++)
        open_skill(d, split, i, files, s, g);
    refuse_if(g, check_blocks(split, g));
}

static void open_synthetic(struct data_split *split, const char *chosen,
                           const char *place, int64_t windows, struct group *g)
{
    struct names known = {0};

    names_split(&known, *chosen ? chosen : "synthetic");
    refuse_if(g, names_choose(&split->skills, chosen, place, &known));
    split->windows = calloc((size_t)known.n, sizeof *split->windows);
    CHECK(split->windows, "no memory for %d skills", known.n);
    for (int i = 0; i < split->skills.n; i++)
        split->windows[i] = windows;
    names_free(&known);
}

/* Every evaluation skill is tested. */
static void copy_names(struct names *to, const struct names *from)
{
    for (int i = 0; i < from->n; i++)
        names_add(to, from->at[i]);
}

static void open_shards(struct data *d, const struct settings *s,
                        struct group *g)
{
    struct corpus_files files = {0};

    refuse_if(g, group_rank(g) == 0
                     ? corpus_files_list(&files, s->data.directory)
                     : NO_PROBLEM);
    choose_skills(&d->train, s->skills.train,
                  settings_place(s, "skills.train"), &files, g);
    open_split(d, &d->train, &files, s, g);
    choose_skills(&d->validation, s->skills.evaluate,
                  settings_place(s, "skills.evaluate"), &files, g);
    open_split(d, &d->validation, &files, s, g);
    if (d->test.is_listed) {
        copy_names(&d->test.skills, &d->validation.skills);
        open_split(d, &d->test, &files, s, g);
    }
    corpus_files_free(&files);
    if (!d->vocabulary)
        d->vocabulary = d->train.corpora[0].vocabulary_size;
}

static void make_synthetic(struct data *d, const struct settings *s,
                           struct group *g)
{
    const char *place = settings_place(s, "skills.evaluate");
    const char *evaluate =
        *s->skills.evaluate ? s->skills.evaluate : s->skills.train;

    if (d->has_documents)
        refuse(g,
               "%s: synthetic tokens have no documents; give data.directory, "
               "or leave the mask out",
               settings_place(s, "data.mask"));
    if (!d->vocabulary)
        refuse(g, "model.vocabulary is not given, and without data.directory "
                  "no shard tells it");
    open_synthetic(&d->train, s->skills.train,
                   settings_place(s, "skills.train"), SYNTHETIC_TRAIN, g);
    open_synthetic(&d->validation, evaluate, place, SYNTHETIC_EVALUATION, g);
    if (d->test.is_listed)
        open_synthetic(&d->test, evaluate, place, SYNTHETIC_EVALUATION, g);
}

static struct problem choose_splits(struct data *d, const struct settings *s)
{
    struct data_split *const splits[] = {&d->train, &d->validation, &d->test};
    struct problem wrong = NO_PROBLEM;
    struct names words = {0};

    names_split(&words, s->evaluate.split);
    for (int i = 0; i < words.n; i++) {
        int split = 0;

        while (split < 3 && strcmp(words.at[i], splits[split]->name))
            split++;
        if (split < 3)
            splits[split]->is_listed = true;
        else
            wrong = problem("%s: there is no split \"%s\"; there are train, "
                            "validation and test",
                            settings_place(s, "evaluate.split"), words.at[i]);
    }
    names_free(&words);
    return wrong;
}

static struct problem check_answers(const struct data *d,
                                    const struct settings *s)
{
    for (int i = 0; i < d->train.skills.n; i++)
        if (s->train.loss == LOSS_ANSWER && !data_has_answers(&d->train, i))
            return problem("%s: skill %s has no answers in its train split; "
                           "train on all tokens, or leave the skill out",
                           settings_place(s, "train.loss"),
                           d->train.skills.at[i]);
    return NO_PROBLEM;
}

void data_open(struct data *d, const struct settings *s, struct group *g)
{
    *d = (struct data){.train.name = "train",
                       .validation.name = "validation",
                       .test.name = "test",
                       .length = s->train.sequence_length,
                       .vocabulary = s->model.vocabulary,
                       .has_documents = s->data.mask == MASK_DOCUMENT,
                       .seed = (uint64_t)s->train.seed};
    d->stream = malloc(((size_t)d->length + 1) * sizeof *d->stream);
    CHECK(d->stream, "no memory for %ld tokens", d->length + 1);
    refuse_if(g, choose_splits(d, s));
    if (*s->data.directory)
        open_shards(d, s, g);
    else
        make_synthetic(d, s, g);
    refuse_if(g, check_answers(d, s));
}

static void close_split(struct data_split *split)
{
    for (int i = 0; split->corpora && i < split->skills.n; i++)
        corpus_close(&split->corpora[i]);
    names_free(&split->skills);
    free(split->corpora);
    free(split->windows);
}

void data_close(struct data *d)
{
    close_split(&d->train);
    close_split(&d->validation);
    close_split(&d->test);
    free(d->stream);
}

bool data_has_answers(const struct data_split *split, int skill)
{
    return split->corpora && split->corpora[skill].has_answers;
}

static void make_random(const struct data *d, const struct data_split *split,
                        int skill, int64_t first, long n, int32_t *out)
{
    const char *name = split->skills.at[skill];
    bool is_train = split == &d->train;
    int place = is_train ? skill : names_find(&d->train.skills, name);
    uint64_t number = is_train ? 1 : split == &d->test ? 2 : 0;
    uint64_t key = rng_key(d->seed, name, number, 2);
    uint64_t parts = (uint64_t)(place < 0 ? d->train.skills.n : place) + 1;
    uint64_t ids = ((uint64_t)d->vocabulary + parts - 1) / parts;

    for (long i = 0; i < n; i++)
        out[i] = (int32_t)(rng_bits(key, (uint64_t)(first + i)) % ids);
}

/* The sample's last token is a target alone. */
static struct problem read_sample(const struct data *d, struct corpus *c,
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

struct data_row data_read(const struct data *d, const struct data_split *split,
                          int skill, int64_t window, struct data_window to)
{
    struct corpus *c = split->corpora ? &split->corpora[skill] : NULL;
    struct data_row row = {.tokens = d->length};
    int64_t first = window * d->length;
    struct problem wrong = NO_PROBLEM;

    if (!c)
        make_random(d, split, skill, first, d->length + 1, d->stream);
    else if (c->layout == SHARD_SAMPLES)
        wrong = read_sample(d, c, window, &row);
    else
        wrong = corpus_read(c, first, d->length + 1, d->stream);
    if (d->has_documents && !is_problem(&wrong))
        wrong = find_starts(d, c, first, to.start);
    CHECK(!is_problem(&wrong), "%s", wrong.text);
    for (long t = 0; t < d->length; t++) {
        bool is_padding = t >= row.tokens;

        to.token[t] = is_padding ? 0 : d->stream[t];
        to.target[t] = is_padding ? -1 : d->stream[t + 1];
    }
    return row;
}
