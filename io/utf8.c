#include "io/utf8.h"

#include <string.h>

size_t utf8_sequence(const char *text)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *s = (const unsigned char *)text;
    size_t n = s[0] < 0x80   ? 1
               : s[0] < 0xc0 ? 0
               : s[0] < 0xe0 ? 2
               : s[0] < 0xf0 ? 3
               : s[0] < 0xf8 ? 4
                             : 0;
    unsigned code = n > 1 ? s[0] & (0xffu >> (n + 1)) : s[0];

    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (s[i] & 0x3f);
    }
    if (n > 1 && (code < least[n] || code > 0x10ffff || code >> 11 == 0x1b))
        return 0;
    return n;
}

size_t utf8_ascii(const char *text, size_t n)
{
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        uint64_t word;

        memcpy(&word, text + i, 8);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    return i;
}

size_t utf8_well_formed(const char *text, size_t n)
{
    size_t i = utf8_ascii(text, n);

    while (i < n) {
        size_t bytes = utf8_sequence(text + i);

        if (bytes == 0)
            return i;
        i += bytes;
        if (bytes == 1)
            i += utf8_ascii(text + i, n - i);
    }
    return n;
}

size_t utf8_write(uint32_t code, char to[4])
{
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (size_t i = n - 1; i > 0; i--) {
        to[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    to[0] = (char)(lead[n] | code);
    return n;
}
