#include "io/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static struct problem held(const char *directory, int fd)
{
    char holder[200];
    ssize_t n = pread(fd, holder, sizeof holder - 1, 0);

    holder[n > 0 ? n : 0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
    return problem(
        "another run is writing to %s (%s): wait until it ends, or use "
        "another directory",
        directory, holder[0] ? holder : "it has not recorded which");
}

/* The holder removes the file before it lets go: whoever waited for that one
 * holds a file that nobody else will find. */
static bool is_at_path(const struct lock *l)
{
    struct stat here, there;

    return fstat(l->fd, &here) == 0 && stat(l->path.text, &there) == 0 &&
           here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

static void sign(const struct lock *l, const char *host)
{
    char holder[200];
    int n = snprintf(holder, sizeof holder, "host %.100s, process %ld\n", host,
                     (long)getpid());

    /* A full disk leaves the holder unnamed and the lock held. */
    if (ftruncate(l->fd, 0) != 0 || pwrite(l->fd, holder, (size_t)n, 0) != n)
        errno = 0;
}

struct problem lock_take(struct lock *l, const char *directory,
                         const char *name, const char *host)
{
    struct problem wrong = path_print(&l->path, "%s/%s", directory, name);

    l->fd = -1;
    if (is_problem(&wrong))
        return wrong;
    do {
        lock_release(l);
        l->fd = open(l->path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (l->fd < 0)
            return problem("%s cannot be created: %s", l->path.text,
                           strerror(errno));
        l->absent = flock(l->fd, LOCK_EX | LOCK_NB) != 0 ? errno : 0;
        if (l->absent == EWOULDBLOCK) {
            wrong = held(directory, l->fd);
            close(l->fd);
            l->fd = -1;
            return wrong;
        }
    } while (l->absent == 0 && !is_at_path(l));
    sign(l, host);
    return NO_PROBLEM;
}

void lock_release(struct lock *l)
{
    if (l->fd < 0)
        return;
    if (is_at_path(l))
        unlink(l->path.text);
    close(l->fd);
    l->fd = -1;
}
