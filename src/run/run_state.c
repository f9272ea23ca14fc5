#include "src/run/run_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "io/shards/corpus.h"
#include "kernels/base/memory.h"
#include "kernels/device.h"
#include "mpi/world.h"

void run_state_list(struct trainer *t, struct run_state *room,
                    struct arrays *a)
{
    arrays_add(a, "run/progress", H5_I64, sizeof t->at / sizeof(int64_t), 1,
               &t->at);
    arrays_add(a, "run/tokens", H5_F64, 1, 1, &t->tokens);
    arrays_add(a, "run/metrics_bytes", H5_I64, 1, 1, &room->metrics_bytes);
    arrays_add(a, "mixture/p", H5_F64, (uint64_t)t->data.train.skills.n, 1,
               t->p);
    skips_state(&t->skips, a);
    sampler_state(&t->sampler, a);
    mixture_state(&t->mixture, a);
    policy_state(&t->policy, a);
}

struct problem run_state_given(struct trainer *t, struct arrays *a,
                               uint64_t **fingerprint)
{
    struct data_split *splits[] = {&t->data.train, &t->data.validation};
    static const char *const of[][2] = {
        {"names/train", "data/train"},
        {"names/validation", "data/validation"}};
    struct problem wrong = NO_PROBLEM;
    uint64_t *next;

    *fingerprint = next =
        memory_take((size_t)(splits[0]->skills.n + splits[1]->skills.n),
                    sizeof *next, "fingerprints of the data");
    for (int i = 0; i < 2; i++) {
        const struct names *skills = &splits[i]->skills;

        arrays_add(a, of[i][0], H5_TEXT, (uint64_t)skills->n, SKILL_NAME_BYTES,
                   skills->at);
        arrays_add(a, of[i][1], H5_U64, (uint64_t)skills->n, 1, next);
        for (int j = 0; splits[i]->corpora && j < skills->n; j++)
            if (!is_problem(&wrong))
                wrong = corpus_fingerprint(&splits[i]->corpora[j], next + j);
        next += skills->n;
    }
    policy_given(&t->policy, a);
    return wrong;
}

void run_state_environment(const struct grid *grid,
                           char text[RUN_STATE_ENVIRONMENT])
{
    const char *threads = getenv("OMP_NUM_THREADS");

    memset(text, 0, RUN_STATE_ENVIRONMENT);
    snprintf(text, RUN_STATE_ENVIRONMENT,
             "%.40s with %s on %s, %.100s, BLAS %.100s, %d tensor x %d data "
             "ranks, %.10s threads",
             PACKAGE_STRING, PRECISION, device_name(), world_version(),
             SKILLET_BLAS, group_size(grid->tensor), group_size(grid->data),
             threads ? threads : "all");
}
