#include "mpi/world.h"

#include <mpi.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kernels/base/check.h"
#include "kernels/base/exit.h"
#include "mpi/comm.h"

static volatile sig_atomic_t stop_signal;
static double started;

static const struct {
    int number;
    const char *name;
} requests[] = {
    {SIGTERM, "SIGTERM"}, {SIGUSR1, "SIGUSR1"}, {SIGUSR2, "SIGUSR2"}};

enum { REQUESTS = sizeof requests / sizeof *requests };

/* May be called where a signal is handled. */
static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Who asks often does so twice at once, the process and its group: timeout
 * does, and batch systems.  Who asks again later wants the end. */
static void note_request(int signal_number)
{
    static volatile double first;
    double now = seconds();

    if (!stop_signal) {
        first = now;
        stop_signal = signal_number;
    }
    if (now - first < 2)
        return;
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void stop_everyone(void)
{
    MPI_Abort(MPI_COMM_WORLD, EXIT_FAILED);
}

static void catch_requests(void)
{
    struct sigaction act = {.sa_handler = note_request,
                            .sa_flags = SA_RESTART};

    sigemptyset(&act.sa_mask);
    for (int i = 0; i < REQUESTS; i++)
        sigaction(requests[i].number, &act, NULL);
    /* A file beyond the limit on its size is a write that fails. */
    signal(SIGXFSZ, SIG_IGN);
}

void world_start(int *argc, char ***argv)
{
    int threads; /* those of the BLAS: one of ours speaks to MPI */

    started = seconds();
    catch_requests();
    MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &threads);
    die_hook = stop_everyone;
    group_open_world();
}

void world_stop(void)
{
    MPI_Finalize();
}

double world_started(void)
{
    return started;
}

const char *world_stop_signal(void)
{
    for (int i = 0; i < REQUESTS; i++)
        if (requests[i].number == stop_signal)
            return requests[i].name;
    return NULL;
}

const char *world_version(void)
{
    static char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;

    MPI_Get_library_version(text, &length);
    text[strcspn(text, "\n")] = '\0';
    return text;
}

const char *world_host(void)
{
    static char name[256];

    gethostname(name, sizeof name - 1);
    return name;
}

int world_rank_on_host(void)
{
    MPI_Comm node;
    int rank;

    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL,
                        &node);
    MPI_Comm_rank(node, &rank);
    MPI_Comm_free(&node);
    return rank;
}
