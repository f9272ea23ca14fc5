#include "src/train/data.h"

#include <stdlib.h>
#include <string.h>

#include "io/corpus.h"
#include "io/corpus_files.h"
#include "kernels/check.h"
#include "kernels/rng.h"

enum {
    /* Blocks of tokens that a rank checks at the start; the others are checked
     * when they are first read. */
    CHECKED_BLOCKS = 64,
    SYNTHETIC_TRAIN = 1 << 20, /* windows a skill */
    SYNTHETIC_VALIDATION = 64,
};

/* The skills of the directory that have the split.  Collective over g. */
static struct names list_skills(const char *directory, const char *split,
                                struct group *g)
{
    struct problem wrong = NO_PROBLEM;
    struct names names = {0};
    char **list = NULL;
    long n = 0;

    if (group_rank(g) == 0) {
        wrong = corpus_files_skills(directory, split, &list, &n);
        if (!is_problem(&wrong) && n == 0)
            wrong = problem("data.directory: %s holds no skill shard of the %s "
                            "split (SKILL.%s.h5); make some with skillet "
                            "tokenize",
                            directory, split, split);
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

    if (strcmp(x->tokenizer, y->tokenizer) ||
        strcmp(x->tokenizer_sha256, y->tokenizer_sha256) ||
        x->vocabulary_size != y->vocabulary_size ||
        x->end_of_text != y->end_of_text ||
        x->begin_of_text != y->begin_of_text)
        return problem("%s and %s come from different tokenizers (%s with %ld "
                       "ids, end of text %ld; %s with %ld ids, end of text "
                       "%ld); tokenize all skills with the same one",
                       x->path, y->path, x->tokenizer, x->vocabulary_size,
                       x->end_of_text, y->tokenizer, y->vocabulary_size,
                       y->end_of_text);
    return NO_PROBLEM;
}

static struct problem check_vocabulary(const struct settings *s,
                                       const struct corpus *c)
{
    const struct shard *head = &c->part[0].file.head;

    if (s->model.vocabulary && s->model.vocabulary < head->vocabulary_size)
        return problem("%s: %ld is fewer than the %ld ids of %s; give at least "
                       "as many, or leave it out",
                       settings_place(s, "model.vocabulary"),
                       s->model.vocabulary, head->vocabulary_size, head->path);
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

static void open_split(struct data *d, struct data_split *split,
                       const char *name, const char *chosen, const char *place,
                       const struct settings *s, struct group *g)
{
    const char *directory = s->data.directory;
    struct names known = list_skills(directory, name, g);

    refuse_if(g, names_choose(&split->skills, chosen, place, &known));
    names_free(&known);
    split->corpora = calloc((size_t)split->skills.n, sizeof *split->corpora);
    split->windows = calloc((size_t)split->skills.n, sizeof *split->windows);
    CHECK(split->corpora && split->windows, "no memory for %d skills",
          split->skills.n);
    for (int i = 0; i < split->skills.n; i++) {
        struct corpus *c = &split->corpora[i];

        corpus_open(c, g, directory, split->skills.at[i], name);
        refuse_if(g, check_alike(d->train.corpora, c));
        refuse_if(g, check_vocabulary(s, c));
        split->windows[i] = (c->stream_length - 1) / d->length;
        if (split->windows[i] < 1)
            refuse(g,
                   "skill %s has %ld tokens in its %s split, fewer than one "
                   "window of train.sequence_length=%ld and its target",
                   split->skills.at[i], c->stream_length, name, d->length);
    }
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

void data_open(struct data *d, const struct settings *s, struct group *g)
{
    const char *train = settings_place(s, "skills.train");
    const char *evaluate = settings_place(s, "skills.evaluate");

    *d = (struct data){.length = s->train.sequence_length,
                       .vocabulary = s->model.vocabulary,
                       .seed = (uint64_t)s->train.seed};
    if (*s->data.directory) {
        open_split(d, &d->train, "train", s->skills.train, train, s, g);
        open_split(d, &d->validation, "validation", s->skills.evaluate,
                   evaluate, s, g);
        if (!d->vocabulary)
            d->vocabulary = d->train.corpora[0].vocabulary_size;
        return;
    }
    if (!d->vocabulary)
        refuse(g, "model.vocabulary is not given, and without data.directory "
                  "no shard tells it");
    open_synthetic(&d->train, s->skills.train, train, SYNTHETIC_TRAIN, g);
    open_synthetic(&d->validation,
                   *s->skills.evaluate ? s->skills.evaluate : s->skills.train,
                   evaluate, SYNTHETIC_VALIDATION, g);
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
}

static void make_random(const struct data *d, const struct data_split *split,
                        int skill, int64_t first, long n, int32_t *out)
{
    const char *name = split->skills.at[skill];
    int place = names_find(&d->train.skills, name);
    uint64_t key = rng_key(d->seed, name, split == &d->train, 2);
    uint64_t parts = (uint64_t)(place < 0 ? d->train.skills.n : place) + 1;
    uint64_t ids = ((uint64_t)d->vocabulary + parts - 1) / parts;

    for (long i = 0; i < n; i++)
        out[i] = (int32_t)(rng_bits(key, (uint64_t)(first + i)) % ids);
}

void data_read(const struct data *d, const struct data_split *split, int skill,
               int64_t window, int32_t *tokens)
{
    int64_t first = window * d->length;
    struct problem wrong = NO_PROBLEM;

    if (split->corpora)
        wrong =
            corpus_read(&split->corpora[skill], first, d->length + 1, tokens);
    else
        make_random(d, split, skill, first, d->length + 1, tokens);
    CHECK(!is_problem(&wrong), "%s", wrong.text);
}
