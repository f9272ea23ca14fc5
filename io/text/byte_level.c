#include "io/text/byte_level.h"

#include <stdint.h>

#include "io/utf8.h"

enum { FIRST_OTHER = 0x100, OTHERS = 68 };

static bool is_itself(uint32_t code)
{
    return (code >= 33 && code <= 126) || (code >= 161 && code <= 172) ||
           (code >= 174 && code <= 255);
}

/* The byte of a character, or -1. */
static int byte_of(uint32_t code)
{
    static unsigned char other[OTHERS];

    if (is_itself(code))
        return (int)code;
    if (code < FIRST_OTHER || code >= FIRST_OTHER + OTHERS)
        return -1;
    if (other[1] == 0)
        for (uint32_t byte = 0, n = 0; byte < 256; byte++)
            if (!is_itself(byte))
                other[n++] = (unsigned char)byte;
    return other[code - FIRST_OTHER];
}

bool byte_level_add(struct bytes *to, const char *text, size_t n)
{
    size_t before = to->n, bytes;

    for (size_t i = 0; i < n; i += bytes) {
        int byte = byte_of(utf8_code(text + i, &bytes));
        char c = (char)byte;

        if (byte < 0) {
            to->n = before;
            return false;
        }
        bytes_add(to, &c, 1);
    }
    return true;
}
