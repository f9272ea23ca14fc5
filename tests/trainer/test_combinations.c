/* Whatever is switched on together, a run is that of one plain rank: losses of
 * all steps and skills, validation, and the mixtures of an online policy, for
 * every pair of switches.    ranks: 1 2 4 */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernels/device.h"
#include "src/run/loop.h"
#include "tests/lib/packed_files.h"
#include "tests/lib/pairs.h"
#include "tests/lib/sample_files.h"
#include "tests/lib/trainers.h"
#include "tests/lib/start.h"
#include "tests/lib/tap.h"
#include "tests/lib/told.h"

/* Promise 1. */
static const double tolerance = 1e-10;

static const char *const base[] = {"model.layers=2",
                                   "model.hidden=16",
                                   "model.heads=4",
                                   "model.intermediate=24",
                                   "model.context=18",
                                   "model.rotary_fraction=0.5",
                                   "train.sequence_length=18",
                                   "train.global_batch=12",
                                   "train.learning_rate=3e-3",
                                   "train.minimum_learning_rate=1e-4",
                                   "train.warmup_steps=4",
                                   "train.seed=3",
                                   "mixture.rounds=4",
                                   "mixture.eta=2",
                                   "checkpoint.every=0",
                                   "evaluate.windows=8",
                                   "train.steps=20",
                                   NULL};

/* A simulated GPU is slow; on one rank test_ops and its like tell enough. */
static const char *const short_run[] = {
    "train.steps=2",           "mixture.rounds=1",     "evaluate.windows=1",
    "train.sequence_length=9", "train.global_batch=4", NULL};

/* Values are settings, parted by blanks; the first of a factor that may not
 * matter is what the plain rank has. */
struct factor {
    bool matters; /* to the losses */
    bool on_gpu;  /* is more than the host's work */
    const char *values[PAIRS_LEVELS];
};

static const struct factor factors[] = {
    {false,
     true,
     {"parallel.tensor=1", "parallel.tensor=2", "parallel.tensor=4"}},
    {false, true, {"train.micro_batch=0", "train.micro_batch=1"}},
    {false,
     true,
     {"train.recompute=none", "train.recompute=attention",
      "train.recompute=block"}},
    {false, true, {"parallel.zero=0", "parallel.zero=1"}},
    {true,
     true,
     {"model.parallel_residual=yes", "model.parallel_residual=no"}},
    {true, true, {"model.tied=no", "model.tied=yes"}},
    {true, true, {"data.mask=none", "data.mask=document"}},
    {true, true, {"train.z_loss=0", "train.z_loss=1e-2"}},
    {true,
     true,
     {"skills.train=p,q,r skills.evaluate=p,q,r",
      "skills.train=b,plain skills.evaluate=b,plain",
      "skills.train=b skills.evaluate=b train.loss=answer"}},
    {true,
     false,
     {"train.loss_denominator=real", "train.loss_denominator=all"}},
    {true,
     false,
     {"train.schedule=constant", "train.schedule=linear",
      "train.schedule=cosine", "train.schedule=wsd",
      "train.schedule=inverse-square-root train.rewarm_at=9"}},
    {true, false, {"mixture.policy=stratified", "mixture.policy=skill-it"}},
};

enum { FACTORS = sizeof factors / sizeof *factors };

/* Those of a GPU are slow where it is simulated. */
static bool is_used(int factor)
{
    return device_is_host() || factors[factor].on_gpu;
}

/* Of the values of a factor those that these ranks can have: 1, 2 or 4 tensor
 * by 1, 2 or 4 data ranks. */
static int first_value(int factor)
{
    int i = 0;

    while (factor == 0 && group_size(group_world()) > 4 << i)
        i++;
    return i;
}

static int values(int factor)
{
    int n = 0;

    while (n < PAIRS_LEVELS && factors[factor].values[n])
        n++;
    while (factor == 0 && group_size(group_world()) < 1 << (n - 1))
        n--;
    return is_used(factor) ? n - first_value(factor) : 1;
}

