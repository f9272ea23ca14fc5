#include "kernels/problem.h"

#include <stdarg.h>
#include <stdio.h>

struct problem problem(const char *fmt, ...)
{
    struct problem p;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(p.text, sizeof p.text, fmt, ap);
    va_end(ap);
    return p;
}
