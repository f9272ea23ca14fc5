#include "kernels/base/nearest.h"

#include <stdbool.h>
#include <string.h>

static long min(long a, long b)
{
    return a < b ? a : b;
}

static bool shortens(const char *typed, const char *valid)
{
    if (typed[0] == '\0' || typed[0] != valid[0])
        return false;
    for (; *valid; valid++)
        typed += *typed == *valid;
    return *typed == '\0';
}

static long edits(const char *typed, const char *valid)
{
    /* Beyond this a word is no slip of the fingers. */
    enum { MOST = 64 };
    long n = min((long)strlen(typed), MOST),
         m = min((long)strlen(valid), MOST);
    long row[MOST + 1];

    for (long j = 0; j <= m; j++)
        row[j] = j;
    for (long i = 1; i <= n; i++) {
        long corner = row[0];

        row[0] = i;
        for (long j = 1; j <= m; j++) {
            long change = corner + (typed[i - 1] != valid[j - 1]);

            corner = row[j];
            row[j] = min(change, min(row[j], row[j - 1]) + 1);
        }
    }
    return row[m];
}

long nearest_distance(const char *typed, const char *valid)
{
    long n = edits(typed, valid);

    return shortens(typed, valid) ? min(n, 2) : n;
}
