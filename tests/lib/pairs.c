#include "tests/lib/pairs.h"

#include <assert.h>

bool pairs_has(const struct pairs *p, int f, int v, int g, int w)
{
    for (int r = 0; r < p->rows; r++)
        if (p->row[r][f] == v && p->row[r][g] == w)
            return true;
    return false;
}

/* Pairs that no row has yet, of value v of factor f and what is chosen of the
 * last row. */
static int pairs_gain(const struct pairs *p, const bool *is_chosen, int f,
                      int v)
{
    const int *row = p->row[p->rows];
    int gain = 0;

    for (int g = 0; g < p->factors; g++)
        gain += is_chosen[g] && !pairs_has(p, f, v, g, row[g]);
    return gain;
}

/* A row with this pair, and for each other factor in turn the value that adds
 * most; among equals the first from a place that moves with the rows. */
static void pairs_add(struct pairs *p, int f, int v, int g, int w)
{
    bool is_chosen[PAIRS_FACTORS] = {false};
    int *row = p->row[p->rows];

    assert(p->rows < PAIRS_ROWS);
    row[f] = v, row[g] = w;
    is_chosen[f] = is_chosen[g] = true;
    for (int k = 0; k < p->factors; k++) {
        int most = -1;

        for (int i = 0; i < p->levels[k] && !is_chosen[k]; i++) {
            int value = (p->rows + k + i) % p->levels[k];
            int gain = pairs_gain(p, is_chosen, k, value);

            if (gain > most)
                most = gain, row[k] = value;
        }
        is_chosen[k] = true;
    }
    p->rows++;
}

void pairs_make(struct pairs *p)
{
    p->rows = 0;
    for (int f = 0; f < p->factors; f++)
        for (int g = f + 1; g < p->factors; g++)
            for (int v = 0; v < p->levels[f]; v++)
                for (int w = 0; w < p->levels[g]; w++)
                    if (!pairs_has(p, f, v, g, w))
                        pairs_add(p, f, v, g, w);
}