static const char *value_of(int factor, const int *row)
{
    return factors[factor].values[first_value(factor) + row[factor]];
}

static void add_words(struct settings *s, const char *words)
{
    char text[256], *rest = text, *word;

    snprintf(text, sizeof text, "%s", words);
    while ((word = strtok_r(rest, " ", &rest)))
        trainers_set(s, (const char *const[]){word, NULL});
}

static void remove_run(const char *path)
{
    DIR *list = opendir(path);
    struct dirent *file;
    char name[1600];

    CHECK(list, "no run in %s", path);
    while ((file = readdir(list))) {
        snprintf(name, sizeof name, "%s/%s", path, file->d_name);
        unlink(name);
    }
    closedir(list);
    CHECK(rmdir(path) == 0, "%s is not empty", path);
}

/* A run of the row; of its plain form on one rank, without what may not
 * matter. */
static int train(struct group *g, const int *row, bool is_plain,
                 struct told *told)
{
    char data[600], output[700], path[600], metrics[700];
    struct settings s;
    struct problem wrong;
    int status;

    settings_init(&s);
    trainers_set(&s, base);
    snprintf(path, sizeof path, "%s/run", directory);
    snprintf(data, sizeof data, "data.directory=%s", directory);
    snprintf(output, sizeof output, "output.directory=%s", path);
    trainers_set(&s, (const char *const[]){data, output, NULL});
    if (!device_is_host())
        trainers_set(&s, short_run);
    for (int f = 0; f < FACTORS; f++)
        if (is_used(f))
            add_words(&s, is_plain && !factors[f].matters
                              ? factors[f].values[0]
                              : value_of(f, row));
    wrong = loop_train(g, &s, &status);
    CHECK(!is_problem(&wrong), "%s", wrong.text);
    settings_free(&s);
    if (group_rank(g) == 0) {
        snprintf(metrics, sizeof metrics, "%s/metrics.jsonl", path);
        told_read(told, metrics);
        remove_run(path);
    }
    group_barrier(g);
    return status;
}

static void check_row(struct group *alone, const int *row)
{
    struct group *world = group_world();
    struct told plain = {.n = 0}, all = {.n = 0};
    char name[1024];
    size_t n = 0;
    double off = 0;
    int status = 0;

    if (group_rank(world) == 0)
        status = train(alone, row, true, &plain);
    group_barrier(world);
    status += train(world, row, false, &all);
    for (int f = 0; f < FACTORS; f++)
        if (is_used(f))
            n += (size_t)snprintf(name + n, sizeof name - n, " %s",
                                  value_of(f, row));
    if (group_rank(world) == 0)
        off = told_worst(&all, &plain);
    ok(status == 0 && off < tolerance, "%d numbers off by %.1e:%s", all.n, off,
       name);
}

static void check_pairs(const struct pairs *p)
{
    int missing = 0, all = 0;

    for (int f = 0; f < p->factors; f++)
        for (int g = f + 1; g < p->factors; g++)
            for (int v = 0; v < p->levels[f]; v++)
                for (int w = 0; w < p->levels[g]; w++, all++)
                    missing += !pairs_has(p, f, v, g, w);
    ok(missing == 0, "%d rows have all %d pairs of %d factors but %d", p->rows,
       all, p->factors, missing);
}

int main(int argc, char **argv)
{
    struct pairs p = {.factors = FACTORS};
    struct group *alone;

    start(&argc, &argv);
    alone = group_split(group_world(), group_rank(group_world()));
    sample_files_begin();
    packed_files_write();
    for (int f = 0; f < FACTORS; f++)
        p.levels[f] = values(f);
    pairs_make(&p);
    check_pairs(&p);
    if (!device_is_host() && group_size(group_world()) == 1)
        p.rows = 0;
    for (int r = 0; r < p.rows; r++)
        check_row(alone, p.row[r]);
    packed_files_remove();
    sample_files_end();
    group_free(alone);
    tap_done();
    world_stop();
    return 0;
}
