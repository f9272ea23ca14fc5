#ifndef TESTS_LIB_WORDS_H
#define TESTS_LIB_WORDS_H

#include <stdbool.h>

/* Readers of a text: they move *at behind what they find. */
bool words_take(const char **at, const char *word);

/* One of the n letters from `first` on, as a number from 0. */
bool words_take_one(const char **at, char first, int n, int *value);

#endif
