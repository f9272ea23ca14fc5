#ifndef IO_TEXT_BYTE_LEVEL_H
#define IO_TEXT_BYTE_LEVEL_H

#include <stdbool.h>
#include <stddef.h>

#include "io/bytes.h"

/* The alphabet in which byte-level tokenizers write any bytes as visible
 * characters: 33 to 126, 161 to 172 and 174 to 255 are themselves, the others,
 * in their order, U+0100 and on.
 *
 * Adds the bytes that well-formed text stands for; false, and nothing added,
 * if a character is none of the alphabet. */
bool byte_level_add(struct bytes *to, const char *text, size_t n);

#endif
