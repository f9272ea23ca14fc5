/* Whether data ranks keep the moments of their share or of all is not to be
 * seen in any bit of a run; memory and traffic are those of the formulas.
 * ranks: 1 2 3 4 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/device.h"
#include "mpi/trace.h"
#include "src/trainer/evaluation.h"
#include "tests/lib/bits.h"
#include "tests/lib/tap.h"
#include "tests/lib/trainers.h"

enum { STEPS = 5, LAYERS = 3, HIDDEN = 36, LENGTH = 7, BATCH = 24 };

/* Shares of 1, 2, 3 and 4 ranks begin and end within parameters. */
static const char *const base[] = {
    "model.layers=3",           "model.hidden=36",       "model.heads=12",
    "model.intermediate=60",    "model.vocabulary=53",   "model.context=7",
    "train.sequence_length=7",  "train.global_batch=24", "train.steps=5",
    "train.learning_rate=1e-2", "train.warmup_steps=0",  "train.clip=0.5",
    "skills.train=a,b,c",       "train.seed=5",          NULL};

static void open_run(struct trainer *run, int tensor, long zero,
                     const char *const *more)
{
    struct settings *settings = trainers_settings(base);

    trainers_set(settings, more);
    settings->parallel.zero = zero;
    trainers_open(run, settings, group_world(), tensor);
}

static void close_run(struct trainer *run)
{
    trainers_close(run);
}

/* Weights are still on their way when ranks without a window to evaluate have
 * nothing to wait for but the sum of the losses: all go on. */
static void check_idle_ranks(int tensor)
{
    static const char *const large[] = {"model.vocabulary=5003",
                                        "model.layers=9", /* more than begin
                                                             at once */
                                        "evaluate.windows=1", NULL};
    struct trainer run;
    struct evaluation e;

    open_run(&run, tensor, 1, large);
    evaluation_init(&e, run.settings, &run.grid, &run.step.batch);
    step_run(&run.step, &run.sampler, 0, 0);
    evaluation_split(&e, &run.data.validation);
    ok(isfinite(e.loss[0]),
       "%d tensor ranks: an evaluation of less windows "
       "than data ranks",
       tensor);
    evaluation_free(&e);
    close_run(&run);
}

/* Backward of the last micro-batch begins the sum of all that it completes. */
static void check_overlap(int tensor)
{
    static const char *const nothing[] = {NULL};
    struct trainer run;
    struct exchange *e = &run.model.exchange;
    int begun = 0;

    open_run(&run, tensor, 1, nothing);
    step_micro_batch(&run.step, &run.sampler, 0);
    for (int i = 0; i < run.model.parameters.buckets; i++)
        begun += e->is_begun[i];
    exchange_expect(e);
    step_micro_batch(&run.step, &run.sampler, 0);
    for (int i = 0; i < run.model.parameters.buckets; i++)
        begun += e->is_begun[i];
    ok(begun == run.model.parameters.buckets - 1 && !e->is_begun[BUCKET_WHOLE],
       "%d tensor ranks: %d sums begin in the last backward", tensor, begun);
    exchange_sum(e);
    close_run(&run);
}

/* How far a rank has come is told by the number of its collectives, whatever
 * it had to wait for. */
static void check_trace(int tensor)
{
    static const char *const nothing[] = {NULL};
    struct group *g = group_world();
    struct trainer run;
    double most, least;
    int rank;

    open_run(&run, tensor, 1, nothing);
    trace_step(0);
    step_run(&run.step, &run.sampler, 0, 0);
    if (group_rank(g) == 0)
        usleep(20000);
    step_run(&run.step, &run.sampler, 1, 1);
    most = (double)trace_now().number;
    least = -group_largest(g, -most, &rank);
    most = group_largest(g, most, &rank);
    ok(most == least, "%d tensor ranks: all have seen %g collectives", tensor,
       most);
    close_run(&run);
}

