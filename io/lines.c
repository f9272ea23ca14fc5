#include "io/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "kernels/base/check.h"
#include "kernels/base/memory.h"

enum { RAW_BYTES = 1 << 18, MAX_MEMBER_WINDOW_LOG = 31 };

enum packing { PLAIN, GZIP, ZSTD };

struct lines {
    char *path;
    int fd;
    enum packing packing;
    z_stream gz;
    ZSTD_DStream *zstd;

    unsigned char *raw; /* read, not yet decompressed: [raw_at, raw_n) */
    size_t raw_at, raw_n;
    bool raw_end;
    bool inside; /* a gzip member or zstd frame has not ended, or none began */
    bool padded; /* zeros follow the last gzip member, as tapes and tar have */

    char *text; /* [line_at, text_n) is not yet handed out */
    size_t text_n, text_room, line_at, scanned;
    bool text_end;
    bool begun; /* the first line was handed out */
};

static bool has_ending(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);

    return n >= m && strcmp(path + n - m, ending) == 0;
}

static bool start_packing(struct lines *l)
{
    if (has_ending(l->path, ".gz")) {
        l->packing = GZIP;
        l->inside = true;
        return inflateInit2(&l->gz, 15 + 16) == Z_OK;
    }
    if (has_ending(l->path, ".zst")) {
        l->packing = ZSTD;
        l->inside = true;
        l->zstd = ZSTD_createDStream();
        return l->zstd &&
               !ZSTD_isError(ZSTD_DCtx_setParameter(
                   l->zstd, ZSTD_d_windowLogMax, MAX_MEMBER_WINDOW_LOG));
    }
    return true;
}

struct problem lines_open(struct lines **out, const char *path)
{
    struct lines *l;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    *out = NULL;
    if (fd < 0)
        return problem("%s cannot be opened: %s", path, strerror(errno));
    l = memory_take(1, sizeof *l, "readers");
    l->fd = fd;
    l->path = memory_text(path);
    l->raw = memory_take(RAW_BYTES, 1, "bytes of a file");
    CHECK(start_packing(l), "no room to unpack %s", path);
    *out = l;
    return NO_PROBLEM;
}

void lines_close(struct lines *l)
{
    if (!l)
        return;
    if (l->packing == GZIP)
        inflateEnd(&l->gz);
    ZSTD_freeDStream(l->zstd);
    close(l->fd);
    free(l->path);
    free(l->raw);
    free(l->text);
    free(l);
}

static struct problem fill_raw(struct lines *l)
{
    ssize_t n;

    do
        n = read(l->fd, l->raw, RAW_BYTES);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return problem("%s cannot be read: %s", l->path, strerror(errno));
    l->raw_at = 0;
    l->raw_n = (size_t)n;
    l->raw_end = n == 0;
    return NO_PROBLEM;
}

static struct problem truncated(const struct lines *l)
{
    return problem("%s is truncated: its compressed data ends in the middle; "
                   "copy or download it again",
                   l->path);
}

static struct problem damaged(const struct lines *l, const char *why)
{
    return problem("%s is damaged (%s); copy or download it again", l->path,
                   why ? why : "not the format its name says");
}

/* The unpack_* move what fits from raw to `to` and return the bytes written
 * by *n. */
static struct problem unpack_gzip(struct lines *l, char *to, size_t *n)
{
    int rc;

    while (!l->inside && l->raw_at < l->raw_n && l->raw[l->raw_at] == 0) {
        l->padded = true;
        l->raw_at++;
    }
    if (!l->inside && l->raw_at == l->raw_n) {
        *n = 0;
        return NO_PROBLEM;
    }
    if (l->padded)
        return damaged(l, "there is more after the zeros at its end");
    l->gz.next_in = l->raw + l->raw_at;
    l->gz.avail_in = (uInt)(l->raw_n - l->raw_at);
    l->gz.next_out = (unsigned char *)to;
    l->gz.avail_out = (uInt)*n;
    if (!l->inside)
        inflateReset(&l->gz);
    l->inside = true;
    rc = inflate(&l->gz, Z_NO_FLUSH);
    if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
        return damaged(l, l->gz.msg);
    l->inside = rc != Z_STREAM_END;
    l->raw_at = l->raw_n - l->gz.avail_in;
    *n -= l->gz.avail_out;
    return NO_PROBLEM;
}

