#include "kernels/base/duration.h"

#include <stdlib.h>
#include <string.h>

bool duration_read(const char *text, long *seconds)
{
    static const long unit[] = {86400, 3600, 60, 1};
    long part[4], x = 0;
    bool has_days = false;
    int n = 0;
    char *end;

    if (strcmp(text, "UNLIMITED") == 0 || strcmp(text, "NOT_SET") == 0) {
        *seconds = 0;
        return true;
    }
    for (const char *c = text;; c = end + 1) {
        if (n == 4 || *c < '0' || *c > '9')
            return false;
        part[n++] = strtol(c, &end, 10);
        if (end - c > 10)
            return false;
        if (!*end)
            break;
        has_days |= n == 1 && *end == '-';
        if (*end != ':' && !(n == 1 && has_days))
            return false;
    }
    if (has_days != (n == 4))
        return false;
    for (int i = 0; i < n; i++)
        x += part[i] * unit[4 - n + i];
    *seconds = x;
    return true;
}