/* What two nodes may compute differently is the same after it is shared. */
static void check_copies(int tensor, long zero)
{
    static const char *const nothing[] = {NULL};
    struct trainer run;
    struct parameters *p = &run.model.parameters;
    int rank = group_rank(group_world()), data;
    long whole;
    bool right = true;

    open_run(&run, tensor, zero, nothing);
    data = group_size(run.grid.data);
    whole = p->bucket[BUCKET_WHOLE].n;
    for (long i = 0; i < p->numbers; i++) {
        p->master[i] += (wide)rank;
        p->gradient[i] = (wide)(1 + group_rank(run.grid.tensor));
    }
    exchange_share(&run.model.exchange);
    exchange_settle(&run.model.exchange);
    ok(bits_same(run.grid.data, p->master, p->numbers) &&
           bits_same(run.grid.tensor, p->master, whole),
       "zero %ld, %d tensor ranks: all start from the same weights", zero,
       tensor);
    exchange_sum(&run.model.exchange);
    for (int bucket = 0; bucket < p->buckets; bucket++) {
        struct parameters_range own = parameters_own(p, bucket);
        struct parameters_range summed =
            zero ? own
                 : (struct parameters_range){p->bucket[bucket].at,
                                             p->bucket[bucket].n};

        for (long i = summed.first; i < summed.first + summed.n; i++)
            right &= p->gradient[i] ==
                     data * (i < p->partial ? tensor * (tensor + 1) / 2
                             : i < whole    ? 1
                                            : 1 + rank % tensor);
    }
    ok(right,
       "zero %ld, %d tensor ranks: gradients are summed where they are "
       "partial, taken from the first where they are whole, kept where they "
       "are cut",
       zero, tensor);
    close_run(&run);
}

/* Losses and norms of a run, and its weights at the end. */
struct trained {
    double loss[STEPS], norm[STEPS];
    long numbers;
    real *weight;
};

static struct trained train(int tensor, long zero, const char *const *more)
{
    struct trained t;
    struct trainer run;
    const struct parameters *p = &run.model.parameters;

    open_run(&run, tensor, zero, more);
    for (long i = 0; i < STEPS; i++) {
        struct step_result result = step_run(&run.step, &run.sampler, i, i);

        t.loss[i] = result.loss, t.norm[i] = result.norm;
    }
    exchange_settle(&run.model.exchange);
    t.numbers = p->numbers;
    t.weight = malloc((size_t)t.numbers * sizeof *t.weight);
    device_get(t.weight, p->weight, (size_t)t.numbers * sizeof *t.weight);
    close_run(&run);
    return t;
}

static bool same(const struct trained *a, const struct trained *b)
{
    return !memcmp(a->loss, b->loss, sizeof a->loss) &&
           !memcmp(a->norm, b->norm, sizeof a->norm) &&
           a->numbers == b->numbers &&
           !memcmp(a->weight, b->weight,
                   (size_t)a->numbers * sizeof *a->weight);
}

static void check_bits(int tensor, const char *const *more, const char *name)
{
    struct group *world = group_world();
    struct trained share = train(tensor, 1, more),
                   again = train(tensor, 1, more);
    struct trained all = train(tensor, 0, more);

    ok(share.loss[STEPS - 1] < share.loss[0] - 0.02,
       "%s, %d tensor ranks: "
       "learns, from %.4f to %.4f",
       name, tensor, share.loss[0], share.loss[STEPS - 1]);
    ok(!group_any(world, !same(&share, &again)),
       "%s, %d tensor ranks: run again, it is the same", name, tensor);
    ok(!group_any(world, !same(&share, &all)),
       "%s, %d tensor ranks: zero 0 and 1 are the same", name, tensor);
    free(share.weight);
    free(again.weight);
    free(all.weight);
}

static long round_up(long n, long to)
{
    return (n + to - 1) / to * to;
}

/* Numbers of a flat array, if each parameter begins a line of 16 and each
 * bucket is padded to as many lines for every data rank; joined parameters
 * need less. */
static long most_numbers(const struct parameters *p)
{
    long n = 0;

    for (int bucket = 0; bucket < p->buckets; bucket++) {
        long sum = 0;

        for (int i = 0; i < p->n; i++)
            if (p->list[i].bucket == bucket)
                sum += round_up(p->list[i].piece.piece * p->list[i].cols, 16);
        n += round_up(sum, 16L * p->parts);
    }
    return n;
}

/* 6 + 12/d bytes a number in programs whose reals have 2. */
static void check_memory(int tensor, long zero)
{
    static const char *const nothing[] = {NULL};
    struct trainer run;
    const struct parameters *p = &run.model.parameters;
    size_t n, updated, copies = REAL_IS_WIDE ? 2 : 3;
    long real_numbers = 0;

    open_run(&run, tensor, zero, nothing);
    for (int i = 0; i < p->n; i++)
        real_numbers += p->list[i].piece.piece * p->list[i].cols;
    n = (size_t)p->numbers;
    updated = zero ? n / (size_t)group_size(run.grid.data) : n;
    ok(p->numbers >= real_numbers && p->numbers <= most_numbers(p),
       "%d tensor ranks: %ld numbers are padded to %ld", tensor, real_numbers,
       p->numbers);
    ok(p->weights.size == n * sizeof(real) &&
           p->gradients.size == n * sizeof(wide) &&
           p->moments.size == copies * updated * sizeof(wide),
       "%d tensor ranks, zero %ld: %zu + %zu + %zu bytes", tensor, zero,
       p->weights.size, p->gradients.size, p->moments.size);
    close_run(&run);
}

