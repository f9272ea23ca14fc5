#ifndef IO_UTF8_H
#define IO_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the well-formed UTF-8 sequence at a place of a text that ends with
 * a zero, or 0 where there is none. */
size_t utf8_sequence(const char *text);

/* Bytes of ASCII that n bytes begin with, or up to seven less. */
size_t utf8_ascii(const char *text, size_t n);

/* How many of the n bytes, which a zero follows, are well-formed: n, or
 * the place of the first that is not. */
size_t utf8_well_formed(const char *text, size_t n);

/* The character at a place of a well-formed text, and its bytes. */
static inline uint32_t utf8_code(const char *at, size_t *bytes)
{
    const unsigned char *s = (const unsigned char *)at;

    if (s[0] < 0x80) {
        *bytes = 1;
        return s[0];
    }
    if (s[0] < 0xe0) {
        *bytes = 2;
        return (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu);
    }
    if (s[0] < 0xf0) {
        *bytes = 3;
        return (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
    }
    *bytes = 4;
    return (s[0] & 0x07u) << 18 | (s[1] & 0x3fu) << 12 | (s[2] & 0x3fu) << 6 |
           (s[3] & 0x3fu);
}

/* Writes a character; how many bytes. */
size_t utf8_write(uint32_t code, char to[4]);

#endif
