#ifndef TESTS_LIB_TRAINERS_H
#define TESTS_LIB_TRAINERS_H

#include "src/trainer/trainer.h"

/* Trainers for tests, which are driven step by step. */

/* Adds a list of "section.key=value" that ends with NULL. */
void trainers_set(struct settings *s, const char *const *list);

/* Those of a list, and where there is none, equal shares of every skill in one
 * round.  trainers_close frees them. */
struct settings *trainers_settings(const char *const *list);

/* On a grid of `tensor` ranks by what is left of g, with weights from the
 * seed, in its first round. */
void trainers_open(struct trainer *t, struct settings *s, struct group *g,
                   int tensor);
void trainers_close(struct trainer *t);

#endif
