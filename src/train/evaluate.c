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

/* Reads sequence `i` of the row; past its end, one without targets.  Returns
 * its skill, or -1. */
static int read_sequence(struct row row, const struct data *d, int64_t i,
                         int32_t *token, int32_t *target)
{
    for (int skill = 0; skill < row.split->skills.n; skill++) {
        int64_t n = windows_of(row, skill);

        if (i < n) {
            data_read(d, row.split, skill, i, token, target);
            return skill;
        }
        i -= n;
    }
    for (long t = 0; t < d->length; t++)
        token[t] = 0, target[t] = -1;
    return -1;
}

/* Adds the losses of micro-batch number `batch` to sums[skill][loss, tokens].*/
static void add_batch(struct model *m, const struct data *d, struct row row,
                      int64_t batch, int32_t *ids, wide *losses,
                      double (*sums)[2])
{
    long length = d->length, sequences = m->shape.sequences;
    int32_t *target = ids + m->shape.tokens;
    int skill[sequences];

    for (long i = 0; i < sequences; i++)
        skill[i] = read_sequence(row, d, batch * sequences + i,
                                 ids + i * length, target + i * length);
    model_losses(m, ids, target, losses);
    for (long i = 0; i < sequences; i++) {
        for (long t = 0; skill[i] >= 0 && t < length; t++)
            sums[skill[i]][0] += (double)losses[i * length + t];
        if (skill[i] >= 0)
            sums[skill[i]][1] += (double)length;
    }
}

void evaluate_skills(struct model *m, const struct data *d,
                     const struct grid *grid, long cap, double *loss)
{
    struct row row = {&d->validation, cap};
    int k = row.split->skills.n;
    int ranks = group_size(grid->data);
    double(*sums)[2] = calloc((size_t)k, sizeof *sums);
    int32_t *ids = malloc(2 * (size_t)m->shape.tokens * sizeof *ids);
    wide *losses = malloc((size_t)m->shape.tokens * sizeof *losses);
    int64_t total = 0, batches;

    CHECK(sums && ids && losses, "no memory to evaluate %d skills", k);
    for (int skill = 0; skill < k; skill++)
        total += windows_of(row, skill);
    batches = (total + m->shape.sequences - 1) / m->shape.sequences;
    for (int64_t b = group_rank(grid->data); b < batches; b += ranks)
        add_batch(m, d, row, b, ids, losses, sums);
    group_sum(grid->data, sums[0], 2 * k);
    for (int skill = 0; skill < k; skill++)
        loss[skill] = sums[skill][0] / sums[skill][1];
    free(sums);
    free(ids);
    free(losses);
}
