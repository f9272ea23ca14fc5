#ifndef IO_TEXT_NORMAL_H
#define IO_TEXT_NORMAL_H

#include <stddef.h>

#include "io/bytes.h"

/* What a tokenizer does to a text before it is cut: steps, one after
 * another. */
enum normal_kind { NORMAL_NFC, NORMAL_PREPEND, NORMAL_REPLACE };

struct normal_step {
    enum normal_kind kind;
    struct bytes from, to; /* REPLACE; PREPEND has `to` alone */
};

enum { NORMAL_MOST = 8 };

struct normal {
    struct normal_step step[NORMAL_MOST];
    int steps;
    struct bytes room[2];
};

void normal_free(struct normal *s);

/* Well-formed text, after which BYTES_BEHIND bytes may be read, becomes
 * another such text, which is valid until the next call. */
void normal_apply(struct normal *s, const char **text, size_t *n);

/* Adds a text with each `from` in it, from left to right, as `to`. */
void normal_add_replaced(struct bytes *out, const char *text, size_t n,
                         const struct bytes *from, const struct bytes *to);

#endif
