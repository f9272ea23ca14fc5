#include "io/text/unicode.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "io/utf8.h"
#include "kernels/base/check.h"
#include "kernels/base/memory.h"

/* The longest decomposition of a character has 4 codes. */
enum { PARTS = 8 };

/* Syllables, which have no decompositions in the tables: they are computed. */
enum { FIRST_HANGUL = 0xac00, LAST_HANGUL = 0xd7a3 };

static unsigned char classes[UNICODE_CODES];

/* The original normalises by Unicode 9.0.  Marks that came between 10.0
 * and 15.0 stay where they are there, as letters do, and U+11938 is no
 * composition. */
static const uint32_t newer[][2] = {
    {0x7fd, 0x7fd},     {0x898, 0x89f},     {0x8ca, 0x8d3},
    {0x9fe, 0x9fe},     {0xc3c, 0xc3c},     {0xd3b, 0xd3c},
    {0xeba, 0xeba},     {0x1715, 0x1715},   {0x1abf, 0x1ace},
    {0x1df6, 0x1dfa},   {0xa82c, 0xa82c},   {0x10d24, 0x10d27},
    {0x10eab, 0x10eac}, {0x10efd, 0x10eff}, {0x10f46, 0x10f50},
    {0x10f82, 0x10f85}, {0x11070, 0x11070}, {0x1133b, 0x1133b},
    {0x1145e, 0x1145e}, {0x11839, 0x1183a}, {0x11938, 0x11938},
    {0x1193d, 0x1193e}, {0x11943, 0x11943}, {0x119e0, 0x119e0},
    {0x11a34, 0x11a34}, {0x11a47, 0x11a47}, {0x11a99, 0x11a99},
    {0x11d42, 0x11d42}, {0x11d44, 0x11d45}, {0x11d97, 0x11d97},
    {0x11f41, 0x11f42}, {0x16ff0, 0x16ff1}, {0x1e08f, 0x1e08f},
    {0x1e130, 0x1e136}, {0x1e2ae, 0x1e2ae}, {0x1e2ec, 0x1e2ef},
    {0x1e4ec, 0x1e4ef}};

static bool is_between(uint32_t code, uint32_t first, uint32_t last)
{
    return code >= first && code <= last;
}

/* Alphabetic characters that are symbols by category: letters in circles and
 * squares; and the two that control joining. */
static bool is_word_by_name(uint32_t code)
{
    return is_between(code, 0x200c, 0x200d) ||
           is_between(code, 0x24b6, 0x24e9) ||
           is_between(code, 0x1f130, 0x1f149) ||
           is_between(code, 0x1f150, 0x1f169) ||
           is_between(code, 0x1f170, 0x1f189);
}

static unsigned char classify(uint32_t code, int category)
{
    switch (category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
        return UNICODE_LETTER | UNICODE_WORD;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
        return UNICODE_NUMBER | UNICODE_WORD;
    case UTF8PROC_CATEGORY_NO:
        return UNICODE_NUMBER;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_PC:
        return UNICODE_WORD;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return UNICODE_SPACE;
    default:
        if (is_word_by_name(code))
            return UNICODE_WORD;
        return is_between(code, 9, 13) || code == 0x85 ? UNICODE_SPACE : 0;
    }
}

/* The canonical decomposition of a character. */
static long decompose(uint32_t code, utf8proc_int32_t *parts, long room)
{
    long n =
        utf8proc_decompose_char((utf8proc_int32_t)code, parts, room,
                                UTF8PROC_DECOMPOSE | UTF8PROC_STABLE, NULL);

    CHECK(n >= 1 && n <= room, "utf8proc: U+%04X has %ld parts",
          (unsigned)code, n);
    return n;
}

static bool is_newer(uint32_t code)
{
    for (size_t i = 0; i < sizeof newer / sizeof *newer; i++)
        if (is_between(code, newer[i][0], newer[i][1]))
            return true;
    return false;
}

static unsigned combining_class(uint32_t code)
{
    return is_newer(code)
               ? 0
               : (unsigned)utf8proc_get_property((utf8proc_int32_t)code)
                     ->combining_class;
}

