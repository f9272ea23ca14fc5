#include "src/log.h"

#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "kernels/base/check.h"
#include "src/launcher.h"

static bool speaks;
static bool progress_stands; /* the cursor is in a progress line */

void log_init(bool this_process_speaks)
{
    speaks = this_process_speaks;
}

void log_init_early(void)
{
    const char *rank = launcher_rank();

    speaks = !rank || strcmp(rank, "0") == 0;
}

static void end_progress(void)
{
    if (progress_stands)
        fputs("\r\033[K", stdout);
    progress_stands = false;
}

static void put(FILE *to, const char *before, const char *fmt, va_list ap)
{
    if (!speaks)
        return;
    end_progress();
    fflush(stdout);
    fputs(before, to);
    vfprintf(to, fmt, ap);
    fputc('\n', to);
    fflush(to);
}

void log_line(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    put(stdout, "", fmt, ap);
    va_end(ap);
}

void log_warning(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    put(stderr, "warning: ", fmt, ap);
    va_end(ap);
}

void log_error(const char *fmt, ...)
{
    static const struct timespec while_another_speaks = {.tv_nsec = 500000000};
    va_list ap;

    va_start(ap, fmt);
    put(stderr, "skillet: ", fmt, ap);
    va_end(ap);
    if (!speaks)
        nanosleep(&while_another_speaks, NULL);
}

void log_last_words(const char *fmt, ...)
{
    enum { patience = 1000 }; /* milliseconds, with who reads a full pipe */
    char line[1024] = "skillet: ";
    size_t n = strlen(line);
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(line + n, sizeof line - n - 1, fmt, ap);
    va_end(ap);
    n = strlen(line);
    line[n++] = '\n';
    for (const char *at = line; n > 0;) {
        struct pollfd to = {.fd = STDERR_FILENO, .events = POLLOUT};
        ssize_t written;

        if (poll(&to, 1, patience) <= 0)
            return;
        written = write(STDERR_FILENO, at, n);
        if (written <= 0)
            return;
        at += written, n -= (size_t)written;
    }
}

/* mpirun gives its ranks a pseudo-terminal even where its own output goes to a
 * file; what counts is the output of the launcher, our parent. */
static bool launcher_has_terminal(void)
{
    char path[64];
    bool is_terminal;
    int fd;

    snprintf(path, sizeof path, "/proc/%ld/fd/1", (long)getppid());
    fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    is_terminal = fd >= 0 && isatty(fd);
    if (fd >= 0)
        close(fd);
    return is_terminal;
}

bool log_is_terminal(void)
{
    static int known = -1;

    if (known < 0)
        known = isatty(STDOUT_FILENO) &&
                (!launcher_rank() || launcher_has_terminal());
    return speaks && known;
}

/* Columns of the terminal, less one: a full line would wrap. */
static int width(void)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
        return size.ws_col - 1;
    return 79;
}

void log_progress(const char *fmt, ...)
{
    char text[512];
    va_list ap;

    if (!log_is_terminal())
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    end_progress();
    printf("%.*s", width(), text);
    fflush(stdout);
    progress_stands = true;
}

FILE *log_stream(void)
{
    static FILE *nowhere;

    if (speaks)
        return stdout;
    if (!nowhere)
        nowhere = fopen("/dev/null", "w");
    CHECK(nowhere, "cannot open /dev/null");
    return nowhere;
}
