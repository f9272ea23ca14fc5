#ifndef TESTS_LIB_PLACE_H
#define TESTS_LIB_PLACE_H

#include "kernels/base/problem.h"

/* A directory for the files of a test, which the ranks share. */
extern char directory[512];

/* Makes it; removes it, which the test has emptied.  Collective over the
 * world. */
void place_begin(void);
void place_end(void);

/* Of this process in the world. */
int rank(void);

/* Ends a test that cannot go on, where there is a problem. */
void settled(struct problem wrong);

#endif
