#ifndef SRC_COMMANDS_TOKENIZE_SKILLS_H
#define SRC_COMMANDS_TOKENIZE_SKILLS_H

#include <stddef.h>

#include "kernels/problem.h"
#include "mpi/group.h"

/* The skills that `tokenize` meets.  A rank numbers titles as it finds them;
 * tokenize_skills_agree makes one table of all ranks, sorted by title. */
struct tokenize_skill {
    char title[256]; /* as the input says it */
    char name[65];   /* as files and settings say it */
};

struct tokenize_skills {
    struct tokenize_skill *at;
    long n, room;
    long *sorted; /* [n] places in `at`, by title */
};

/* The number of a title; a new one is added.  The title must fit. */
long tokenize_skills_number(struct tokenize_skills *s, const char *title,
                            size_t n);

/* Gives every rank the same table, with names.  map[old number] = new number is
 * malloc'd.  The problem (on rank 0) is a title that makes no name, or two that
 * make the same.  Collective over g. */
struct problem tokenize_skills_agree(struct tokenize_skills *s, struct group *g,
                                     long **map);
void tokenize_skills_free(struct tokenize_skills *s);

#endif
