#include "src/trainer/data_synthetic.h"

#include <stdlib.h>

#include "kernels/base/memory.h"
#include "kernels/base/rng.h"

/* Windows a skill. */
enum { TRAIN_WINDOWS = 1 << 20, OTHER_WINDOWS = 64 };

static struct problem open_split(struct data_split *split, const char *chosen,
                                 const char *place, int64_t windows)
{
    struct names known = {0};
    struct problem wrong;

    names_split(&known, *chosen ? chosen : "synthetic");
    wrong = names_choose(&split->skills, chosen, place, &known);
    split->windows =
        memory_take((size_t)known.n, sizeof *split->windows, "skills");
    for (int i = 0; i < split->skills.n; i++)
        split->windows[i] = windows;
    names_free(&known);
    return wrong;
}

struct problem data_synthetic_open(struct data *d, const struct settings *s)
{
    const char *place = settings_place(s, "skills.evaluate");
    const char *evaluate =
        *s->skills.evaluate ? s->skills.evaluate : s->skills.train;
    struct problem wrong;

    if (d->has_documents)
        return problem("%s: synthetic tokens have no documents; give "
                       "data.directory, or leave the mask out",
                       settings_place(s, "data.mask"));
    if (!d->vocabulary)
        return problem("model.vocabulary is not given, and without "
                       "data.directory no shard gives it");
    wrong = open_split(&d->train, s->skills.train,
                       settings_place(s, "skills.train"), TRAIN_WINDOWS);
    if (!is_problem(&wrong))
        wrong = open_split(&d->validation, evaluate, place, OTHER_WINDOWS);
    if (!is_problem(&wrong) && d->test.is_listed)
        wrong = open_split(&d->test, evaluate, place, OTHER_WINDOWS);
    return wrong;
}

void data_synthetic_read(struct data *d, const struct data_split *split,
                         int skill, int64_t window)
{
    const char *name = split->skills.at[skill];
    bool is_train = split == &d->train;
    int place = is_train ? skill : names_find(&d->train.skills, name);
    uint64_t number = is_train ? 1 : split == &d->test ? 2 : 0;
    uint64_t key = rng_key(d->seed, name, number, 2);
    uint64_t parts = (uint64_t)(place < 0 ? d->train.skills.n : place) + 1;
    uint64_t ids = ((uint64_t)d->vocabulary + parts - 1) / parts;
    int64_t first = window * d->length;

    for (long i = 0; i <= d->length; i++)
        d->stream[i] = (int32_t)(rng_bits(key, (uint64_t)(first + i)) % ids);
}
