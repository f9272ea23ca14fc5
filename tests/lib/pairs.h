#ifndef TESTS_LIB_PAIRS_H
#define TESTS_LIB_PAIRS_H

#include <stdbool.h>

/* Rows of values for some factors, such that any two values of any two factors
 * stand together in a row: mistakes live in combinations of two.  The same
 * rows at every call. */
enum { PAIRS_FACTORS = 16, PAIRS_LEVELS = 8, PAIRS_ROWS = 80 };

struct pairs {
    int factors, levels[PAIRS_FACTORS]; /* how many values each has */
    int rows, row[PAIRS_ROWS][PAIRS_FACTORS];
};

/* Whether a row has value v of factor f and value w of factor g. */
bool pairs_has(const struct pairs *p, int f, int v, int g, int w);

/* `factors` and `levels` are given. */
void pairs_make(struct pairs *p);

#endif
