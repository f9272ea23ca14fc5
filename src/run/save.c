#include "src/run/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/checkpoint/checkpoint_write.h"
#include "io/sum.h"
#include "kernels/base/memory.h"
#include "kernels/device.h"
#include "mpi/trace.h"

enum {
    BLOCK = 1 << 18, /* numbers on the host at a time */
    KINDS = 3
};

static const enum h5_number wide_number =
    sizeof(wide) == sizeof(float) ? H5_F32 : H5_F64;

/* What there is of each parameter, and what it is called. */
static const struct {
    const char *name, *alias;
    size_t at; /* in struct op_adamw_state */
} kinds[KINDS] = {
    {"model", "optimizer/master", offsetof(struct op_adamw_state, master)},
    {"optimizer/m", NULL, offsetof(struct op_adamw_state, m)},
    {"optimizer/v", NULL, offsetof(struct op_adamw_state, v)},
};

static wide *numbers_of(const struct save *s, int kind,
                        const struct parameter *row, long first)
{
    struct op_adamw_state state = parameters_state(s->parameters, row, first);

    return *(wide **)(void *)((char *)&state + kinds[kind].at);
}

static void full_name(char name[CHECKPOINT_NAME_BYTES], const char *kind,
                      const struct parameter *row)
{
    snprintf(name, CHECKPOINT_NAME_BYTES, "%s/%s", kind, row->name);
}

/* All parameters of the first kind, then of the next. */
static void add_parameters(const struct save *s, struct checkpoint *c)
{
    char name[CHECKPOINT_NAME_BYTES];

    for (int kind = 0; kind < KINDS; kind++)
        for (int i = 0; i < s->parameters->n; i++) {
            const struct parameter *row = &s->parameters->list[i];
            long item;

            full_name(name, kinds[kind].name, row);
            item = checkpoint_add(c, name, wide_number, (uint64_t)row->rows,
                                  (uint64_t)row->cols);
            if (!kinds[kind].alias)
                continue;
            full_name(name, kinds[kind].alias, row);
            checkpoint_alias(c, item, name);
        }
}

/* The other ranks learn from rank 0 what arrays there are. */
static void add_arrays(const struct save *s, struct checkpoint *c)
{
    struct group *all = s->grid->all;
    long n = s->arrays->n;
    struct array *list;

    group_broadcast(all, &n, sizeof n);
    list = memory_take((size_t)n, sizeof *list, "arrays");
    if (group_rank(all) == 0 && n > 0)
        memcpy(list, s->arrays->list, (size_t)n * sizeof *list);
    group_broadcast(all, list, (size_t)n * sizeof *list);
    for (long i = 0; i < n; i++)
        checkpoint_add(c, list[i].name, list[i].number, list[i].rows,
                       list[i].cols);
    free(list);
}

long save_parts(const struct save *s)
{
    return (long)KINDS * s->parameters->n;
}

/* Each data rank has what it owns of the piece. */
struct save_part save_part(const struct save *s, long i)
{
    const struct parameter *row = &s->parameters->list[i % s->parameters->n];
    int kind = (int)(i / s->parameters->n);
    struct parameters_range own = parameters_owned(s->parameters, row);

    if (own.n == 0 || (!row->is_cut && group_rank(s->grid->tensor) > 0))
        return (struct save_part){0};
    return (struct save_part){
        numbers_of(s, kind, row, own.first),
        (uint64_t)(row->piece.first * row->cols + own.first), own.n};
}

static void put_part(struct checkpoint_writer *w, long item,
                     struct save_part part, wide *host)
{
    for (long at = 0; at < part.n; at += BLOCK) {
        long here = part.n - at < BLOCK ? part.n - at : BLOCK;

        const wide *from = part.at + at;

        if (!device_is_host())
            device_get(host, from, (size_t)here * sizeof *host);
        checkpoint_write_put(w, item, part.first + (uint64_t)at,
                             (uint64_t)here, device_is_host() ? from : host);
        trace_move();
    }
}

static void put_all(const struct save *s, struct checkpoint_writer *w)
{
    wide *host = memory_take(BLOCK, sizeof *host, "numbers of a block");
    long parts = save_parts(s);

    for (long i = 0; i < parts; i++)
        put_part(w, i, save_part(s, i), host);
    free(host);
    if (group_rank(s->grid->all) > 0)
        return;
    for (long i = 0; i < s->arrays->n; i++) {
        const struct array *a = &s->arrays->list[i];

        checkpoint_write_put(w, parts + i, 0, a->rows * a->cols, a->at);
    }
}

