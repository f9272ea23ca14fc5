#include <math.h>
#include <stdlib.h>

#include "kernels/base/memory.h"
#include "src/tokenize/tokenize_job.h"

/* How the documents of a skill that no file name assigns are cut:
 *
 *   u = hash / 2^64
 *   train while u < train's share, then validation, then test
 *
 * so a document's split depends on its text alone.  A split for which the
 * skill has a file of its own is not cut: its share falls to train.
 *
 * A split with a share that got nothing takes the text of the smallest hash
 * (with its copies) from the split of the skill that has most documents, the
 * first of equals, among those with two different texts; validation is served
 * first, then test, then train.  A skill without such a split is refused. */

/* [skills, SPLITS] of the documents that are cut. */
struct counts {
    int64_t *own;           /* documents that a file name assigned */
    int64_t *documents;     /* the others */
    uint64_t *least, *most; /* hashes of these */
};

static double share_of(const struct tokenize_job *t, const struct counts *c,
                       long skill, enum split split)
{
    double share = t->share[split];

    if (c->own[skill * SPLITS + split] > 0)
        return 0;
    if (split != SPLIT_TRAIN)
        return share;
    for (int i = 0; i < SPLITS; i++)
        if (c->own[skill * SPLITS + i] > 0)
            share += t->share[i];
    return share;
}

static int split_by_hash(const struct tokenize_job *t, const struct counts *c,
                         const struct tokenize_job_document *d)
{
    double u = ldexp((double)(d->hash[0] >> 11), -53), sum = 0;
    int last = SPLIT_TRAIN;

    for (int i = 0; i < SPLITS; i++) {
        double share = share_of(t, c, d->skill, i);

        sum += share;
        if (share > 0)
            last = i;
        if (u < sum)
            return i;
    }
    return last; /* shares that sum to a rounding error below 1 */
}

static struct counts counts_init(long skills)
{
    size_t n = (size_t)(skills * SPLITS);
    struct counts c = {memory_take(n, sizeof *c.own, "skills"),
                       memory_take(n, sizeof *c.documents, "skills"),
                       memory_take(n, sizeof *c.least, "skills"),
                       memory_take(n, sizeof *c.most, "skills")};

    return c;
}

static void counts_free(struct counts *c)
{
    free(c->own);
    free(c->documents);
    free(c->least);
    free(c->most);
}

/* Which documents are to be cut, with -1 for the others.  While a document is
 * not settled its split is kept here. */
static void count_own(struct tokenize_job *t, struct counts *c)
{
    for (long i = 0; i < t->documents; i++) {
        const struct tokenize_job_document *d = &t->document[i];

        if (!d->dropped && d->split != SPLIT_NONE)
            c->own[d->skill * SPLITS + d->split]++;
    }
    group_sum_counts(t->g, c->own, t->skills.n * SPLITS);
}

static void count(struct tokenize_job *t, struct counts *c,
                  const int8_t *split)
{
    long n = t->skills.n * SPLITS;

    for (long i = 0; i < n; i++) {
        c->documents[i] = 0;
        c->least[i] = UINT64_MAX;
        c->most[i] = UINT64_MAX; /* of the complement */
    }
    for (long i = 0; i < t->documents; i++) {
        const struct tokenize_job_document *d = &t->document[i];
        long at = d->skill * SPLITS + split[i];

        if (split[i] == SPLIT_NONE)
            continue;
        c->documents[at]++;
        if (d->hash[0] < c->least[at])
            c->least[at] = d->hash[0];
        if (~d->hash[0] < c->most[at])
            c->most[at] = ~d->hash[0];
    }
    group_sum_counts(t->g, c->documents, n);
    group_min_counts(t->g, c->least, n);
    group_min_counts(t->g, c->most, n);
    for (long i = 0; i < n; i++)
        c->most[i] = ~c->most[i];
}

/* The split of a skill that can give a text, or SPLIT_NONE. */
static int giver(const struct counts *c, long skill)
{
    int best = SPLIT_NONE;

    for (int i = 0; i < SPLITS; i++) {
        long at = skill * SPLITS + i;

        if (c->documents[at] > 1 && c->least[at] < c->most[at] &&
            (best == SPLIT_NONE ||
             c->documents[at] > c->documents[skill * SPLITS + best]))
            best = i;
    }
    return best;
}

static int64_t in_skill(const struct counts *c, long skill)
{
    int64_t n = 0;

    for (int i = 0; i < SPLITS; i++)
        n += c->documents[skill * SPLITS + i];
    return n;
}

/* Serves one split for all skills that lack it. */
static struct problem serve(struct tokenize_job *t, struct counts *c,
                            int8_t *split, int lacking)
{
    int8_t *from = memory_take((size_t)t->skills.n, sizeof *from, "skills");
    struct problem wrong = NO_PROBLEM;

    count(t, c, split);
    for (long k = 0; k < t->skills.n; k++) {
        from[k] = SPLIT_NONE;
        if (c->documents[k * SPLITS + lacking] > 0 || in_skill(c, k) == 0 ||
            share_of(t, c, k, lacking) == 0)
            continue;
        from[k] = (int8_t)giver(c, k);
        if (from[k] == SPLIT_NONE && !is_problem(&wrong))
            wrong =
                problem("skill %s has %ld documents, too few for one in every "
                        "split with a share: give it more text, or "
                        "tokenize.split=train, or other shares",
                        t->skills.at[k].name, (long)in_skill(c, k));
    }
    for (long i = 0; i < t->documents && !is_problem(&wrong); i++) {
        const struct tokenize_job_document *d = &t->document[i];

        if (split[i] != SPLIT_NONE && from[d->skill] == split[i] &&
            d->hash[0] == c->least[d->skill * SPLITS + split[i]])
            split[i] = (int8_t)lacking;
    }
    free(from);
    return wrong;
}

struct problem tokenize_split(struct tokenize_job *t)
{
    static const enum split order[] = {SPLIT_VALIDATION, SPLIT_TEST,
                                       SPLIT_TRAIN};
    struct counts c = counts_init(t->skills.n);
    int8_t *split =
        memory_take((size_t)t->documents, sizeof *split, "documents");
    struct problem wrong = NO_PROBLEM;

    count_own(t, &c);
    for (long i = 0; i < t->documents; i++) {
        const struct tokenize_job_document *d = &t->document[i];

        split[i] = SPLIT_NONE;
        if (!d->dropped && d->split == SPLIT_NONE)
            split[i] = (int8_t)split_by_hash(t, &c, d);
    }
    for (size_t i = 0; i < sizeof order / sizeof *order && !is_problem(&wrong);
         i++)
        wrong = serve(t, &c, split, order[i]);
    for (long i = 0; i < t->documents; i++)
        if (split[i] != SPLIT_NONE)
            t->document[i].split = split[i];
    free(split);
    counts_free(&c);
    return wrong;
}
