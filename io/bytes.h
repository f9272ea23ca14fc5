#ifndef IO_BYTES_H
#define IO_BYTES_H

#include <stddef.h>

/* Bytes that grow.  After the n bytes are BYTES_BEHIND more that may be
 * read, the first of them a zero. */
struct bytes {
    char *at;
    size_t n, room;
};

enum { BYTES_BEHIND = 32 };

/* Room for `more` bytes after those that are there; n stays. */
void bytes_make_room(struct bytes *b, size_t more);
void bytes_add(struct bytes *b, const void *from, size_t n);
void bytes_free(struct bytes *b);

#endif