struct problem save_list(const struct save *s, struct checkpoint *c,
                         const char *directory, int64_t step, int64_t tokens)
{
    struct problem wrong = checkpoint_init(c, directory, step);

    if (is_problem(&wrong))
        return wrong;
    c->tokens = tokens;
    add_parameters(s, c);
    add_arrays(s, c);
    return wrong;
}

struct problem save_write(const struct save *s, const char *directory,
                          int64_t step, int64_t tokens)
{
    struct checkpoint c;
    struct checkpoint_writer w;
    struct problem wrong = save_list(s, &c, directory, step, tokens);

    if (!is_problem(&wrong))
        wrong = checkpoint_write_create(&w, &c, s->grid->all);
    if (!is_problem(&wrong)) {
        put_all(s, &w);
        wrong = checkpoint_write_publish(&w);
    }
    checkpoint_free(&c);
    return wrong;
}

/* Each number that is read is summed by the rank that would write it, so it
 * counts once. */
struct reader {
    const struct save *save;
    const struct checkpoint *c;
    int fd;
    wide *host;    /* [BLOCK] */
    void *raw;     /* [BLOCK] numbers of another type, at most 8 bytes each */
    uint64_t *sum; /* [items] */
    bool *is_read; /* [items], the same on all ranks */
};

static struct problem find_item(const struct checkpoint *c, const char *name,
                                uint64_t rows, uint64_t cols, long *item)
{
    const struct h5_dataset *d;

    *item = checkpoint_find(c, name);
    if (*item < 0)
        return problem("%s has no %s: it belongs to another model, or to "
                       "an older Skillet, whose weights model.init can read",
                       c->path.text, name);
    d = &c->item[*item].data;
    if (d->dims[0] != rows || d->dims[1] != cols)
        return problem("%s: %s is %llu x %llu, but this run's is %llu x "
                       "%llu: it belongs to another model",
                       c->path.text, name, (unsigned long long)d->dims[0],
                       (unsigned long long)d->dims[1],
                       (unsigned long long)rows, (unsigned long long)cols);
    return NO_PROBLEM;
}

static void add_sum(struct reader *r, long item, struct save_part own,
                    uint64_t first, uint64_t n, const char *raw)
{
    size_t width = h5_number_bytes(r->c->item[item].data.number);
    uint64_t end = own.first + (uint64_t)own.n;
    uint64_t from = first > own.first ? first : own.first;
    uint64_t to = first + n < end ? first + n : end;

    if (from < to)
        r->sum[item] +=
            sum_numbers(raw + (from - first) * width, to - from, width, from);
}

static void convert(enum h5_number number, const void *raw, long n, wide *to)
{
    if (number == H5_F32)
        for (long i = 0; i < n; i++)
            to[i] = (wide)((const float *)raw)[i];
    else
        for (long i = 0; i < n; i++)
            to[i] = (wide)((const double *)raw)[i];
}

static struct problem read_block(struct reader *r, long item,
                                 struct save_part own, uint64_t first, long n,
                                 wide *to)
{
    enum h5_number number = r->c->item[item].data.number;
    void *raw = number == wide_number ? to : r->raw;
    struct problem wrong;

    if (number != H5_F32 && number != H5_F64)
        return problem("%s: %s is neither float32 nor float64",
                       r->c->path.text, r->c->item[item].name);
    wrong = checkpoint_get(r->c, r->fd, item, first, (uint64_t)n, raw);
    if (is_problem(&wrong))
        return wrong;
    add_sum(r, item, own, first, (uint64_t)n, raw);
    if (number != wide_number)
        convert(number, raw, n, to);
    return wrong;
}

/* What this rank updates of a parameter, from the whole in the file. */
static struct problem read_piece(struct reader *r, int kind, int parameter)
{
    const struct parameters *p = r->save->parameters;
    const struct parameter *row = &p->list[parameter];
    struct save_part own = save_part(r->save, (long)kind * p->n + parameter);
    char name[CHECKPOINT_NAME_BYTES];
    struct parameters_range range = parameters_updated(p, row);
    uint64_t first = (uint64_t)(row->piece.first * row->cols + range.first);
    struct problem wrong;
    long item;

