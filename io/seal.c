#include "io/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"
#include "io/sum.h"
#include "kernels/base/memory.h"

enum {
    MAGIC,
    BLOCK_BYTES,
    FILE_BYTES,
    SUM,
    RANGES,
    FIRST_RANGE,
    MIN_BLOCK = 512, /* by HDF5: a power of two from 512 on */
    MAX_BLOCK = 1 << 26,
    PIECE = 1 << 16,
};

static const char hdf5_signature[8] = "\x89HDF\r\n\x1a\n";
static const char seal_signature[8] = "SKILLET\n";

uint64_t seal_block_bytes(long n)
{
    uint64_t bytes = MIN_BLOCK;

    while (bytes < (uint64_t)(FIRST_RANGE + 2 * n) * 8)
        bytes *= 2;
    return bytes;
}

/* Adds bytes [from, to) of the file at *position of the summed range. */
static struct problem add_gap(const char *path, int fd, uint64_t from,
                              uint64_t to, uint64_t *position, uint64_t *sum)
{
    unsigned char piece[PIECE];

    while (from < to) {
        size_t n = to - from < PIECE ? (size_t)(to - from) : PIECE;
        struct problem wrong = file_read_at(fd, path, from, piece, n);

        if (is_problem(&wrong))
            return wrong;
        *sum += sum_bytes(piece, n, *position);
        *position += (n + 7) / 8 * 8;
        from += n;
    }
    return NO_PROBLEM;
}

/* The sum of a block in memory and of the file behind it. */
static struct problem take_sum(const char *path, int fd, const uint64_t *block,
                               uint64_t *sum)
{
    uint64_t at = block[BLOCK_BYTES], position = at;

    *sum = sum_bytes(block, SUM * 8, 0) +
           sum_bytes(block + RANGES, at - RANGES * 8, RANGES * 8);
    for (uint64_t i = 0; i < block[RANGES]; i++) {
        const uint64_t *range = block + FIRST_RANGE + 2 * i;
        struct problem wrong = add_gap(path, fd, at, range[0], &position, sum);

        if (is_problem(&wrong))
            return wrong;
        at = range[0] + range[1];
    }
    return add_gap(path, fd, at, block[FILE_BYTES], &position, sum);
}

struct problem seal_write(const char *path, uint64_t block_bytes,
                          const struct seal_range *range, long n)
{
    struct problem wrong = NO_PROBLEM;
    struct stat st;
    uint64_t *block = memory_take(block_bytes, 1, "bytes of a seal");
    int fd = open(path, O_RDWR | O_CLOEXEC);

    if (fd >= 0 && fstat(fd, &st) == 0) {
        memcpy(&block[MAGIC], seal_signature, 8);
        block[BLOCK_BYTES] = block_bytes;
        block[FILE_BYTES] = (uint64_t)st.st_size;
        block[RANGES] = (uint64_t)n;
        for (long i = 0; i < n; i++) {
            block[FIRST_RANGE + 2 * i] = range[i].at;
            block[FIRST_RANGE + 2 * i + 1] = range[i].bytes;
        }
        wrong = take_sum(path, fd, block, &block[SUM]);
        if (!is_problem(&wrong))
            wrong = file_write_at(fd, path, 0, block, block_bytes);
    } else {
        wrong = problem("%s cannot be opened: %s", path, strerror(errno));
    }
    if (fd >= 0)
        close(fd);
    free(block);
    return wrong;
}

static struct problem changed(const char *path)
{
    return problem("%s is damaged: its header does not match its seal; "
                   "create it again",
                   path);
}

static bool ranges_fit(const uint64_t *block)
{
    uint64_t end = block[BLOCK_BYTES];

    if (block[RANGES] > (block[BLOCK_BYTES] / 8 - FIRST_RANGE) / 2)
        return false;
    for (uint64_t i = 0; i < block[RANGES]; i++) {
        const uint64_t *range = block + FIRST_RANGE + 2 * i;

        if (range[0] < end || range[0] > block[FILE_BYTES] ||
            range[1] > block[FILE_BYTES] - range[0])
            return false;
        end = range[0] + range[1];
    }
    return true;
}

static struct problem check_block(const char *path, int fd, uint64_t bytes)
{
    struct problem wrong;
    uint64_t *block = memory_take(bytes, 1, "bytes of a seal"), sum;

    wrong = file_read_at(fd, path, 0, block, bytes);
    if (!is_problem(&wrong) &&
        (block[BLOCK_BYTES] != bytes || !ranges_fit(block)))
        wrong = changed(path);
    if (!is_problem(&wrong))
        wrong = take_sum(path, fd, block, &sum);
    if (!is_problem(&wrong) && sum != block[SUM])
        wrong = changed(path);
    free(block);
    return wrong;
}

static struct problem check_open_file(const char *path, int fd, bool *sealed)
{
    uint64_t head[FIRST_RANGE] = {0};
    struct stat st;
    struct problem wrong;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return problem("%s is not a file", path);
    if (st.st_size < (off_t)sizeof head)
        return problem("%s is not an HDF5 file: it has only %lld bytes", path,
                       (long long)st.st_size);
    wrong = file_read_at(fd, path, 0, head, sizeof head);
    if (is_problem(&wrong))
        return wrong;
    if (memcmp(head, hdf5_signature, 8) == 0)
        return NO_PROBLEM;
    if (memcmp(head, seal_signature, 8) != 0)
        return problem("%s is not an HDF5 file", path);
    *sealed = true;
    if (head[FILE_BYTES] > (uint64_t)st.st_size)
        return problem("%s is truncated: it has %lld of %llu bytes; create "
                       "or copy it again",
                       path, (long long)st.st_size,
                       (unsigned long long)head[FILE_BYTES]);
    if (head[FILE_BYTES] != (uint64_t)st.st_size ||
        head[BLOCK_BYTES] < MIN_BLOCK || head[BLOCK_BYTES] > MAX_BLOCK ||
        head[BLOCK_BYTES] % MIN_BLOCK != 0 ||
        head[BLOCK_BYTES] > head[FILE_BYTES])
        return changed(path);
    return check_block(path, fd, head[BLOCK_BYTES]);
}

struct problem seal_check(const char *path, bool *sealed)
{
    struct problem wrong;
    /* Opening a pipe would wait for its writer; of a file the flag means
     * nothing. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    *sealed = false;
    if (fd < 0)
        return problem("%s cannot be opened: %s", path, strerror(errno));
    wrong = check_open_file(path, fd, sealed);
    close(fd);
    return wrong;
}
