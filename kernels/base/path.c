#include "kernels/base/path.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct problem path_print(struct path *path, const char *fmt, ...)
{
    struct problem wrong = NO_PROBLEM;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(path->text, sizeof path->text, fmt, ap);
    va_end(ap);
    if (n > PATH_MOST) {
        wrong = problem("%.200s...: the path is too long", path->text);
        path->text[0] = '\0';
    }
    return wrong;
}

struct path path_temporary(const struct path *path)
{
    struct path temporary = *path;

    assert(strlen(path->text) <= PATH_MOST);
    strcat(temporary.text, ".tmp");
    return temporary;
}
