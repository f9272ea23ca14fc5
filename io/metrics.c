#include "io/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/utf8.h"
#include "kernels/base/memory.h"

static struct problem open_file(struct metrics *m, const char *path, int flags)
{
    *m = (struct metrics){.room = (size_t)1 << 16};
    m->fd =
        open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | flags, 0666);
    if (m->fd < 0)
        return problem("%s: cannot be written: %s", path, strerror(errno));
    m->path = memory_text(path);
    m->line = memory_take(m->room, 1, "bytes of a line");
    return NO_PROBLEM;
}

int64_t metrics_bytes(const struct metrics *m)
{
    return m->written + (int64_t)m->used;
}

struct problem metrics_sync(const struct metrics *m)
{
    if (fsync(m->fd) == 0 || errno == EINVAL) /* a device */
        return NO_PROBLEM;
    return problem("%s: cannot be written to the disk: %s", m->path,
                   strerror(errno));
}

void metrics_last(const char *path, char *line, size_t n)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    off_t end = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
    off_t from = end < (off_t)n ? 0 : end - (off_t)n + 1;
    ssize_t got = fd < 0 ? 0 : pread(fd, line, n - 1, from);
    char *last;

    if (fd >= 0)
        close(fd);
    line[got > 0 ? got : 0] = '\0';
    if (got > 0 && line[got - 1] == '\n')
        line[got - 1] = '\0';
    last = strrchr(line, '\n');
    if (last)
        memmove(line, last + 1, strlen(last + 1) + 1);
    else if (from > 0)
        *line = '\0';
}

/* Bytes of the whole lines at the start of the file. */
static int64_t whole_lines(const char *path, int64_t end)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char c = 0;

    while (end > 0 && pread(fd, &c, 1, end - 1) == 1 && c != '\n')
        end--;
    if (fd >= 0)
        close(fd);
    return end;
}

struct problem metrics_create(struct metrics *m, const char *path)
{
    return open_file(m, path, O_EXCL);
}

void metrics_close(struct metrics *m)
{
    close(m->fd);
    free(m->path);
    free(m->line);
    *m = (struct metrics){.fd = -1};
}

/* The first lines of a run find the room that all need. */
static void put(struct metrics *m, const char *bytes, size_t n)
{
    if (m->used + n > m->room) {
        m->room = 2 * (m->used + n);
        m->line = memory_grow(m->line, m->room, 1, "bytes of a line");
    }
    memcpy(m->line + m->used, bytes, n);
    m->used += n;
}

static void put_text(struct metrics *m, const char *text)
{
    put(m, text, strlen(text));
}

static void put_string(struct metrics *m, const char *text)
{
    put_text(m, "\"");
    while (*text) {
        size_t n = utf8_sequence(text);
        unsigned char c = (unsigned char)*text;
        char escape[8];

        if (n == 0)
            put_text(m, "\\ufffd");
        else if (c == '"' || c == '\\')
            put(m, (char[]){'\\', *text}, 2);
        else if (c < ' ' || c == 127)
            put(m, escape, (size_t)sprintf(escape, "\\u%04x", c));
        else
            put(m, text, n);
        text += n ? n : 1;
    }
    put_text(m, "\"");
}

static void put_number(struct metrics *m, double x)
{
    char text[32] = "null";

    if (isfinite(x))
        sprintf(text, "%.17g", x);
    put_text(m, text);
}

static void put_name(struct metrics *m, const char *name)
{
    put_text(m, ",");
    put_string(m, name);
    put_text(m, ":");
}

void metrics_begin(struct metrics *m, const char *event)
{
    put_text(m, "{\"event\":");
    put_string(m, event);
}

void metrics_number(struct metrics *m, const char *name, double x)
{
    put_name(m, name);
    put_number(m, x);
}

void metrics_integer(struct metrics *m, const char *name, long x)
{
    char text[32];

    put_name(m, name);
    put(m, text, (size_t)sprintf(text, "%ld", x));
}

void metrics_text(struct metrics *m, const char *name, const char *text)
{
    put_name(m, name);
    put_string(m, text);
}

void metrics_numbers(struct metrics *m, const char *name,
                     const char *const *names, const double *x, long n)
{
    put_name(m, name);
    put_text(m, "{");
    for (long i = 0; i < n; i++) {
        if (i > 0)
            put_text(m, ",");
        put_string(m, names[i]);
        put_text(m, ":");
        put_number(m, x[i]);
    }
    put_text(m, "}");
}

/* Lines of a checkpoint's time that never came to the file: one as long as all
 * of them stands for them, so that what it says of the file stays true.  It
 * waits as they did. */
static void stand_in(struct metrics *m, size_t bytes)
{
    metrics_begin(m, "lost");
    metrics_integer(m, "bytes", (long)bytes);
    put_text(m, "}");
    if (m->used >= bytes) /* not by lines of ours */
        m->used = 0;
    while (m->used < bytes - 1)
        put_text(m, " ");
    put_text(m, "\n");
}

struct problem metrics_open(struct metrics *m, const char *path, int64_t keep)
{
    struct problem wrong = open_file(m, path, 0);
    int64_t size;

    if (is_problem(&wrong))
        return wrong;
    size = lseek(m->fd, 0, SEEK_END);
    m->written = whole_lines(path, size < keep ? size : keep);
    if (size > m->written && ftruncate(m->fd, m->written) != 0) {
        wrong = problem("%s: cannot be truncated: %s", path, strerror(errno));
        metrics_close(m);
        return wrong;
    }
    if (m->written < keep)
        stand_in(m, (size_t)(keep - m->written));
    return NO_PROBLEM;
}

/* Half a line would spoil the next one. */
static void take_back(struct metrics *m)
{
    m->is_torn = ftruncate(m->fd, m->written) != 0;
}

/* The whole lines of what was written need wait no longer. */
static void keep_written(struct metrics *m, size_t written)
{
    size_t whole = written;

    while (whole > 0 && m->line[whole - 1] != '\n')
        whole--;
    m->written += (int64_t)whole;
    m->used -= whole;
    memmove(m->line, m->line + whole, m->used);
    if (whole < written)
        take_back(m);
}

struct problem metrics_end(struct metrics *m)
{
    ssize_t written;

    put_text(m, "}\n");
    if (m->is_torn)
        take_back(m);
    if (m->is_torn)
        return problem("%s: cannot be truncated: %s", m->path,
                       strerror(errno));
    do
        written = write(m->fd, m->line, m->used);
    while (written < 0 && errno == EINTR);
    if (written < 0)
        return problem("%s: cannot be written: %s", m->path, strerror(errno));
    keep_written(m, (size_t)written);
    if (m->used > 0)
        return problem("%s: cannot be written: no room for %zu bytes", m->path,
                       m->used);
    return NO_PROBLEM;
}

void metrics_cut(struct metrics *m, int64_t bytes)
{
    if (bytes >= m->written) {
        m->used = (size_t)(bytes - m->written);
        return;
    }
    m->used = 0;
    m->written = bytes;
    take_back(m);
}
