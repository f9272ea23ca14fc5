#include "src/trainer/data.h"

#include <stdlib.h>
#include <string.h>

#include "io/shards/corpus.h"
#include "kernels/base/check.h"
#include "kernels/base/memory.h"
#include "src/trainer/data_shards.h"
#include "src/trainer/data_synthetic.h"

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

struct problem data_open(struct data *d, const struct settings *s,
                         struct group *g)
{
    struct problem wrong;

    *d = (struct data){.train.name = "train",
                       .validation.name = "validation",
                       .test.name = "test",
                       .length = s->train.sequence_length,
                       .vocabulary = s->model.vocabulary,
                       .has_documents = s->data.mask == MASK_DOCUMENT,
                       .seed = (uint64_t)s->train.seed};
    d->stream = memory_take((size_t)d->length + 1, sizeof *d->stream,
                            "tokens of a window");
    wrong = choose_splits(d, s);
    if (!is_problem(&wrong))
        wrong = *s->data.directory ? data_shards_open(d, s, g)
                                   : data_synthetic_open(d, s);
    if (!is_problem(&wrong))
        wrong = check_answers(d, s);
    if (is_problem(&wrong))
        data_close(d);
    return wrong;
}

static void close_split(struct data_split *split)
{
    data_shards_close(split);
    names_free(&split->skills);
    free(split->windows);
}

void data_close(struct data *d)
{
    close_split(&d->train);
    close_split(&d->validation);
    close_split(&d->test);
    free(d->stream);
    *d = (struct data){0};
}

bool data_has_answers(const struct data_split *split, int skill)
{
    return split->corpora && split->corpora[skill].has_answers;
}

struct data_row data_read(struct data *d, const struct data_split *split,
                          int skill, int64_t window, struct data_window to)
{
    struct data_row row = {.tokens = d->length};
    struct problem wrong = NO_PROBLEM;

    if (split->corpora)
        wrong = data_shards_read(d, &split->corpora[skill], window, &row,
                                 to.start);
    else
        data_synthetic_read(d, split, skill, window);
    CHECK(!is_problem(&wrong), "%s", wrong.text);
    for (long t = 0; t < d->length; t++) {
        bool is_padding = t >= row.tokens;

        to.token[t] = is_padding ? 0 : d->stream[t];
        to.target[t] = is_padding ? -1 : d->stream[t + 1];
    }
    return row;
}
