#ifndef SRC_SKILLS_NAMES_H
#define SRC_SKILLS_NAMES_H

#include "kernels/base/problem.h"

/* An ordered list of skills by name.  Names own their texts; plain texts of
 * fixed length, so that a list can be broadcast as bytes. */
enum { SKILL_NAME_BYTES = 65 };

struct names {
    int n;
    char (*at)[SKILL_NAME_BYTES];
};

void names_add(struct names *names, const char *name);
void names_free(struct names *names);

/* Adds each word of a comma list, without the blanks around it. */
void names_split(struct names *names, const char *list);

/* Place of a name, or -1; for many of them there is the index. */
int names_find(const struct names *names, const char *name);

/* The comma list `text` given at `place`: every name must be one of `known`
 * and appear once; an empty list means all that are known. */
struct problem names_choose(struct names *names, const char *text,
                            const char *place, const struct names *known);

/* The names in sorted order, to find one among many; the list must not change
 * meanwhile. */
struct names_index {
    const struct names *names;
    const char **sorted;
};

void names_index_init(struct names_index *x, const struct names *names);
void names_index_free(struct names_index *x);
int names_index_find(const struct names_index *x, const char *name);

/* The place of a name that was there before, or -1. */
int names_index_repeated(const struct names_index *x);

#endif
