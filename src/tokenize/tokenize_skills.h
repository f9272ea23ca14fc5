#ifndef SRC_TOKENIZE_TOKENIZE_SKILLS_H
#define SRC_TOKENIZE_TOKENIZE_SKILLS_H

#include <stddef.h>

#include "kernels/base/problem.h"
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
    long *slot; /* [slots] by the title's hash: a place in `at`, or -1 */
    long slots;
};

/* More are no skills but a wrong field: each is a file in the output. */
enum { TOKENIZE_SKILLS_MOST = 1 << 16 };

/* A problem if there are more. */
struct problem tokenize_skills_check(const struct tokenize_skills *s);

/* The number of a title; a new one is added.  The title must fit. */
long tokenize_skills_number(struct tokenize_skills *s, const char *title,
                            size_t n);

/* Gives every rank the same table, with names.  map[old number] = new number
 * is malloc'd, and NULL with a problem: a title that makes no name, two that
 * make the same, or too many.  Collective over g. */
struct problem tokenize_skills_agree(struct tokenize_skills *s,
                                     struct group *g, long **map);

void tokenize_skills_free(struct tokenize_skills *s);

#endif