/* Parts behind the first are those that may be joined to what is before. */
static void mark_unstable(uint32_t code)
{
    utf8proc_int32_t parts[PARTS];
    long n = decompose(code, parts, PARTS);

    if (combining_class(code) > 0)
        classes[code] |= UNICODE_UNSTABLE;
    for (long i = 1; i < n; i++)
        classes[parts[i]] |= UNICODE_UNSTABLE;
    n = utf8proc_normalize_utf32(parts, n, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    if (n != 1 || parts[0] != (utf8proc_int32_t)code)
        classes[code] |= UNICODE_UNSTABLE;
}

const unsigned char *unicode_classes(void)
{
    if (classes['a'])
        return classes;
    for (uint32_t code = 0; code < UNICODE_CODES; code++) {
        const utf8proc_property_t *p =
            utf8proc_get_property((utf8proc_int32_t)code);

        classes[code] |= classify(code, p->category);
        if ((p->combining_class > 0 || p->decomp_seqindex != UINT16_MAX ||
             is_between(code, FIRST_HANGUL, LAST_HANGUL)) &&
            !is_newer(code))
            mark_unstable(code);
    }
    return classes;
}

static int by_value(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Puts the marks of a run in the order of their combining classes; equal ones
 * stay as they are.  utf8proc's own sorting is quadratic. */
static void sort_marks(utf8proc_int32_t *code, long n)
{
    uint64_t *key = memory_take((size_t)n, sizeof *key, "marks on one letter");

    for (long i = 0; i < n; i++)
        key[i] = (uint64_t)combining_class((uint32_t)code[i]) << 53 |
                 (uint64_t)i << 21 | (uint64_t)code[i];
    qsort(key, (size_t)n, sizeof *key, by_value);
    for (long i = 0; i < n; i++)
        code[i] = (utf8proc_int32_t)(key[i] & 0x1fffff);
    free(key);
}

static void sort_all_marks(utf8proc_int32_t *code, long n)
{
    for (long i = 0, end; i < n; i = end) {
        end = i + 1;
        if (combining_class((uint32_t)code[i]) == 0)
            continue;
        while (end < n && combining_class((uint32_t)code[end]) > 0)
            end++;
        if (end > i + 1)
            sort_marks(code + i, end - i);
    }
}

/* A stretch that NFC may change. */
static void add_changed(struct bytes *to, const char *text, size_t n)
{
    utf8proc_int32_t *code =
        memory_grow(NULL, n * PARTS, sizeof *code, "characters");
    long codes = 0;

    for (size_t i = 0, bytes; i < n; i += bytes)
        codes += decompose(utf8_code(text + i, &bytes), code + codes, PARTS);
    sort_all_marks(code, codes);
    codes = utf8proc_normalize_utf32(code, codes,
                                     UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    CHECK(codes >= 0, "utf8proc: %s", utf8proc_errmsg(codes));
    bytes_make_room(to, (size_t)codes * 4);
    for (long i = 0; i < codes; i++) {
        char c[4];

        bytes_add(to, c, utf8_write((uint32_t)code[i], c));
    }
    free(code);
}

/* Before a stable character the text may be cut: it is in the normal form, and
 * joins what is behind it only. */
void unicode_add_nfc(struct bytes *to, const char *text, size_t n)
{
    const unsigned char *class = unicode_classes();
    size_t copied = 0, stable = 0, bytes;

    for (size_t i = 0; i < n; i += bytes) {
        size_t end, plain = utf8_ascii(text + i, n - i);

        if (plain > 0) {
            stable = i + plain - 1;
            bytes = plain;
            continue;
        }
        if (!(class[utf8_code(text + i, &bytes)] & UNICODE_UNSTABLE)) {
            stable = i;
            continue;
        }
        for (end = i + bytes; end < n; end += bytes)
            if (!(class[utf8_code(text + end, &bytes)] & UNICODE_UNSTABLE))
                break;
        bytes_add(to, text + copied, stable - copied);
        add_changed(to, text + stable, end - stable);
        copied = stable = i = end;
        bytes = 0;
    }
    bytes_add(to, text + copied, n - copied);
}

const char *unicode_version(void)
{
    return utf8proc_unicode_version();
}