static struct problem unpack_zstd(struct lines *l, char *to, size_t *n)
{
    ZSTD_inBuffer in = {l->raw, l->raw_n, l->raw_at};
    ZSTD_outBuffer out = {to, *n, 0};
    size_t rc = ZSTD_decompressStream(l->zstd, &out, &in);

    if (ZSTD_isError(rc))
        return damaged(l, ZSTD_getErrorName(rc));
    l->inside = rc != 0;
    l->raw_at = in.pos;
    *n = out.pos;
    return NO_PROBLEM;
}

static void unpack_plain(struct lines *l, char *to, size_t *n)
{
    size_t have = l->raw_n - l->raw_at;

    if (*n > have)
        *n = have;
    memcpy(to, l->raw + l->raw_at, *n);
    l->raw_at += *n;
}

static void make_room(struct lines *l)
{
    if (l->text)
        memmove(l->text, l->text + l->line_at, l->text_n - l->line_at);
    l->text_n -= l->line_at;
    l->scanned -= l->line_at;
    l->line_at = 0;
    if (l->text_room - l->text_n < RAW_BYTES) {
        l->text_room = 2 * l->text_room + 2 * RAW_BYTES;
        l->text = memory_grow(l->text, l->text_room, 1, "bytes of a line");
    }
}

/* Adds to the text, or finds its end. */
static struct problem fill_text(struct lines *l)
{
    struct problem wrong = NO_PROBLEM;
    size_t n;

    if (l->raw_at == l->raw_n && !l->raw_end) {
        wrong = fill_raw(l);
        if (is_problem(&wrong))
            return wrong;
    }
    n = l->text_room - l->text_n;
    if (n > INT32_MAX)
        n = INT32_MAX;
    if (l->raw_end && (!l->inside || l->packing == PLAIN)) {
        l->text_end = true;
        return wrong;
    }
    if (l->packing == GZIP)
        wrong = unpack_gzip(l, l->text + l->text_n, &n);
    else if (l->packing == ZSTD)
        wrong = unpack_zstd(l, l->text + l->text_n, &n);
    else
        unpack_plain(l, l->text + l->text_n, &n);
    if (is_problem(&wrong))
        return wrong;
    /* A decompressor may still hold output when its input has ended. */
    if (l->raw_end && n == 0 && l->inside)
        return truncated(l);
    l->text_n += n;
    return wrong;
}

/* Some editors put a byte order mark first; it is no part of the text. */
static void drop_mark(struct lines *l, const char **line, size_t *n)
{
    if (!l->begun && *n >= 3 && memcmp(*line, "\xef\xbb\xbf", 3) == 0) {
        *line += 3;
        *n -= 3;
    }
    l->begun = true;
}

bool lines_next(struct lines *l, const char **line, size_t *n,
                struct problem *wrong)
{
    char *end = NULL;

    *wrong = NO_PROBLEM;
    for (;;) {
        if (l->scanned < l->text_n)
            end = memchr(l->text + l->scanned, '\n', l->text_n - l->scanned);
        l->scanned = l->text_n;
        if (end || l->text_end)
            break;
        make_room(l);
        *wrong = fill_text(l);
        if (is_problem(wrong))
            return false;
    }
    if (!end && l->line_at == l->text_n)
        return false;
    *line = l->text + l->line_at;
    *n = end ? (size_t)(end - *line) : l->text_n - l->line_at;
    l->line_at += *n + (end ? 1 : 0);
    l->scanned = l->line_at;
    drop_mark(l, line, n);
    return true;
}