/* What a step hands to the collectives of the tensor ranks: u numbers, one for
 * each hidden unit of each token, by the embedding, as often as a block sums
 * forward and backward, and by the loss; what makes the loss, by token; and at
 * the step's end what is partial, and this data rank's share of what is
 * whole. */
static struct group_traffic tensor_traffic(const struct trainer *run)
{
    const struct shape *shape = &run->model.shape;
    const struct parameters *p = &run->model.parameters;
    long micro = BATCH / group_size(run->grid.data) / shape->sequences;
    long sums = 2 + LAYERS * (shape->parallel_residual ? 2 : 4);
    long blocks = (shape->tokens + 255) / 256; /* of rows of logits */
    int64_t u = (int64_t)(shape->tokens * HIDDEN) * (int64_t)sizeof(real);

    if (group_size(run->grid.tensor) == 1)
        return (struct group_traffic){0};
    return (struct group_traffic){
        .calls = micro * (sums + 2 * blocks) + 2,
        .bytes = micro * (sums * u + 3 * shape->tokens * (long)sizeof(wide)) +
                 (p->partial + p->bucket[BUCKET_WHOLE].n / p->parts) *
                     (long)sizeof(wide),
    };
}

/* And of the data ranks: gradients to be summed, then weights, or sums, to be
 * gathered. */
static struct group_traffic data_traffic(const struct trainer *run)
{
    const struct parameters *p = &run->model.parameters;
    size_t gathered = p->has_all_moments ? sizeof(wide) : sizeof(real);

    if (p->parts == 1)
        return (struct group_traffic){0};
    return (struct group_traffic){
        .calls = 2 * p->buckets,
        .bytes = p->numbers * (int64_t)(sizeof(wide) + gathered),
    };
}

static bool has_moved(const struct group *g, struct group_traffic before,
                      struct group_traffic want)
{
    struct group_traffic now = group_traffic(g);

    return now.calls - before.calls == want.calls &&
           now.bytes - before.bytes == want.bytes;
}

static void check_traffic(int tensor, long zero, const char *const *more,
                          const char *name)
{
    struct trainer run;
    struct group_traffic before[2];

    open_run(&run, tensor, zero, more);
    before[0] = group_traffic(run.grid.tensor);
    before[1] = group_traffic(run.grid.data);
    step_run(&run.step, &run.sampler, 0, 0);
    ok(has_moved(run.grid.tensor, before[0], tensor_traffic(&run)),
       "%s, %d tensor ranks: they exchange %lld bytes a step", name, tensor,
       (long long)tensor_traffic(&run).bytes);
    ok(has_moved(run.grid.data, before[1], data_traffic(&run)),
       "%s, zero %ld, %d tensor ranks: data ranks exchange %lld bytes a step",
       name, zero, tensor, (long long)data_traffic(&run).bytes);
    close_run(&run);
}

static void check_all(int tensor)
{
    static const struct {
        const char *name, *settings[5];
    } cases[] = {
        {"parallel", {NULL}},
        {"parallel, recompute", {"train.recompute=block", NULL}},
        {"sequential, tied, micro-batches",
         {"model.parallel_residual=no", "model.tied=yes",
          "train.micro_batch=2", NULL}},
    };

    check_idle_ranks(tensor);
    check_overlap(tensor);
    check_trace(tensor);
    for (int zero = 0; zero < 2; zero++) {
        check_copies(tensor, zero);
        check_memory(tensor, zero);
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_bits(tensor, cases[i].settings, cases[i].name);
        for (int zero = 0; zero < 2; zero++)
            check_traffic(tensor, zero, cases[i].settings, cases[i].name);
    }
}

int main(int argc, char **argv)
{
    int ranks;

    world_start(&argc, &argv);
    ranks = group_size(group_world());
    for (int tensor = 1; tensor <= ranks; tensor++)
        if (ranks % tensor == 0)
            check_all(tensor);
    tap_done();
    world_stop();
    return 0;
}
