#include "src/run/watchdog.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kernels/base/check.h"
#include "kernels/base/clock.h"
#include "mpi/trace.h"
#include "src/log.h"

static struct {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool runs, must_end;
    double limit, pause; /* between two looks */
    int rank;
    char host[64];
} dog = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void describe(const struct trace *t, char *text, size_t n)
{
    if (t->number == 0 && !t->is_inside)
        snprintf(text, n, "before the first collective of the step");
    else
        snprintf(text, n, "%s collective %ld of the step (%s of %d ranks)",
                 t->is_inside ? "waits in" : "in no collective, the last was",
                 t->number, t->collective, t->ranks);
}

static void speak(const struct trace *t, double still, double limit)
{
    char where[160];

    describe(t, where, sizeof where);
    log_last_words("rank %d on %s has made no progress for %.3g s and ends "
                   "at %.3g s (train.watchdog): after step %ld, %s, %s",
                   dog.rank, dog.host, still, limit, t->step, t->phase, where);
}

/* True when it is time to end. */
static bool sleep_a_while(void)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)dog.pause;
    until.tv_nsec += (long)(1e9 * (dog.pause - (double)(time_t)dog.pause));
    if (until.tv_nsec >= 1000000000)
        until.tv_nsec -= 1000000000, until.tv_sec++;
    while (!dog.must_end &&
           pthread_cond_timedwait(&dog.changed, &dog.lock, &until) == 0)
        ;
    return dog.must_end;
}

static void *watch(void *unused)
{
    double still = 0, last = clock_seconds();
    bool has_spoken = false;
    long moves = -1;

    pthread_mutex_lock(&dog.lock);
    while (!sleep_a_while()) {
        struct trace t = trace_now();
        double now = clock_seconds(), passed = now - last;
        double limit = dog.limit * t.patience;

        last = now;
        still += passed < 2 * dog.pause ? passed : 2 * dog.pause;
        if (t.moves != moves)
            moves = t.moves, still = 0, has_spoken = false;
        if (still >= 0.75 * limit && !has_spoken)
            speak(&t, still, limit), has_spoken = true;
        if (still >= limit)
            _exit(1);
    }
    pthread_mutex_unlock(&dog.lock);
    return unused;
}

/* Requests to stop are for the thread that works. */
static int start_thread(void)
{
    sigset_t all, before;
    int failed;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(&dog.thread, NULL, watch, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

void watchdog_start(double seconds, int rank, const char *host)
{
    pthread_condattr_t clock;

    if (seconds <= 0)
        return;
    dog.limit = seconds;
    dog.pause = seconds < 50 ? seconds / 50 : 1;
    dog.rank = rank;
    snprintf(dog.host, sizeof dog.host, "%s", host);
    dog.must_end = false;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&dog.changed, &clock);
    pthread_condattr_destroy(&clock);
    dog.runs = start_thread() == 0;
    CHECK(dog.runs, "no thread for train.watchdog; set it to 0 to run "
                    "without one");
}

void watchdog_stop(void)
{
    if (!dog.runs)
        return;
    pthread_mutex_lock(&dog.lock);
    dog.must_end = true;
    pthread_cond_signal(&dog.changed);
    pthread_mutex_unlock(&dog.lock);
    pthread_join(dog.thread, NULL);
    pthread_cond_destroy(&dog.changed);
    dog.runs = false;
}
