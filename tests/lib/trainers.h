#ifndef TESTS_LIB_TRAINERS_H
#define TESTS_LIB_TRAINERS_H

#include <stdlib.h>

#include "kernels/base/check.h"
#include "kernels/base/memory.h"
#include "src/trainer/trainer.h"

/* Trainers for tests, which are driven step by step. */

/* Adds a list of "section.key=value" that ends with NULL. */
static inline void trainers_set(struct settings *s, const char *const *list)
{
    for (; *list; list++) {
        struct problem wrong = settings_read_argument(s, *list);

        CHECK(!is_problem(&wrong), "%s", wrong.text);
    }
}

/* Those of a list, and where there is none, equal shares of every skill in one
 * round.  trainers_close frees them. */
static inline struct settings *trainers_settings(const char *const *list)
{
    static const char *const equal[] = {"mixture.policy=stratified",
                                        "mixture.rounds=1", NULL};
    struct settings *s = memory_take(1, sizeof *s, "settings");

    settings_init(s);
    trainers_set(s, equal);
    trainers_set(s, list);
    return s;
}

/* On a grid of `tensor` ranks by what is left of g, with weights from the
 * seed, in its first round. */
static inline void trainers_open(struct trainer *t, struct settings *s,
                                 struct group *g, int tensor)
{
    struct problem wrong;

    s->parallel.tensor = tensor;
    wrong = trainer_open(t, s, g);
    CHECK(!is_problem(&wrong), "%s", wrong.text);
    trainer_build(t);
    model_randomise(&t->model, s->train.seed);
    trainer_begin(t);
    trainer_round(t);
}

static inline void trainers_close(struct trainer *t)
{
    struct settings *s = (struct settings *)t->settings;

    trainer_close(t);
    settings_free(s);
    free(s);
}

#endif
