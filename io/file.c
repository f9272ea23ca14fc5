#define _GNU_SOURCE /* sync_file_range */
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/base/memory.h"
#include "kernels/base/path.h"

/* Far above any run file or table; a device or a shard given by mistake ends
 * here and not in a full memory. */
static const size_t most = (size_t)64 << 20;

static struct problem read_all(FILE *f, const char *path, char **bytes,
                               size_t *n)
{
    size_t room = (size_t)1 << 16;

    for (;;) {
        *bytes = memory_grow(*bytes, room + 1, 1, "bytes of a file");
        *n += fread(*bytes + *n, 1, room - *n, f);
        if (ferror(f))
            return problem("%s: cannot be read: %s", path, strerror(errno));
        if (*n < room)
            break;
        if (room >= most)
            return problem("%s: more than 64 MiB: this is not a text file of "
                           "settings or numbers",
                           path);
        room *= 4;
    }
    return NO_PROBLEM;
}

/* Some editors and spreadsheets put a byte order mark first. */
static void drop_mark(char *bytes, size_t *n)
{
    static const char mark[] = {'\xef', '\xbb', '\xbf'};

    if (*n < sizeof mark || memcmp(bytes, mark, sizeof mark) != 0)
        return;
    *n -= sizeof mark;
    memmove(bytes, bytes + sizeof mark, *n);
}

struct problem file_read(const char *path, char **bytes, size_t *n)
{
    FILE *f = fopen(path, "rb");
    struct problem wrong;

    *bytes = NULL;
    *n = 0;
    if (!f)
        return problem("%s: cannot be opened: %s", path, strerror(errno));
    wrong = read_all(f, path, bytes, n);
    fclose(f);
    if (is_problem(&wrong)) {
        free(*bytes);
        *bytes = NULL;
        return wrong;
    }
    drop_mark(*bytes, n);
    (*bytes)[*n] = '\0';
    return wrong;
}

struct problem file_read_at(int fd, const char *name, uint64_t at, void *to,
                            size_t n)
{
    while (n > 0) {
        ssize_t got = pread(fd, to, n, (off_t)at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return problem("%s cannot be read: %s", name, strerror(errno));
        if (got == 0)
            return problem("%s became shorter while it was read", name);
        to = (char *)to + got;
        n -= (size_t)got;
        at += (uint64_t)got;
    }
    return NO_PROBLEM;
}

struct problem file_write_at(int fd, const char *name, uint64_t at,
                             const void *from, size_t n)
{
    while (n > 0) {
        ssize_t done = pwrite(fd, from, n, (off_t)at);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return problem("%s cannot be written: %s", name,
                           strerror(done < 0 ? errno : ENOSPC));
        from = (const char *)from + done;
        n -= (size_t)done;
        at += (uint64_t)done;
    }
    return NO_PROBLEM;
}

void file_sync_begin(int fd)
{
#ifdef SYNC_FILE_RANGE_WRITE
    sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
#else
    (void)fd;
#endif
}

static struct problem sync_path(const char *path, int flags)
{
    struct problem wrong = NO_PROBLEM;
    int fd = open(path, flags | O_CLOEXEC);

    if (fd < 0 || fsync(fd) != 0)
        wrong = problem("%s cannot be written to the disk: %s", path,
                        strerror(errno));
    if (fd >= 0)
        close(fd);
    return wrong;
}

struct problem file_sync(const char *path)
{
    return sync_path(path, O_RDWR);
}

struct problem file_sync_names(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct path directory = {"."};
    struct problem wrong = NO_PROBLEM;

    if (slash == path)
        slash++;
    if (slash)
        wrong = path_print(&directory, "%.*s", (int)(slash - path), path);
    if (!is_problem(&wrong))
        wrong = sync_path(directory.text, O_RDONLY | O_DIRECTORY);
    return wrong;
}
