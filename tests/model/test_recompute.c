/* What backward computes again changes no bit of losses and gradients, moves
 * nothing between ranks, and saves the memory that block.h says.
 * ranks: 1 2 4 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"
#include "kernels/device.h"
#include "tests/lib/start.h"
#include "tests/lib/tap.h"
#include "tests/lib/trainers.h"

enum { LAYERS = 3, HIDDEN = 16, HEADS = 4, INNER = 24, TOKENS = 3 * 70 };

/* Two blocks of queries, and hidden units that are not 4 hidden. */
static const char *const base[] = {"model.layers=3",
                                   "model.hidden=16",
                                   "model.heads=4",
                                   "model.intermediate=24",
                                   "model.vocabulary=61",
                                   "model.context=70",
                                   "train.global_batch=3",
                                   "train.sequence_length=70",
                                   "train.seed=5",
                                   "model.rotary_fraction=1",
                                   NULL};

/* What a model with one way to recompute gives, from one micro-batch. */
struct given {
    wide losses[TOKENS];
    wide *gradient;
    long numbers;
    struct group_traffic traffic;
    size_t bytes, bytes_a_layer;
};

static size_t activation_bytes(const struct settings *s, struct group *tensor,
                               long layers)
{
    struct shape shape;
    struct grid grid;
    struct model m;
    size_t bytes;

    refuse_if(tensor, shape_init(&shape, s, 0));
    refuse_if(tensor,
              shape_share(&shape, group_size(tensor), group_rank(tensor)));
    shape_batch(&shape, 3, s->train.sequence_length);
    shape.layers = layers;
    grid_init(&grid, tensor, group_size(tensor));
    model_init(&m, &shape, &grid);
    bytes = m.activations.size;
    model_free(&m);
    grid_free(&grid);
    return bytes;
}

/* Biases start at 0, where a rounded sum can't be seen. */
static void disturb(struct parameters *p)
{
    for (int i = 0; i < p->n; i++)
        for (long j = 0; p->list[i].cols == 1 && j < p->list[i].piece.n; j++) {
            real x = real_from(0.3 * sin(1.7 * (double)i + 0.9 * (double)j));

            device_put(p->weight + p->list[i].at + j, &x, sizeof x);
        }
}

static void compute(struct model *m, struct given *given)
{
    struct parameters *p = &m->parameters;
    size_t bytes = (size_t)p->numbers * sizeof *p->gradient;
    struct group_traffic before = group_traffic(m->tensor), after;
    int32_t token[TOKENS], target[TOKENS];

    for (int i = 0; i < TOKENS; i++) {
        token[i] = (i * i + 3) % 61;
        target[i] = i % 11 ? (i * 5 + 1) % 61 : -1;
    }
    disturb(p);
    /* Twice: what is shared has then served other blocks. */
    for (int i = 0; i < 2; i++)
        model_gradients(
            m, &(struct model_batch){.token = token, .target = target}, 0.5,
            &(struct model_result){.losses = given->losses});
    after = group_traffic(m->tensor);
    given->traffic.calls = after.calls - before.calls;
    given->traffic.bytes = after.bytes - before.bytes;
    given->numbers = p->numbers;
    given->gradient = malloc(bytes);
    CHECK(given->gradient, "no memory");
    device_get(given->gradient, p->gradient, bytes);
}

static struct given give(enum settings_recompute recompute,
                         const char *const *extra)
{
    struct given given = {0};
    struct trainer run;
    struct group *world = group_world();
    struct settings *settings = trainers_settings(base);

    trainers_set(settings, extra);
    settings->train.recompute = (int)recompute;
    given.bytes = activation_bytes(settings, world, LAYERS);
    given.bytes_a_layer =
        activation_bytes(settings, world, LAYERS + 1) - given.bytes;
    trainers_open(&run, settings, world, group_size(world));
    compute(&run.model, &given);
    trainers_close(&run);
    return given;
}

/* As an arena takes it. */
static size_t taken(long numbers, size_t each)
{
    return ((size_t)numbers * each + 63) / 64 * 64;
}

/* Of one block, by the table of block.h: x and z, u, and the rest. */
struct parts {
    size_t kept, units, rest;
};

static struct parts parts(bool parallel)
{
    long t = group_size(group_world()), width = HIDDEN / t;
    size_t whole = taken(TOKENS * HIDDEN, sizeof(real));
    size_t inner = taken(TOKENS * INNER / t, sizeof(real));

    return (struct parts){
        .kept = whole + (parallel ? 0 : whole),
        .units = inner,
        .rest = 2 * whole + taken(TOKENS * 3 * width, sizeof(real)) +
                taken(TOKENS * width, sizeof(real)) + inner +
                4 * taken(TOKENS, sizeof(wide)) +
                taken(TOKENS * HEADS / t, sizeof(wide)),
    };
}

static void check_bytes(const struct given *some, const struct given *none,
                        enum settings_recompute recompute, struct parts p,
                        const char *name)
{
    size_t own = recompute == RECOMPUTE_BLOCK ? p.kept
                 : recompute == RECOMPUTE_ATTENTION
                     ? p.kept + p.units
                     : p.kept + p.units + p.rest;
    size_t saved = p.kept + p.units + p.rest - own;

    ok(some->bytes_a_layer == own, "%s: a block keeps %zu bytes of %zu", name,
       some->bytes_a_layer, own);
    ok(none->bytes - some->bytes == (LAYERS - 1) * saved,
       "%s: %zu bytes less, of %zu", name, none->bytes - some->bytes,
       (LAYERS - 1) * saved);
}

static void check(const char *const *extra, bool parallel,
                  const char *residual)
{
    static const char *const words[] = {"none", "attention", "block"};
    struct given none = give(RECOMPUTE_NONE, extra);

    check_bytes(&none, &none, RECOMPUTE_NONE, parts(parallel), residual);
    for (int i = RECOMPUTE_ATTENTION; i <= RECOMPUTE_BLOCK; i++) {
        struct given some = give(i, extra);
        char name[64];

        snprintf(name, sizeof name, "%s, %s", residual, words[i]);
        ok(!memcmp(some.losses, none.losses, sizeof none.losses),
           "%s: losses, bit by bit", name);
        ok(!memcmp(some.gradient, none.gradient,
                   (size_t)none.numbers * sizeof *none.gradient),
           "%s: gradients, bit by bit", name);
        ok(some.traffic.calls == none.traffic.calls &&
               some.traffic.bytes == none.traffic.bytes,
           "%s: %lld bytes in %lld collectives, as without", name,
           (long long)some.traffic.bytes, (long long)some.traffic.calls);
        check_bytes(&some, &none, i, parts(parallel), name);
        free(some.gradient);
    }
    free(none.gradient);
}

int main(int argc, char **argv)
{
    static const char *const parallel[] = {NULL};
    static const char *const sequential[] = {
        "model.parallel_residual=no", "model.activation=gelu-tanh", NULL};

    start(&argc, &argv);
    check(parallel, true, "parallel");
    check(sequential, false, "sequential");
    tap_done();
    world_stop();
    return 0;
}
