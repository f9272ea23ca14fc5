#ifndef TESTS_LIB_SAMPLE_FILES_H
#define TESTS_LIB_SAMPLE_FILES_H

#include "tests/lib/shard_files.h"

/* Made-up samples: ids of a vocabulary of 11, of which the last is
 * begin-of-text; the answer, one or two tokens, follows from the first token
 * and the skill; up to two tokens stand behind it. */
enum { SAMPLE_VOCABULARY = 11, SAMPLE_MOST = 10 }; /* tokens */

struct made {
    int32_t token[SAMPLE_MOST]; /* begin-of-text first */
    long n;
    long answer, answer_end; /* places of the answer's tokens */
};

/* Sample i; `number` keeps the skills and splits apart. */
struct made sample_make(int number, long i);

/* A directory of them, which the ranks share. */
void sample_files_begin(void);

void sample_files_end(void);

#endif
