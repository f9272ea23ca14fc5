#ifndef SRC_SKILLS_NAMES_H
#define SRC_SKILLS_NAMES_H

#include "kernels/problem.h"

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

/* Place of a name, or -1. */
int names_find(const struct names *names, const char *name);

/* The comma list `text` given at `place`: every name must be one of `known`
 * and stand once; an empty list means all that are known. */
struct problem names_choose(struct names *names, const char *text,
                            const char *place, const struct names *known);

#endif
