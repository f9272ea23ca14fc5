#ifndef TESTS_LIB_SYNTH_SET_H
#define TESTS_LIB_SYNTH_SET_H

#include <stdbool.h>

#include "src/skills/names.h"
#include "tests/lib/place.h"

/* A skill set made by `synth` and read again, on all ranks. */

struct text {
    char *at;
    const char *answer, *after; /* where the answer begins, and ends */
};

/* The samples of a skill's split. */
struct texts {
    struct text *text;
    long n;
    long tokens, answer_at; /* of a sample; -1: not all alike */
};

/* With settings section.key=value, and NULL behind the last. */
void synth_set_make(char *generator, ...);

struct texts synth_set_texts(const char *generator, const char *skill,
                             int split);

void synth_set_free(struct texts *x);

void synth_set_remove(void);

/* What all samples of a set are, together. */
struct found {
    long samples;
    long wrong;          /* in what they say */
    long across, within; /* stand twice in a skill: in two splits, in one */
    bool is_alike;       /* as many tokens, and the answer at one place */
};

/* `is_right` looks at what a sample of the skill in this place says. */
struct found synth_set_read(const char *generator, const struct names *skills,
                            long tokens, long answer_at,
                            bool (*is_right)(const struct text *t, int skill,
                                             void *context),
                            void *context);

#endif
