/* A save in the background is the save of its start, whatever is trained until
 * its end; and each is read as it was written.    ranks: 1 2 4 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "kernels/device.h"
#include "src/run/save_background.h"
#include "tests/lib/checkpoint_content.h"
#include "tests/lib/trainers.h"

/* 61 ids and three skills go into no number of ranks. */
static const char *const base[] = {"model.layers=2",
                                   "model.hidden=24",
                                   "model.heads=4",
                                   "model.intermediate=36",
                                   "model.vocabulary=61",
                                   "model.context=8",
                                   "model.rotary_fraction=1",
                                   "train.sequence_length=8",
                                   "train.global_batch=4",
                                   "train.steps=8",
                                   "train.warmup_steps=0",
                                   "skills.train=a,b,c",
                                   NULL};

enum { STATE = 3 };

static void take_step(struct trainer *run, long i, int64_t *state)
{
    step_run(&run->step, &run->sampler, i, i);
    for (long k = 0; k < STATE; k++)
        state[k] += i + k;
}

/* Whether two checkpoints have the same bytes; removes the second. */
static bool same_files(const char *a, const char *b)
{
    size_t n, m;
    char *one = content_load(a, &n), *two = content_load(b, &m);
    bool same = n == m && memcmp(one, two, n) == 0;

    free(one);
    free(two);
    group_barrier(group_world());
    if (rank() == 0)
        unlink(b);
    return same;
}

static struct checkpoint named(const char *in, int64_t step)
{
    struct checkpoint c;

    settled(checkpoint_init(&c, in, step));
    return c;
}

/* What was saved at step 2 comes back, and is saved again as it was. */
static void check_read(struct trainer *run, const struct save *s,
                       const char *path, const char *elsewhere)
{
    struct checkpoint c;

    settled(checkpoint_open(&c, group_world(), path));
    settled(save_read(s, &c));
    settled(save_read_arrays(s, &c));
    settled(save_write(s, elsewhere, 2, 20));
    ok(same_files(path, named(elsewhere, 2).path.text),
       "%d x %d: read and saved again, it is the same",
       group_size(run->grid.tensor), group_size(run->grid.data));
    checkpoint_free(&c);
}

static void check_grid(int tensor, const char *elsewhere)
{
    struct trainer run;
    struct save_background b;
    int64_t state[STATE] = {0};
    struct arrays a = {0};
    struct save s = {&run.model.parameters, &run.grid, &a};
    char *path, *later;
    long i = 0;
    struct settings *settings = trainers_settings(base);

    trainers_open(&run, settings, group_world(), tensor);
    arrays_add(&a, "run/state", H5_I64, STATE, 1, state);
    save_background_init(&b, &s);
    for (; i < 2; i++)
        take_step(&run, i, state);
    settled(save_write(&s, elsewhere, 2, 20));
    for (int again = 0; again < 2; again++) {
        settled(save_background_start(&b, &s, directory, i, 10 * i));
        take_step(&run, i++, state);
        take_step(&run, i++, state);
        settled(save_background_finish(&b));
    }
    path = strdup(named(directory, 2).path.text);
    later = strdup(named(directory, 4).path.text);
    ok(same_files(path, named(elsewhere, 2).path.text),
       "%d x %d: the same as a save without steps", tensor,
       group_size(run.grid.data));
    check_read(&run, &s, path, elsewhere);
    ok(!same_files(path, later), "%d x %d: a later one is another", tensor,
       group_size(run.grid.data));
    if (rank() == 0)
        unlink(path);
    free(path);
    free(later);
    save_background_free(&b);
    arrays_free(&a);
    trainers_close(&run);
}

/* Each rank has the moments of its share of the weights, or of all: the file
 * is the same. */
static void check_zero(int tensor, const char *elsewhere)
{
    const char *const in[] = {elsewhere, directory};
    struct arrays none = {0};
    char *path = strdup(named(directory, 2).path.text);

    for (int zero = 0; zero < 2; zero++) {
        struct trainer run;
        struct save s = {&run.model.parameters, &run.grid, &none};

        struct settings *settings = trainers_settings(base);

        settings->parallel.zero = zero;
        trainers_open(&run, settings, group_world(), tensor);
        for (long i = 0; i < 2; i++)
            step_run(&run.step, &run.sampler, i, i);
        settled(save_write(&s, in[zero], 2, 20));
        trainers_close(&run);
    }
    ok(same_files(path, named(elsewhere, 2).path.text),
       "%d x %d: the same with zero 0 and 1", tensor,
       group_size(group_world()) / tensor);
    if (rank() == 0)
        unlink(path);
    free(path);
}

int main(int argc, char **argv)
{
    char elsewhere[600];

    world_start(&argc, &argv);
    place_begin();
    snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", directory);
    if (rank() == 0)
        mkdir(elsewhere, 0777);
    for (int tensor = 1; tensor <= group_size(group_world()); tensor *= 2) {
        check_grid(tensor, elsewhere);
        check_zero(tensor, elsewhere);
    }
    if (rank() == 0)
        rmdir(elsewhere);
    place_end();
    tap_done();
    world_stop();
    return 0;
}
