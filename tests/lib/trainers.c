#include "tests/lib/trainers.h"

#include <stdlib.h>

#include "kernels/base/memory.h"
#include "tests/lib/place.h"

void trainers_set(struct settings *s, const char *const *list)
{
    for (; *list; list++)
        settled(settings_read_argument(s, *list));
}

struct settings *trainers_settings(const char *const *list)
{
    static const char *const equal[] = {"mixture.policy=stratified",
                                        "mixture.rounds=1", NULL};
    struct settings *s = memory_take(1, sizeof *s, "settings");

    settings_init(s);
    trainers_set(s, equal);
    trainers_set(s, list);
    return s;
}

void trainers_open(struct trainer *t, struct settings *s, struct group *g,
                   int tensor)
{
    s->parallel.tensor = tensor;
    settled(trainer_open(t, s, g));
    trainer_build(t);
    model_randomise(&t->model, s->train.seed);
    trainer_begin(t);
    trainer_round(t);
}

void trainers_close(struct trainer *t)
{
    struct settings *s = (struct settings *)t->settings;

    trainer_close(t);
    settings_free(s);
    free(s);
}
