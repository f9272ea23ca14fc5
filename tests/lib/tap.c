#include "tests/lib/tap.h"

#include <math.h>

static int tap_count;

void tap_verdict(bool here, bool failed)
{
    tap_count++;
    if (group_rank(group_world()) == 0)
        printf("%sok %d - ", failed ? "not " : "", tap_count);
    else if (!here)
        printf("# rank %d fails %d: ", group_rank(group_world()), tap_count);
}

double worse(double a, double b)
{
    return a >= b || isnan(a) ? a : b;
}

void skip(int n, const char *reason)
{
    for (int i = 0; i < n; i++) {
        tap_count++;
        if (group_rank(group_world()) == 0)
            printf("ok %d # SKIP %s\n", tap_count, reason);
    }
}

void tap_done(void)
{
    if (group_rank(group_world()) == 0) {
        printf("1..%d\n", tap_count);
        fflush(stdout);
    }
}
