#include <stdbool.h>
#include <string.h>

#include "io/utf8.h"
#include "src/inspect/inspect.h"

/* Whether the sequence of n bytes, 0 for none, may go to a terminal: U+0080 to
 * U+009F are control characters too. */
static bool is_plain(const char *at, size_t n)
{
    unsigned char first = (unsigned char)at[0];

    if (n == 1)
        return first >= ' ' && first != 127;
    return n > 2 || (n == 2 && (first > 0xc2 || (unsigned char)at[1] >= 0xa0));
}

void inspect_text(const char *text, size_t n, FILE *to)
{
    static const char named[] = "\n\r\t\"\\", letter[] = "nrt\"\\";

    for (size_t i = 0, length; i < n; i += length) {
        const char *name = memchr(named, text[i], sizeof named - 1);

        length = utf8_sequence(text + i);
        if (name) {
            fprintf(to, "\\%c", letter[name - named]);
        } else if (is_plain(text + i, length)) {
            fwrite(text + i, 1, length, to);
        } else {
            fprintf(to, "\\x%02x", (unsigned char)text[i]);
            length = 1;
        }
    }
}

void inspect_text_line(const char *key, const char *text, FILE *to)
{
    fprintf(to, "%s ", key);
    inspect_text(text, strlen(text), to);
    fputc('\n', to);
}
