#include "src/train/evaluate.h"

#include <stdlib.h>

#include "kernels/check.h"

/* All windows of all skills in one row, so that micro-batches are full however
 * few windows a skill has. */
struct row {
    const struct data_split *split;
    int64_t cap;
};

static int64_t windows_of(struct row row, int skill)
{
    int64_t n = row.split->windows[skill];

    return row.cap && row.cap < n ? row.cap : n;
}

/* Sequence i of the batch is number `place` of the row, or nothing past its
 * end. */
static void read_place(struct batch *b, long i, struct row row, int64_t place)
{
    for (int skill = 0; skill < row.split->skills.n; skill++) {
        int64_t n = windows_of(row, skill);

        if (place < n) {
            batch_read(b, i, row.split, skill, place);
            return;
        }
        place -= n;
    }
    batch_leave_out(b, i);
}

void evaluate_skills(struct batch *b, const struct grid *grid, long cap,
                     double *loss)
{
    struct row row = {&b->data->validation, cap};
    int k = row.split->skills.n;
    double *sums = calloc(2 * (size_t)k, sizeof *sums);
    int64_t total = 0, stride = b->sequences * group_size(grid->data);

    CHECK(sums, "no memory to evaluate %d skills", k);
    for (int skill = 0; skill < k; skill++)
        total += windows_of(row, skill);
    for (int64_t first = b->sequences * group_rank(grid->data); first < total;
         first += stride) {
        for (long i = 0; i < b->sequences; i++)
            read_place(b, i, row, first + i);
        batch_losses(b);
        batch_add(b, sums, sums + k);
    }
    group_sum(grid->data, sums, 2 * k);
    for (int skill = 0; skill < k; skill++)
        loss[skill] = sums[skill] / sums[k + skill];
    free(sums);
}
