#include "tests/lib/words.h"

#include <string.h>

bool words_take(const char **at, const char *word)
{
    if (strncmp(*at, word, strlen(word)) != 0)
        return false;
    *at += strlen(word);
    return true;
}

bool words_take_one(const char **at, char first, int n, int *value)
{
    *value = **at - first;
    if (*value < 0 || *value >= n)
        return false;
    ++*at;
    return true;
}
