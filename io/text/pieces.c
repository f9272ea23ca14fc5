#include "io/text/pieces.h"

#include <stdint.h>
#include <string.h>

#include "io/text/unicode.h"
#include "io/utf8.h"

/* A character is in one of these classes, or in none of them ("other"). */
enum { CLASSES = UNICODE_LETTER | UNICODE_NUMBER | UNICODE_SPACE };

#define CONTRACTIONS "'s|'t|'re|'ve|'m|'ll|'d"
#define TIKTOKEN(digits)                                                      \
    "(?i:" CONTRACTIONS ")|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" digits             \
    "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

static const struct {
    const char *regex;
    struct pieces pieces;
} known[] = {
    {CONTRACTIONS
     "| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
     {.kind = PIECES_GPT2}},
    {TIKTOKEN("\\p{N}{1,3}"), {.kind = PIECES_TIKTOKEN, .digits = 3}},
    {TIKTOKEN("\\p{N}"), {.kind = PIECES_TIKTOKEN, .digits = 1}},
};

bool pieces_find(struct pieces *s, const char *regex)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].regex, regex) == 0) {
            *s = known[i].pieces;
            return true;
        }
    return false;
}

/* Most characters are ASCII. */
enum { NOT_ASCII = 0xff };
static const unsigned char ascii[256] = {
    ['A' ... 'Z'] = UNICODE_LETTER, ['a' ... 'z'] = UNICODE_LETTER,
    ['0' ... '9'] = UNICODE_NUMBER, ['\t' ... '\r'] = UNICODE_SPACE,
    [' '] = UNICODE_SPACE,          [0x80 ... 0xff] = NOT_ASCII};

static inline int class_at(const char *at, size_t *bytes)
{
    int class = ascii[(unsigned char)*at];

    *bytes = 1;
    return class != NOT_ASCII
               ? class
               : unicode_classes()[utf8_code(at, bytes)] & CLASSES;
}

/* Behind all that is of a class. */
static inline const char *past(const char *at, const char *end, int class)
{
    size_t bytes;

    for (;;) {
        while (at < end && ascii[(unsigned char)*at] == class)
            at++;
        if (at == end || ascii[(unsigned char)*at] != NOT_ASCII ||
            class_at(at, &bytes) != class)
            return at;
        at += bytes;
    }
}

/* Behind at most `most` numbers. */
static const char *past_numbers(const char *at, const char *end, long most)
{
    size_t bytes;

    for (; at < end && most > 0 && class_at(at, &bytes) == UNICODE_NUMBER;
         most--)
        at += bytes;
    return at;
}

static const char *past_newlines(const char *at, const char *end)
{
    while (at < end && (*at == '\n' || *at == '\r'))
        at++;
    return at;
}

/* Behind 's, 't, 're, 've, 'm, 'll or 'd, where one stands. */
static const char *past_contraction(const char *at, const char *end)
{
    char a = end - at > 1 ? at[1] : '\0', b = end - at > 2 ? at[2] : '\0';

    if (*at != '\'')
        return at;
    if (a == 's' || a == 't' || a == 'm' || a == 'd')
        return at + 2;
    if ((b == 'e' && (a == 'r' || a == 'v')) || (a == 'l' && b == 'l'))
        return at + 3;
    return at;
}

/* The same in any case.  U+017F, the long s, is a lower case of S. */
static const char *past_any_contraction(const char *at, const char *end)
{
    char lower[3];
    long n = end - at < 3 ? end - at : 3;

    if (*at != '\'')
        return at;
    if (n == 3 && memcmp(at, "'\xc5\xbf", 3) == 0)
        return at + 3;
    for (long i = 0; i < n; i++)
        lower[i] = (char)(at[i] >= 'A' && at[i] <= 'Z' ? at[i] | 0x20 : at[i]);
    return at + (past_contraction(lower, lower + n) - lower);
}

/* White space that no letter, number or other follows up takes all; else the
 * last character stays for what follows, unless it is alone. */
static const char *past_space(const char *at, const char *end)
{
    const char *to = past(at, end, UNICODE_SPACE), *last = to;

    if (to == end)
        return to;
    do
        last--;
    while (((unsigned char)*last & 0xc0) == 0x80);
    return last > at ? last : to;
}

static const char *past_gpt2(const char *at, const char *end)
{
    const char *to = past_contraction(at, end);
    size_t bytes;
    int class;

    if (to > at)
        return to;
    to = at + (*at == ' ' && at + 1 < end);
    class = class_at(to, &bytes);
    return class == UNICODE_SPACE ? past_space(at, end)
                                  : past(to + bytes, end, class);
}

/* White space up to its last newline, or as past_space. */
static const char *past_lines(const char *at, const char *end)
{
    const char *to = past(at, end, UNICODE_SPACE);

    while (to > at && to[-1] != '\n' && to[-1] != '\r')
        to--;
    return to > at ? to : past_space(at, end);
}

static const char *past_tiktoken(const char *at, const char *end, long digits)
{
    const char *to = past_any_contraction(at, end);
    size_t bytes, behind;
    int class, next = UNICODE_SPACE;

    if (to > at)
        return to;
    class = class_at(at, &bytes);
    if (class == UNICODE_LETTER)
        return past(at + bytes, end, UNICODE_LETTER);
    if (class == UNICODE_NUMBER)
        return past_numbers(at, end, digits);
    if (at + bytes < end)
        next = class_at(at + bytes, &behind);
    if (next == UNICODE_LETTER && *at != '\n' && *at != '\r')
        return past(at + bytes, end, UNICODE_LETTER);
    if (class == 0 || (*at == ' ' && next == 0))
        return past_newlines(past(at + (*at == ' '), end, 0), end);
    return past_lines(at, end);
}

static const char *past_digits(const char *at, const char *end, long digits)
{
    const char *to = past_numbers(at, end, digits);
    size_t bytes;

    if (to > at)
        return to;
    while (to < end && class_at(to, &bytes) != UNICODE_NUMBER)
        to += bytes;
    return to;
}

/* Up to the next mark that cuts. */
static const char *past_mark(const struct pieces *s, const char *at,
                             const char *end)
{
    size_t n = strlen(s->mark);
    bool is_mark;

    for (const char *to = at; to < end; to += is_mark ? n : 1) {
        is_mark = *to == *s->mark && (size_t)(end - to) >= n &&
                  memcmp(to, s->mark, n) == 0;
        if (is_mark && to > at)
            return to;
    }
    return end;
}

size_t pieces_first(const struct pieces *s, const char *at, size_t n)
{
    const char *end = at + n, *to = end;

    switch (s->kind) {
    case PIECES_WHOLE:
        break;
    case PIECES_GPT2:
        to = past_gpt2(at, end);
        break;
    case PIECES_TIKTOKEN:
        to = past_tiktoken(at, end, s->digits);
        break;
    case PIECES_DIGITS:
        to = past_digits(at, end, s->digits);
        break;
    case PIECES_MARK:
        to = past_mark(s, at, end);
        break;
    }
    return (size_t)(to - at);
}
