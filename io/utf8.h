#ifndef IO_UTF8_H
#define IO_UTF8_H

#include <stddef.h>

/* Bytes of the well-formed UTF-8 sequence at a place of a text that ends with a
 * zero, or 0 where there is none. */
size_t utf8_sequence(const char *text);

#endif
