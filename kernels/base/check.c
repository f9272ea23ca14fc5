#include "kernels/base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernels/base/exit.h"

static void stop_alone(void)
{
    exit(EXIT_FAILED);
}

void (*die_hook)(void) = stop_alone;

void die(const char *file, int line, const char *fmt, ...)
{
    va_list ap;

    fflush(stdout);
    fprintf(stderr, "skillet: ");
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, " (%s:%d)\n", file, line);
    die_hook();
    abort();
}
