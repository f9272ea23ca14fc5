#include <stdlib.h>

#include "io/shard_write.h"
#include "kernels/check.h"
#include "src/commands/tokenize_job.h"

/* All blocks of all shards, in one row, are dealt out in equal stretches. */
static struct problem sum_share(struct tokenize *t)
{
    long blocks = 0, before = 0, size = group_size(t->g);
    long from, to;
    struct problem p = NO_PROBLEM;

    for (long i = 0; i < t->shards; i++)
        blocks += shard_blocks(&t->shard[i]);
    from = blocks * group_rank(t->g) / size;
    to = blocks * (group_rank(t->g) + 1) / size;
    for (long i = 0; i < t->shards && !is_problem(&p); i++) {
        long n = shard_blocks(&t->shard[i]);
        long low = from > before ? from - before : 0;
        long high = to - before < n ? to - before : n;
        struct shard_writer w;
        struct problem closed;

        before += n;
        if (low >= high)
            continue;
        p = shard_write_open(&w, &t->shard[i]);
        if (!is_problem(&p))
            p = shard_write_sums(&w, low, high - low);
        closed = shard_write_close(&w);
        if (!is_problem(&p))
            p = closed;
    }
    return p;
}

struct problem tokenize_write(struct tokenize *t)
{
    bool is_root = group_rank(t->g) == 0;
    struct problem p =
        group_agree(t->g, is_root ? tokenize_create(t) : NO_PROBLEM);

    if (is_problem(&p))
        return p;
    if (!is_root)
        t->shard = malloc((size_t)t->shards * sizeof *t->shard);
    CHECK(t->shard || t->shards == 0, "no memory for %ld shards", t->shards);
    group_broadcast(t->g, t->shard, (size_t)t->shards * sizeof *t->shard);
    p = group_agree(t->g, tokenize_copy(t));
    if (!is_problem(&p))
        p = group_agree(t->g, sum_share(t));
    if (!is_problem(&p))
        p = group_agree(t->g, is_root ? tokenize_publish(t) : NO_PROBLEM);
    return p;
}
