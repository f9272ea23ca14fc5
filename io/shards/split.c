#include "io/shards/split.h"

#include <string.h>

const char *const split_names[SPLITS] = {"train", "validation", "test"};

enum split split_find(const char *name)
{
    for (enum split i = 0; i < SPLITS; i++)
        if (strcmp(split_names[i], name) == 0)
            return i;
    return SPLIT_NONE;
}
