/* Who is asked to stop while it saves does not save again, and of the time
 * that there is enough is left for what is still to be done.    ranks: 1 2 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/base/clock.h"
#include "mpi/world.h"
#include "src/run/loop.h"
#include "src/run/stop.h"
#include "tests/lib/shard_files.h"
#include "tests/lib/trainers.h"
#include "tests/lib/start.h"
#include "tests/lib/tap.h"

static bool asks;

/* For that of the library: a checkpoint has no name before it. */
int fsync(int file)
{
    char link[64], path[1024] = "";

    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    if (asks && readlink(link, path, sizeof path - 1) > 0 &&
        strstr(path, "/checkpoint-"))
        kill(getpid(), SIGUSR1);
    return 0;
}

/* A limit of 100 s that began so many seconds ago, then a step and a save of
 * so many. */
static bool is_asked(const char *saving, double ago, double step, double save)
{
    const char *const list[] = {"train.time_limit=1:40", saving, NULL};
    struct settings settings;
    struct stop stop;
    bool is_asked;

    settings_init(&settings);
    trainers_set(&settings, list);
    stop_init(&stop, &settings, group_world(), clock_seconds() - ago, 0);
    stop_note_step(&stop, step);
    stop_note_save(&stop, save);
    is_asked = stop_poll(&stop);
    settings_free(&settings);
    return is_asked;
}

static void test_time(void)
{
    static const char *const between = "checkpoint.asynchronous=no";
    static const char *const beside = "checkpoint.asynchronous=yes";

    ok(!is_asked(between, 80, 4, 10), "two steps and a save find room");
    ok(is_asked(between, 80, 6, 10), "longer steps do not");
    ok(is_asked(between, 80, 4, 14), "a longer save does not");
    ok(!is_asked(beside, 70, 4, 10), "two saves do, where one is under way");
    ok(is_asked(beside, 80, 4, 10), "in less time they do not");
    setenv("PBS_WALLTIME", "95", 1);
    ok(is_asked(between, 80, 4, 10), "Torque's time began with the program");
    setenv("PBS_WALLTIME", "0:01:35", 1);
    ok(is_asked(between, 80, 4, 10), "and is read as it writes it");
    setenv("PBS_WALLTIME", "0:02:35", 1);
    ok(!is_asked(between, 80, 4, 10), "it may be the later limit");
    setenv("PBS_WALLTIME", "79", 1);
    ok(!is_asked(between, 80, 4, 10), "a time that is past does not count");
    unsetenv("PBS_WALLTIME");
}

static void test_save(void)
{
    char output[700], path[700];
    const char *const list[] = {"model.layers=1",
                                "model.hidden=16",
                                "model.heads=4",
                                "model.vocabulary=40",
                                "model.context=8",
                                "model.rotary_fraction=1",
                                "train.sequence_length=8",
                                "train.global_batch=4",
                                "train.steps=40",
                                "train.warmup_steps=0",
                                "skills.train=a,b,c",
                                "checkpoint.every=2",
                                "mixture.rounds=2",
                                "evaluate.windows=1",
                                output,
                                NULL};
    struct settings settings;
    int status;

    place_begin();
    snprintf(output, sizeof output, "output.directory=%s/run", directory);
    settings_init(&settings);
    trainers_set(&settings, list);
    asks = true;
    refuse_if(group_world(), loop_train(group_world(), &settings, &status));
    settings_free(&settings);
    snprintf(path, sizeof path, "%s/run/checkpoint-00000002.h5", directory);
    ok(status == 75 && access(path, F_OK) == 0,
       "asked while it saves, it ends with that save: status %d", status);
    path[strlen(path) - strlen("2.h5")] = '3';
    ok(access(path, F_OK) != 0, "there is no other");
}

int main(int argc, char **argv)
{
    start(&argc, &argv);
    unsetenv("SLURM_JOB_END_TIME"); /* of the job that the test runs in */
    unsetenv("PBS_WALLTIME");
    test_time();
    test_save();
    tap_done();
    world_stop();
    return 0;
}
