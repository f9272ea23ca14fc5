#include "io/checkpoint/checkpoint_write.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "io/seal.h"
#include "io/sum.h"
#include "kernels/base/memory.h"

/* More than HDF5 needs besides the numbers: for itself, and for each dataset
 * or group that a name may bring (measured: 850 bytes with names of the
 * longest, and 1,020). */
enum { HEADER_BYTES = 1 << 16, OBJECT_BYTES = 1 << 11 };

/* Bytes that are still in a cache when they are written behind their sum. */
enum { PIECE = 1 << 18 };

/* Bytes that a disk writes at a time. */
enum { AHEAD = 1 << 23 };

static struct problem write_attributes(struct h5 *f,
                                       const struct checkpoint *c)
{
    const struct {
        const char *name;
        int64_t x;
    } row[] = {{"version", CHECKPOINT_VERSION},
               {"step", c->step},
               {"tokens", c->tokens},
               /* For those who do not know the seal: no file of the name is
                * incomplete. */
               {"complete", 1}};
    struct problem wrong = h5_text_write(f, "format", "skillet-checkpoint");

    for (size_t i = 0; i < sizeof row / sizeof *row && !is_problem(&wrong);
         i++)
        wrong = h5_number_write(f, row[i].name, row[i].x);
    return wrong;
}

static struct problem create_datasets(struct h5 *f, struct checkpoint *c,
                                      uint64_t *sums_at)
{
    struct h5_dataset sums = {H5_U64, 1, {(uint64_t)c->items, 1}, 0};
    struct problem wrong = h5_dataset_create(f, "sums", &sums);

    *sums_at = sums.at;
    for (long i = 0; i < c->items && !is_problem(&wrong); i++) {
        struct checkpoint_item *item = &c->item[i];

        wrong = h5_dataset_create(f, item->name, &item->data);
        if (!is_problem(&wrong) && item->alias[0])
            wrong = h5_link(f, item->name, item->alias);
    }
    return wrong;
}

static struct problem create_file(struct checkpoint_writer *w)
{
    struct checkpoint *c = w->checkpoint;
    struct h5 f;
    struct problem wrong =
        h5_create(&f, w->name.text, seal_block_bytes(c->items));
    struct problem closed;

    if (!is_problem(&wrong))
        wrong = write_attributes(&f, c);
    if (!is_problem(&wrong))
        wrong = create_datasets(&f, c, &w->sums_at);
    closed = h5_close(&f);
    return is_problem(&wrong) ? wrong : closed;
}

static uint64_t objects_of(const char *name)
{
    uint64_t n = name[0] != 0;

    for (; *name; name++)
        n += *name == '/';
    return n;
}

static uint64_t room_of(const struct checkpoint *c)
{
    uint64_t bytes = HEADER_BYTES + seal_block_bytes(c->items);

    for (long i = 0; i < c->items; i++) {
        const struct checkpoint_item *item = &c->item[i];

        bytes +=
            h5_dataset_bytes(&item->data) +
            OBJECT_BYTES * (objects_of(item->name) + objects_of(item->alias));
    }
    return bytes;
}

/* On rank 0.  A full disk shows here, before anyone writes. */
static struct problem create(struct checkpoint_writer *w)
{
    const struct checkpoint *c = w->checkpoint;
    uint64_t end = 0;
    struct problem wrong = h5_reserve(w->name.text, room_of(c));

    if (!is_problem(&wrong))
        wrong = create_file(w);
    for (long i = 0; i < c->items; i++) {
        const struct h5_dataset *d = &c->item[i].data;

        if (d->at + h5_dataset_bytes(d) > end)
            end = d->at + h5_dataset_bytes(d);
    }
    return is_problem(&wrong) ? wrong : h5_reserve(w->name.text, end);
}

static struct problem open_file(struct checkpoint_writer *w)
{
    w->fd = open(w->name.text, O_WRONLY | O_CLOEXEC);
    if (w->fd < 0)
        return problem("%s cannot be opened: %s", w->name.text,
                       strerror(errno));
    return NO_PROBLEM;
}

/* The same on all ranks, none of which has the file open after a problem. */
static struct problem settle(struct checkpoint_writer *w, struct problem wrong)
{
    wrong = group_agree(w->g, wrong);
    if (!is_problem(&wrong))
        return wrong;
    if (w->fd >= 0)
        close(w->fd);
    if (group_rank(w->g) == 0)
        unlink(w->name.text);
    return wrong;
}

struct problem checkpoint_write_create(struct checkpoint_writer *w,
                                       struct checkpoint *c, struct group *g)
{
    struct problem wrong = NO_PROBLEM;

    *w = (struct checkpoint_writer){.checkpoint = c, .g = g, .fd = -1};
    w->name = path_temporary(&c->path);
    checkpoint_complete(c);
    if (group_rank(g) == 0)
        wrong = create(w);
    wrong = settle(w, wrong);
    if (is_problem(&wrong))
        return wrong;
    group_broadcast(g, c->item, (size_t)c->items * sizeof *c->item);
    for (long i = 0; i < c->items; i++)
        c->item[i].sum = 0;
    return settle(w, open_file(w));
}

