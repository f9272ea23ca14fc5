#ifndef IO_SHARDS_CORPUS_FILES_H
#define IO_SHARDS_CORPUS_FILES_H

#include <stdbool.h>

#include "kernels/base/problem.h"

/* The names of skill shards in a directory: SKILL.SPLIT.h5, or
 * SKILL.SPLIT.N.h5 with N from 00001 on where the split is cut into parts.
 * For one rank. */
struct corpus_file {
    char name[128];
    char skill[65], split[16];
    long part; /* 0: not cut */
};

bool corpus_files_parse(struct corpus_file *f, const char *name);

/* The name of a part; 0 is the whole. */
void corpus_files_name(struct corpus_file *f, const char *skill,
                       const char *split, long part);

/* All shards of a directory, sorted by skill, split and part.  After a problem
 * there is nothing to free. */
struct corpus_files {
    const char *directory; /* not owned */
    struct corpus_file *at;
    long n;
};

struct problem corpus_files_list(struct corpus_files *files,
                                 const char *directory);
void corpus_files_free(struct corpus_files *files);

/* The *n parts of a skill's split, which belong together. */
const struct corpus_file *corpus_files_find(const struct corpus_files *files,
                                            const char *skill,
                                            const char *split, long *n);

/* The skills that have shards of the split, sorted by name. */
void corpus_files_skills(const struct corpus_files *files, const char *split,
                         char ***skills, long *n);
void corpus_files_skills_free(char **skills, long n);

#endif
