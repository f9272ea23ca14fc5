/* With data.mask=document a window of k documents is k sequences: the same
 * losses and gradients.  Samples are documents already.    ranks: 1 2 4
 * (double alone: sums are in another order) */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/device.h"
#include "tests/lib/packed_files.h"
#include "tests/lib/sample_files.h"
#include "tests/lib/trainers.h"
#include "tests/lib/start.h"
#include "tests/lib/tap.h"

/* More than one block of queries, even on a GPU; documents have up to 13
 * tokens with their end. */
enum { LENGTH = 150, SEQUENCES = 3 };

static const char *const base[] = {"model.layers=2",
                                   "model.hidden=16",
                                   "model.heads=4",
                                   "model.intermediate=24",
                                   "model.context=150",
                                   "model.rotary_fraction=1",
                                   "train.sequence_length=150",
                                   "train.global_batch=3",
                                   "train.seed=7",
                                   "skills.train=p,q,r",
                                   NULL};

/* What is kept of one computation. */
struct given {
    wide losses[SEQUENCES * LENGTH];
    double *gradient;
    long numbers;
};

static void take_gradient(const struct parameters *p, struct given *g)
{
    size_t bytes = (size_t)p->numbers * sizeof(wide);
    wide *host = malloc(bytes);

    if (!g->gradient)
        g->gradient = calloc((size_t)p->numbers, sizeof *g->gradient);
    CHECK(host && g->gradient, "no memory");
    g->numbers = p->numbers;
    device_get(host, p->gradient, bytes);
    for (long i = 0; i < p->numbers; i++)
        g->gradient[i] += (double)host[i];
    free(host);
}

/* A model of the same weights for one sequence of n tokens. */
static void add_document(const struct shape *shape, const struct grid *grid,
                         const struct batch *b, long first, long n,
                         struct given *g)
{
    struct shape own = *shape;
    struct model m;

    own.has_documents = false;
    shape_batch(&own, 1, n);
    model_init(&m, &own, grid);
    model_randomise(&m, 7);
    model_gradients(&m,
                    &(struct model_batch){.token = b->token + first,
                                          .target = b->target + first},
                    1, &(struct model_result){.losses = g->losses + first});
    take_gradient(&m.parameters, g);
    model_free(&m);
}

/* Where the next document starts, by the ids alone. */
static long document_end(const struct batch *b, long first)
{
    long t = first + 1;

    while (t % LENGTH && b->token[t - 1] != PACKED_END)
        t++;
    return t;
}

static void check_windows(const char *const *extra, const char *name)
{
    struct group *world = group_world();
    struct trainer run;
    struct batch *b = &run.step.batch;
    struct given whole = {0}, parts = {0};
    long documents = 0;
    double loss = 0, gradient = 0, largest = 0;
    struct settings *settings = trainers_settings(base);

    trainers_set(settings, extra);
    trainers_open(&run, settings, world, group_size(world));
    for (long i = 0; i < SEQUENCES; i++)
        batch_read(b, i, &run.data.train, (struct sampler_draw){(int)i, 2 + i},
                   LOSS_ALL);
    batch_gradients(b, 1);
    memcpy(whole.losses, b->losses, sizeof whole.losses);
    take_gradient(&run.model.parameters, &whole);
    for (long t = 0; t < SEQUENCES * LENGTH; documents++) {
        long n = document_end(b, t) - t;

        add_document(&run.model.shape, &run.grid, b, t, n, &parts);
        t += n;
    }
    for (long t = 0; t < SEQUENCES * LENGTH; t++)
        loss =
            worse(loss, fabs((double)(whole.losses[t] / parts.losses[t]) - 1));
    for (long i = 0; i < whole.numbers; i++) {
        gradient =
            worse(gradient, fabs(whole.gradient[i] - parts.gradient[i]));
        largest = fmax(largest, fabs(parts.gradient[i]));
    }
    ok(loss < 1e-12, "%s: losses of %ld documents in %d windows, off by %.1e",
       name, documents, SEQUENCES, loss);
    ok(gradient / largest < 1e-12, "%s: and their gradients, off by %.1e",
       name, gradient / largest);
    free(whole.gradient);
    free(parts.gradient);
    trainers_close(&run);
}

static void train_samples(const char *mask, double *losses)
{
    char data[600], argument[64];
    struct trainer run;

    snprintf(data, sizeof data, "data.directory=%s", directory);
    snprintf(argument, sizeof argument, "data.mask=%s", mask);
    struct settings *settings = trainers_settings(base);

    trainers_set(settings,
                 (const char *const[]){
                     data, argument, "model.context=9",
                     "train.sequence_length=9", "train.global_batch=4",
                     "skills.train=a,b", "train.steps=3", NULL});
    trainers_open(&run, settings, group_world(), 1);
    for (int i = 0; i < 3; i++)
        losses[i] = step_run(&run.step, &run.sampler, i, i).loss;
    trainers_close(&run);
}

static void check_samples(void)
{
    double without[3], with[3];

    sample_files_begin();
    train_samples("none", without);
    train_samples("document", with);
    sample_files_end();
    ok(!memcmp(without, with, sizeof with),
       "samples: the losses of three steps, %.17g and %.17g at last", with[2],
       without[2]);
}

int main(int argc, char **argv)
{
    char data[600];
    const char *const parallel[] = {data, "data.mask=document", NULL};
    const char *const sequential[] = {data, "data.mask=document",
                                      "model.parallel_residual=no",
                                      "train.recompute=block", NULL};

    start(&argc, &argv);
    place_begin();
    packed_files_write();
    snprintf(data, sizeof data, "data.directory=%s", directory);
    check_windows(parallel, "parallel");
    check_windows(sequential, "sequential, computed again");
    packed_files_remove();
    place_end();
    check_samples();
    tap_done();
    world_stop();
    return 0;
}
