#include "kernels/base/problem.h"

#include <stdarg.h>
#include <stdio.h>

/* A message may quote foreign bytes: what a terminal would obey becomes '?',
 * and so do the ends of lines.  U+0080 to U+009F are control characters
 * too. */
static void disarm(char *text)
{
    unsigned char *c = (unsigned char *)text;

    for (; *c; c++)
        if (*c < ' ' || *c == 127)
            *c = '?';
        else if (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0)
            c[0] = c[1] = '?';
}

struct problem problem(const char *fmt, ...)
{
    struct problem wrong;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(wrong.text, sizeof wrong.text, fmt, ap);
    va_end(ap);
    disarm(wrong.text);
    return wrong;
}