    full_name(name, kinds[kind].name, row);
    wrong =
        find_item(r->c, name, (uint64_t)row->rows, (uint64_t)row->cols, &item);
    for (long at = 0; at < range.n && !is_problem(&wrong); at += BLOCK) {
        long here = range.n - at < BLOCK ? range.n - at : BLOCK;
        wide *to = numbers_of(r->save, kind, row, range.first + at);

        wrong = read_block(r, item, own, first + (uint64_t)at, here,
                           device_is_host() ? to : r->host);
        if (!device_is_host())
            device_put(to, r->host, (size_t)here * sizeof *to);
        trace_move();
    }
    if (!is_problem(&wrong))
        r->is_read[item] = true;
    return wrong;
}

static struct problem open_reader(struct reader *r, const struct save *s,
                                  const struct checkpoint *c)
{
    size_t items = (size_t)c->items;

    *r = (struct reader){
        .save = s,
        .c = c,
        .host = memory_take(BLOCK, sizeof(wide), "numbers of a block"),
        .raw = memory_take(BLOCK, sizeof(double), "raw numbers"),
        .sum = memory_take(items, sizeof *r->sum, "sums"),
        .is_read = memory_take(items, sizeof *r->is_read, "items")};
    r->fd = open(c->path.text, O_RDONLY | O_CLOEXEC);
    return r->fd >= 0 ? NO_PROBLEM
                      : problem("%s cannot be opened: %s", c->path.text,
                                strerror(errno));
}

static void close_reader(struct reader *r)
{
    if (r->fd >= 0)
        close(r->fd);
    free(r->host);
    free(r->raw);
    free(r->sum);
    free(r->is_read);
}

static struct problem read_kinds(const struct save *s,
                                 const struct checkpoint *c, int n)
{
    struct group *all = s->grid->all;
    struct reader r;
    struct problem wrong = open_reader(&r, s, c);

    for (int kind = 0; kind < n; kind++)
        for (int i = 0; i < s->parameters->n && !is_problem(&wrong); i++)
            wrong = read_piece(&r, kind, i);
    wrong = group_agree(all, wrong);
    if (!is_problem(&wrong))
        wrong = checkpoint_compare(c, all, r.sum, r.is_read);
    close_reader(&r);
    return wrong;
}

struct problem save_read(const struct save *s, const struct checkpoint *c)
{
    return read_kinds(s, c, KINDS);
}

struct problem save_read_weights(const struct save *s,
                                 const struct checkpoint *c)
{
    return read_kinds(s, c, 1);
}

bool save_reads(const struct checkpoint_item *item)
{
    for (int kind = 0; kind < KINDS; kind++) {
        size_t n = strlen(kinds[kind].name);

        if (strncmp(item->name, kinds[kind].name, n) == 0 &&
            item->name[n] == '/')
            return true;
    }
    return false;
}

static struct problem read_array(const struct checkpoint *c, int fd,
                                 const struct array *a)
{
    long item;
    struct problem wrong = find_item(c, a->name, a->rows, a->cols, &item);

    if (is_problem(&wrong))
        return wrong;
    if (c->item[item].data.number != a->number)
        return problem("%s: %s has numbers of another type", c->path.text,
                       a->name);
    return checkpoint_get(c, fd, item, 0, a->rows * a->cols, a->at);
}

static struct problem read_arrays(const struct save *s,
                                  const struct checkpoint *c)
{
    int fd = open(c->path.text, O_RDONLY | O_CLOEXEC);
    struct problem wrong = NO_PROBLEM;

    if (fd < 0)
        return problem("%s cannot be opened: %s", c->path.text,
                       strerror(errno));
    for (long i = 0; i < s->arrays->n && !is_problem(&wrong); i++)
        wrong = read_array(c, fd, &s->arrays->list[i]);
    close(fd);
    return wrong;
}

struct problem save_read_arrays(const struct save *s,
                                const struct checkpoint *c)
{
    struct group *all = s->grid->all;

    return group_agree(all,
                       group_rank(all) == 0 ? read_arrays(s, c) : NO_PROBLEM);
}
