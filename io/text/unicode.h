#ifndef IO_TEXT_UNICODE_H
#define IO_TEXT_UNICODE_H

#include <stddef.h>

#include "io/bytes.h"

/* What tokenizers ask of characters, as the original library answers: classes
 * by the site's utf8proc, and the normal form NFC by Unicode 9.0.  They are
 * equal for what Unicode 15.0 assigns, if utf8proc has it.  A character that
 * utf8proc's version does not assign is in no class and changes nothing. */
enum {
    UNICODE_LETTER = 1, /* \p{L} */
    UNICODE_NUMBER = 2, /* \p{N} */
    UNICODE_SPACE = 4,  /* \s: White_Space */
    UNICODE_WORD = 8,   /* \w, as the regex library of Rust has it */
    /* NFC changes it, moves it, or joins it to the character before. */
    UNICODE_UNSTABLE = 16,
    UNICODE_CODES = 0x110000
};

/* [UNICODE_CODES] the classes that a character is in, made by the first
 * call. */
const unsigned char *unicode_classes(void);

/* Adds the normal form of a well-formed text. */
void unicode_add_nfc(struct bytes *to, const char *text, size_t n);

/* "15.0.0", of the utf8proc that runs. */
const char *unicode_version(void);

#endif
