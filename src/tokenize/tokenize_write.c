
#include "kernels/base/memory.h"
#include "src/tokenize/tokenize_job.h"

struct problem tokenize_write(struct tokenize_job *t)
{
    bool is_root = group_rank(t->g) == 0;
    struct problem wrong =
        group_agree(t->g, is_root ? tokenize_create(t) : NO_PROBLEM);

    if (is_problem(&wrong))
        return wrong;
    if (!is_root)
        t->out.shard =
            memory_take((size_t)t->out.shards, sizeof *t->out.shard, "shards");
    group_broadcast(t->g, t->out.shard,
                    (size_t)t->out.shards * sizeof *t->out.shard);
    wrong = group_agree(t->g, tokenize_copy(t));
    return is_problem(&wrong) ? wrong : output_finish(&t->out);
}