/* A disk that begins when all has been written has been idle until then; and
 * Linux makes a process that leaves too much to it wait, much longer than the
 * disk needs. */
static void tell_disk(struct checkpoint_writer *w, uint64_t bytes)
{
    w->waiting += bytes;
    if (w->waiting < AHEAD)
        return;
    file_sync_begin(w->fd);
    w->waiting = 0;
}

void checkpoint_write_put(struct checkpoint_writer *w, long item,
                          uint64_t first, uint64_t n, const void *numbers)
{
    struct checkpoint_item *to = &w->checkpoint->item[item];
    size_t width = h5_number_bytes(to->data.number);
    const char *from = numbers;

    assert(first + n <= h5_dataset_numbers(&to->data) && !w->is_synced);
    while (n > 0 && !is_problem(&w->wrong)) {
        uint64_t here = n < PIECE / width ? n : PIECE / width;

        to->sum += sum_numbers(from, here, width, first);
        w->wrong =
            file_write_at(w->fd, w->name.text, to->data.at + first * width,
                          from, here * width);
        tell_disk(w, here * width);
        from += here * width;
        first += here;
        n -= here;
    }
}

/* Where an item stands. */
struct place {
    uint64_t at, bytes, sum;
};

static int by_at(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

static struct place *places_of(const struct checkpoint *c)
{
    struct place *place =
        memory_take((size_t)c->items, sizeof *place, "places of items");

    for (long i = 0; i < c->items; i++) {
        const struct h5_dataset *d = &c->item[i].data;

        place[i] = (struct place){d->at, h5_dataset_bytes(d), c->item[i].sum};
    }
    qsort(place, (size_t)c->items, sizeof *place, by_at);
    return place;
}

static struct problem write_sums(const struct checkpoint_writer *w,
                                 const struct place *place)
{
    long n = w->checkpoint->items;
    uint64_t *sum = memory_take((size_t)n, sizeof *sum, "sums");
    struct problem wrong;

    for (long i = 0; i < n; i++)
        sum[i] = place[i].sum;
    wrong = file_write_at(w->fd, w->name.text, w->sums_at, sum,
                          (size_t)n * sizeof *sum);
    free(sum);
    return wrong;
}

/* Items that touch are one range. */
static struct problem write_seal(const struct checkpoint_writer *w,
                                 const struct place *place)
{
    long items = w->checkpoint->items, n = 0;
    struct seal_range *range =
        memory_take((size_t)items, sizeof *range, "ranges");
    struct problem wrong;

    for (long i = 0; i < items; i++) {
        struct seal_range *last = &range[n - 1];

        if (n > 0 && last->at + last->bytes == place[i].at)
            last->bytes += place[i].bytes;
        else
            range[n++] = (struct seal_range){place[i].at, place[i].bytes};
    }
    wrong = seal_write(w->name.text, seal_block_bytes(items), range, n);
    free(range);
    return wrong;
}

static struct problem sync_file(const struct checkpoint_writer *w)
{
    if (fsync(w->fd) != 0)
        return problem("%s cannot be written to the disk: %s", w->name.text,
                       strerror(errno));
    return NO_PROBLEM;
}

void checkpoint_write_sync(struct checkpoint_writer *w)
{
    if (!w->is_synced && !is_problem(&w->wrong))
        w->wrong = sync_file(w);
    w->is_synced = true;
}

/* On rank 0, when all items are on the disk. */
static struct problem finish(struct checkpoint_writer *w)
{
    const struct checkpoint *c = w->checkpoint;
    struct place *place = places_of(c);
    struct problem wrong = write_sums(w, place);

    if (!is_problem(&wrong))
        wrong = write_seal(w, place);
    if (!is_problem(&wrong))
        wrong = sync_file(w);
    free(place);
    if (is_problem(&wrong))
        return wrong;
    if (rename(w->name.text, c->path.text) != 0)
        return problem("%s cannot be renamed to %s: %s", w->name.text,
                       c->path.text, strerror(errno));
    return file_sync_names(c->path.text);
}

/* The sums of all ranks, on each. */
static void join_sums(struct checkpoint_writer *w)
{
    struct checkpoint *c = w->checkpoint;
    uint64_t *sum = memory_take((size_t)c->items, sizeof *sum, "sums");

    for (long i = 0; i < c->items; i++)
        sum[i] = c->item[i].sum;
    group_sum_counts(w->g, (int64_t *)sum, c->items);
    for (long i = 0; i < c->items; i++)
        c->item[i].sum = sum[i];
    free(sum);
}

struct problem checkpoint_write_publish(struct checkpoint_writer *w)
{
    struct problem wrong;

    checkpoint_write_sync(w);
    wrong = group_agree(w->g, w->wrong);
    join_sums(w);
    if (group_rank(w->g) == 0 && !is_problem(&wrong))
        wrong = finish(w);
    close(w->fd);
    w->fd = -1;
    return settle(w, wrong);
}
