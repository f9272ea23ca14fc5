#include "io/checkpoint/checkpoint.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "io/sum.h"
#include "kernels/base/memory.h"
#include "mpi/trace.h"

enum { PIECE = 1 << 16 }; /* bytes, on the stack; a multiple of any number */

struct checkpoint_name {
    const char *text; /* in an item */
    long item;
};

struct problem checkpoint_init(struct checkpoint *c, const char *directory,
                               int64_t step)
{
    memset(c, 0, sizeof *c);
    c->step = step;
    return path_print(&c->path, "%s/checkpoint-%08lld.h5", directory,
                      (long long)step);
}

void checkpoint_free(struct checkpoint *c)
{
    free(c->item);
    free(c->index);
    c->item = NULL;
    c->index = NULL;
    c->items = c->room = c->names = 0;
}

long checkpoint_add(struct checkpoint *c, const char *name,
                    enum h5_number number, uint64_t rows, uint64_t cols)
{
    struct checkpoint_item *item;

    assert(rows > 0 && cols > 0 && strlen(name) < sizeof item->name);
    if (c->items == c->room) {
        c->room = 2 * c->room + 64;
        c->item = memory_grow(c->item, (size_t)c->room, sizeof *c->item,
                              "items of a checkpoint");
    }
    item = &c->item[c->items];
    memset(item, 0, sizeof *item);
    strcpy(item->name, name);
    item->data.number = number;
    item->data.dims_count = cols == 1 || number == H5_TEXT ? 1 : 2;
    item->data.dims[0] = rows;
    item->data.dims[1] = cols;
    return c->items++;
}

void checkpoint_alias(struct checkpoint *c, long item, const char *name)
{
    assert(strlen(name) < sizeof c->item[item].alias);
    strcpy(c->item[item].alias, name);
}

static int by_text(const void *a, const void *b)
{
    const struct checkpoint_name *x = a, *y = b;

    return strcmp(x->text, y->text);
}

void checkpoint_complete(struct checkpoint *c)
{
    c->names = 0;
    free(c->index);
    c->index =
        memory_take(2 * (size_t)c->items, sizeof *c->index, "names of items");
    for (long i = 0; i < c->items; i++) {
        c->index[c->names++] = (struct checkpoint_name){c->item[i].name, i};
        if (c->item[i].alias[0])
            c->index[c->names++] =
                (struct checkpoint_name){c->item[i].alias, i};
    }
    qsort(c->index, (size_t)c->names, sizeof *c->index, by_text);
}

long checkpoint_find(const struct checkpoint *c, const char *name)
{
    struct checkpoint_name key = {name, -1}, *found;

    assert(c->index);
    found =
        bsearch(&key, c->index, (size_t)c->names, sizeof *c->index, by_text);
    return found ? found->item : -1;
}

struct problem checkpoint_get(const struct checkpoint *c, int fd, long item,
                              uint64_t first, uint64_t n, void *numbers)
{
    const struct h5_dataset *d = &c->item[item].data;
    size_t width = h5_number_bytes(d->number);

    assert(first + n <= h5_dataset_numbers(d));
    return file_read_at(fd, c->path.text, d->at + first * width, numbers,
                        n * width);
}

/* Adds the sum of numbers [first, end) of an item. */
static struct problem add_sum(const struct checkpoint *c, int fd, long item,
                              uint64_t first, uint64_t end, uint64_t *sum)
{
    unsigned char piece[PIECE];
    size_t width = h5_number_bytes(c->item[item].data.number);

    while (first < end) {
        uint64_t n = end - first < PIECE / width ? end - first : PIECE / width;
        struct problem wrong = checkpoint_get(c, fd, item, first, n, piece);

        if (is_problem(&wrong))
            return wrong;
        *sum += sum_numbers(piece, n, width, first);
        first += n;
        trace_move();
    }
    return NO_PROBLEM;
}

/* Adds up the numbers whose first byte lies in [from, to) of the joined
 * items. */
static struct problem add_share(const struct checkpoint *c, int fd,
                                const bool *which, uint64_t from, uint64_t to,
                                uint64_t *sum)
{
    uint64_t begin = 0;
    struct problem wrong = NO_PROBLEM;

    for (long i = 0; i < c->items && begin < to && !is_problem(&wrong); i++) {
        uint64_t n = h5_dataset_numbers(&c->item[i].data);
        uint64_t width = h5_number_bytes(c->item[i].data.number);
        uint64_t first = from > begin ? (from - begin + width - 1) / width : 0;
        uint64_t end = (to - begin + width - 1) / width;

        if (!which[i])
            continue;
        wrong = add_sum(c, fd, i, first, end < n ? end : n, &sum[i]);
        begin += n * width;
    }
    return wrong;
}

struct problem checkpoint_compare(const struct checkpoint *c, struct group *g,
                                  uint64_t *sum, const bool *which)
{
    group_sum_counts(g, (int64_t *)sum, c->items);
    for (long i = 0; i < c->items; i++)
        if (which[i] && sum[i] != c->item[i].sum)
            return problem(
                "%s is damaged: \"%s\" does not match its sum; use another "
                "checkpoint",
                c->path.text, c->item[i].name);
    return NO_PROBLEM;
}

static struct problem add_own_share(const struct checkpoint *c,
                                    const struct group *g, const bool *which,
                                    uint64_t *sum)
{
    uint64_t bytes = 0, share, from;
    int fd = open(c->path.text, O_RDONLY | O_CLOEXEC);
    struct problem wrong;

    if (fd < 0)
        return problem("%s cannot be opened: %s", c->path.text,
                       strerror(errno));
    for (long i = 0; i < c->items; i++)
        bytes += which[i] ? h5_dataset_bytes(&c->item[i].data) : 0;
    share = bytes / (uint64_t)group_size(g) + 1;
    from = share * (uint64_t)group_rank(g);
    wrong = add_share(c, fd, which, from, from + share, sum);
    close(fd);
    return wrong;
}

struct problem checkpoint_verify_some(const struct checkpoint *c,
                                      struct group *g, const bool *which)
{
    uint64_t *sum = memory_take((size_t)c->items, sizeof *sum, "sums");
    struct problem wrong;

    wrong = group_agree(g, add_own_share(c, g, which, sum));
    if (!is_problem(&wrong))
        wrong = checkpoint_compare(c, g, sum, which);
    free(sum);
    return wrong;
}

struct problem checkpoint_verify(const struct checkpoint *c, struct group *g)
{
    bool *which = memory_take((size_t)c->items, sizeof *which, "items");
    struct problem wrong;

    memset(which, true, (size_t)c->items);
    wrong = checkpoint_verify_some(c, g, which);
    free(which);
    return wrong;
}
