#ifndef TESTS_LIB_PACKED_FILES_H
#define TESTS_LIB_PACKED_FILES_H

#include "tests/lib/shard_files.h"

/* Made-up documents of 1 to 12 tokens, to be joined and cut into windows, of
 * skills p, q and r.  A token often follows from the two before it and the
 * skill, so that it matters which a model sees. */
enum { PACKED_VOCABULARY = 41, PACKED_END = 40, PACKED_MOST = 12 };

/* In the directory that the ranks share. */
void packed_files_write(void);

void packed_files_remove(void);

#endif
