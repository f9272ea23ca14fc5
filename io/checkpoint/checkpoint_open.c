#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/checkpoint/checkpoint.h"
#include "io/file.h"
#include "io/seal.h"
#include "kernels/base/memory.h"

/* The datasets of a file. */
struct header {
    struct checkpoint *c;
    struct h5_dataset sums; /* rows are 0 if there are none */
    uint64_t file_bytes;
};

static struct problem check_format(struct h5 *f)
{
    char format[32];
    int64_t version;
    struct problem wrong = h5_text_read(f, "format", format, sizeof format);

    if (is_problem(&wrong))
        return wrong;
    if (strcmp(format, "skillet-checkpoint") != 0)
        return problem("%s is not a checkpoint: its format is \"%s\"", f->path,
                       format);
    wrong = h5_number_read(f, "version", &version);
    if (!is_problem(&wrong) && version != CHECKPOINT_VERSION)
        return problem(
            "%s has version %lld of the checkpoint format, but this "
            "Skillet reads version %d: use the Skillet that wrote it, or a "
            "later one",
            f->path, (long long)version, CHECKPOINT_VERSION);
    return wrong;
}

static struct problem read_attributes(struct h5 *f, struct checkpoint *c)
{
    struct problem wrong = check_format(f);

    if (!is_problem(&wrong))
        wrong = h5_number_read(f, "step", &c->step);
    if (!is_problem(&wrong))
        wrong = h5_number_read(f, "tokens", &c->tokens);
    if (!is_problem(&wrong) && (c->step < 0 || c->tokens < 0))
        wrong = problem("%s: step is %lld and tokens is %lld; neither can be "
                        "below 0",
                        f->path, (long long)c->step, (long long)c->tokens);
    return wrong;
}

static struct problem check_dataset(const struct header *l, const char *name,
                                    const struct h5_dataset *d)
{
    const char *path = l->c->path.text;
    uint64_t width = h5_number_bytes(d->number), room;

    if (strlen(name) >= CHECKPOINT_NAME_BYTES)
        return problem("%s: the name \"%.200s\" has more than %d bytes", path,
                       name, CHECKPOINT_NAME_BYTES - 1);
    if (d->number == H5_OTHER)
        return problem("%s: dataset \"%s\" has neither little-endian "
                       "numbers nor texts of fixed length",
                       path, name);
    room = d->at < l->file_bytes ? l->file_bytes - d->at : 0;
    if (d->dims[0] == 0 || d->dims[1] == 0 ||
        d->dims[0] > room / width / d->dims[1])
        return problem("%s is damaged: dataset \"%s\" is not inside it", path,
                       name);
    return NO_PROBLEM;
}

static struct problem take_dataset(void *to, const char *name,
                                   const struct h5_dataset *d)
{
    struct header *l = to;
    struct problem wrong = check_dataset(l, name, d);
    long item;

    if (is_problem(&wrong))
        return wrong;
    if (strcmp(name, "sums") == 0) {
        l->sums = *d;
        return wrong;
    }
    item = checkpoint_add(l->c, name, d->number, d->dims[0], d->dims[1]);
    l->c->item[item].data = *d;
    return wrong;
}

static int by_place(const void *a, const void *b)
{
    const struct checkpoint_item *x = a, *y = b;

    if (x->data.at != y->data.at)
        return x->data.at < y->data.at ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Makes one item of two names, and finds those that overlap. */
static struct problem join_names(struct checkpoint *c)
{
    long n = 0;

    qsort(c->item, (size_t)c->items, sizeof *c->item, by_place);
    for (long i = 0; i < c->items; i++) {
        const struct checkpoint_item *next = &c->item[i];
        struct checkpoint_item *last = n > 0 ? &c->item[n - 1] : NULL;

        if (!last ||
            next->data.at >= last->data.at + h5_dataset_bytes(&last->data))
            c->item[n++] = *next;
        else if (!last->alias[0] &&
                 memcmp(&last->data, &next->data, sizeof last->data) == 0)
            strcpy(last->alias, next->name);
        else
            return problem("%s is damaged: datasets \"%s\" and \"%s\" overlap",
                           c->path.text, last->name, next->name);
    }
    c->items = n;
    return NO_PROBLEM;
}

static struct problem read_sums(struct header *l)
{
    struct checkpoint *c = l->c;
    uint64_t *sum;
    struct problem wrong;
    int fd;

    if (l->sums.number != H5_U64 || l->sums.dims_count != 1 ||
        l->sums.dims[0] != (uint64_t)c->items)
        return problem("%s lacks sums: it needs one for each of its %ld "
                       "items",
                       c->path.text, c->items);
    fd = open(c->path.text, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return problem("%s cannot be opened: %s", c->path.text,
                       strerror(errno));
    sum = memory_take((size_t)c->items, sizeof *sum, "sums");
    wrong = file_read_at(fd, c->path.text, l->sums.at, sum,
                         (size_t)c->items * sizeof *sum);
    for (long i = 0; i < c->items && !is_problem(&wrong); i++)
        c->item[i].sum = sum[i];
    free(sum);
    close(fd);
    return wrong;
}

static struct problem read_header(struct checkpoint *c)
{
    struct header l = {.c = c};
    struct h5 f;
    struct stat st;
    bool sealed;
    struct problem wrong = seal_check(c->path.text, &sealed);

    if (is_problem(&wrong))
        return wrong;
    if (!sealed || stat(c->path.text, &st) != 0)
        return problem("%s is not a checkpoint: it has no seal", c->path.text);
    l.file_bytes = (uint64_t)st.st_size;
    wrong = h5_open(&f, c->path.text);
    if (!is_problem(&wrong))
        wrong = read_attributes(&f, c);
    if (!is_problem(&wrong))
        wrong = h5_list(&f, take_dataset, &l);
    h5_close(&f);
    if (!is_problem(&wrong))
        wrong = join_names(c);
    return is_problem(&wrong) ? wrong : read_sums(&l);
}

/* From rank 0 to all. */
static void share(struct checkpoint *c, struct group *g)
{
    struct checkpoint_item *item = c->item;

    group_broadcast(g, c, sizeof *c);
    if (group_rank(g) > 0)
        item = memory_take((size_t)c->items, sizeof *item,
                           "items of a checkpoint");
    group_broadcast(g, item, (size_t)c->items * sizeof *item);
    c->item = item;
    c->room = c->items;
    checkpoint_complete(c);
}

struct problem checkpoint_open(struct checkpoint *c, struct group *g,
                               const char *path)
{
    struct problem wrong;

    memset(c, 0, sizeof *c);
    wrong = path_print(&c->path, "%s", path);
    if (is_problem(&wrong))
        return wrong;
    if (group_rank(g) == 0)
        wrong = read_header(c);
    wrong = group_agree(g, wrong);
    if (is_problem(&wrong))
        checkpoint_free(c);
    else
        share(c, g);
    return wrong;
}
