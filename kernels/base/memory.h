#ifndef KERNELS_BASE_MEMORY_H
#define KERNELS_BASE_MEMORY_H

#include <stddef.h>

/* Memory that is there: where there is no room the whole job ends, as CHECK
 * does, with a sentence that says what it was for.  `what` is a plural ("token
 * ids").  The caller frees; of no items there is memory too, never NULL. */

/* n items of `bytes` each, all zero.  A page that nobody touches costs
 * nothing. */
void *memory_take(size_t n, size_t bytes, const char *what);

/* As realloc: what is new is not zero.  `at` may be NULL, for much memory that
 * is written at once. */
void *memory_grow(void *at, size_t n, size_t bytes, const char *what);

/* A copy. */
char *memory_text(const char *text);

#endif
