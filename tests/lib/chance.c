#include "tests/lib/chance.h"

#include <math.h>

#include "tests/lib/tap.h"

/* Of the chi-square of counts that should be equal from its mean, in standard
 * deviations: six are beyond chance.  Of the cells only some are possible. */
static double deviation(const long *counts, int cells, int possible)
{
    double sum = 0, square = 0, freedom = possible - 1;

    for (int i = 0; i < cells; i++) {
        sum += (double)counts[i];
        square += (double)counts[i] * (double)counts[i];
    }
    return fabs(square / (sum / possible) - sum - freedom) / sqrt(2 * freedom);
}

void chance_uniform(const long *counts, int cells, int possible,
                    const char *what)
{
    double d = deviation(counts, cells, possible);

    ok(d < 6, "%s are uniform: %.1f deviations", what, d);
}
