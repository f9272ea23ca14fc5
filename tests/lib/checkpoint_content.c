#include "tests/lib/checkpoint_content.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/base/check.h"
#include "kernels/base/rng.h"
#include "mpi/group.h"

const struct content_item content_item[CONTENT_ITEMS] = {
    {"optimizer/m/embed.weight", "", H5_F64, 57, 13},
    {"model/embed.weight", "optimizer/master/embed.weight", H5_F32, 57, 13},
    {"model/norm.weight", "an.alias.before.its.name", H5_F32, 13, 1},
    {"model/half", "", H5_U16, 101, 7},
    {"model/one", "", H5_F32, 1, 1},
    {"model/twin", "", H5_F32, 57, 13},
    {"mixture/cursors", "", H5_I64, 5, 1},
    {"mixture/ids", "", H5_U32, 9, 1},
    {"data/fingerprints", "", H5_U64, 3, 2},
    {"settings", "", H5_TEXT, 1, 1234},
    {"names/train", "", H5_TEXT, 3, 65},
    {"files/tokenizer.json", "", H5_U8, 4099, 1},
};

struct checkpoint content_init(const char *name, int64_t step)
{
    struct checkpoint c;

    settled(checkpoint_init(&c, name, step));
    c.tokens = 1000 * step;
    for (long i = 0; i < CONTENT_ITEMS; i++) {
        checkpoint_add(&c, content_item[i].name, content_item[i].number,
                       content_item[i].rows, content_item[i].cols);
        if (content_item[i].alias[0])
            checkpoint_alias(&c, i, content_item[i].alias);
    }
    return c;
}

void content_bytes(long item, uint64_t from, size_t n, unsigned char *to)
{
    bool is_text = content_item[item].number == H5_TEXT;

    for (size_t i = 0; i < n; i++) {
        uint64_t bits = rng_bits((uint64_t)item, from + i);

        to[i] = (unsigned char)(is_text ? 'a' + bits % 26 : bits);
    }
}

static void content_put(struct checkpoint_writer *w, long item, uint64_t first,
                        uint64_t n)
{
    size_t width = h5_number_bytes(content_item[item].number);
    unsigned char *at = malloc(n * width + 1);

    CHECK(at, "no memory");
    content_bytes(item, first * width, n * width, at);
    checkpoint_write_put(w, item, first, n, at);
    free(at);
}

void content_put_all(struct checkpoint_writer *w)
{
    uint64_t draws = 0;
    int size = group_size(w->g), rank_of_g = group_rank(w->g);

    for (long i = 0; i < CONTENT_ITEMS; i++) {
        uint64_t end = content_item[i].rows * content_item[i].cols;

        while (end > 0) {
            uint64_t n = rng_bits(77, draws++) % 200;

            n = n < end ? n : end;
            end -= n;
            if (rng_bits(78, draws) % (uint64_t)size == (uint64_t)rank_of_g)
                content_put(w, i, end, n);
        }
    }
}

void content_write(struct checkpoint *c, struct group *g)
{
    struct checkpoint_writer w;

    settled(checkpoint_write_create(&w, c, g));
    content_put_all(&w);
    settled(checkpoint_write_publish(&w));
}

long content_wrong(const struct checkpoint *c)
{
    unsigned char got[1 << 13], want[1 << 13];
    int fd = open(c->path.text, O_RDONLY);
    long wrong = 0;

    for (long i = 0; i < CONTENT_ITEMS; i++) {
        long item = checkpoint_find(c, content_item[i].name);
        uint64_t numbers = content_item[i].rows * content_item[i].cols;
        size_t width = h5_number_bytes(content_item[i].number);

        content_bytes(i, 0, numbers * width, want);
        for (uint64_t k = 0; k < 5 && item >= 0; k++) {
            uint64_t first = k ? rng_bits(79, k) % numbers : 0;
            uint64_t n = k ? rng_bits(80, k) % (numbers - first + 1) : numbers;

            settled(checkpoint_get(c, fd, item, first, n, got));
            wrong += memcmp(got, want + first * width, n * width) != 0;
        }
        wrong += item < 0;
    }
    close(fd);
    return wrong;
}

char *content_load(const char *path, size_t *n)
{
    int fd = open(path, O_RDONLY);
    char *at;

    CHECK(fd >= 0, "no %s", path);
    *n = (size_t)lseek(fd, 0, SEEK_END);
    at = malloc(*n + 1);
    CHECK(at && pread(fd, at, *n, 0) == (ssize_t)*n, "cannot read %s", path);
    close(fd);
    return at;
}
