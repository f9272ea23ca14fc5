#ifndef IO_INI_H
#define IO_INI_H

#include <stddef.h>

#include "kernels/base/problem.h"

/* A file of settings:
 *
 *   # or ; begins a comment, at the start of a line only
 *   [section]
 *   key = value          blanks around key and value do not count
 *
 * Lines have any length and end in LF or CRLF.  A value may be empty and may
 * hold '=', '#' and ';'.  A section may appear again, a key of it may not. */
struct ini_entry {
    const char *section;
    const char *key, *value; /* NULL for the line of the section itself */
    long line;               /* from 1 */
};

/* Entries in the order of the file; their texts lie in `text`. */
struct ini {
    struct ini_entry *entries;
    long n;
    char *text;
};

/* `name` is what messages call the file; a problem leaves nothing to free. */
struct problem ini_read(struct ini *ini, const char *name, const char *bytes,
                        size_t n);
void ini_free(struct ini *ini);

#endif
