#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/checkpoint/checkpoint.h"
#include "kernels/base/memory.h"
#include "src/inspect/inspect.h"

static const char *number_name(enum h5_number number)
{
    return number == H5_F32   ? "float32"
           : number == H5_F64 ? "float64"
                              : "other";
}

/* Weights, and what they are saved as. */
static void print_model(const struct checkpoint *c, FILE *to)
{
    static const char group[] = "model/";
    uint64_t parameters = 0, bytes = 0;
    const char *type = NULL;

    for (long i = 0; i < c->items; i++) {
        const struct checkpoint_item *item = &c->item[i];

        bytes += h5_dataset_bytes(&item->data);
        if (strncmp(item->name, group, sizeof group - 1) != 0)
            continue;
        parameters += h5_dataset_numbers(&item->data);
        type = number_name(item->data.number);
    }
    fprintf(to, "arrays %ld\nbytes %" PRIu64 "\nparameters %" PRIu64 "\n",
            c->items, bytes, parameters);
    if (type)
        fprintf(to, "weights %s\n", type);
}

/* The lines of a text that it holds, such as its run file. */
static struct problem print_text(const struct checkpoint *c, int fd,
                                 const char *name, FILE *to)
{
    long item = checkpoint_find(c, name);
    struct problem wrong = NO_PROBLEM;
    char *text, *rest, *line;
    uint64_t bytes;

    if (item < 0)
        return wrong;
    bytes = h5_dataset_bytes(&c->item[item].data);
    text = memory_take(bytes + 1, 1, "bytes of a text");
    wrong = checkpoint_get(c, fd, item, 0,
                           h5_dataset_numbers(&c->item[item].data), text);
    rest = text;
    while (!is_problem(&wrong) && (line = strsep(&rest, "\n")))
        if (*line)
            inspect_text_line(name, line, to);
    free(text);
    return wrong;
}

static struct problem describe(const struct checkpoint *c,
                               const struct settings *s, struct group *g,
                               FILE *to)
{
    int fd = open(c->path.text, O_RDONLY | O_CLOEXEC);
    struct problem wrong;

    fprintf(to, "checkpoint ");
    inspect_text(c->path.text, strlen(c->path.text), to);
    fprintf(to, "\nstep %" PRId64 "\ntokens %" PRId64 "\n", c->step,
            c->tokens);
    print_model(c, to);
    wrong = print_text(c, fd, "environment", to);
    if (!is_problem(&wrong))
        wrong = print_text(c, fd, "settings", to);
    if (fd >= 0)
        close(fd);
    if (is_problem(&wrong) || !s->inspect.verify)
        return wrong;
    wrong = checkpoint_verify(c, g);
    if (!is_problem(&wrong))
        fprintf(to, "verified %ld arrays\n", c->items);
    return wrong;
}

struct problem inspect_checkpoint(const struct settings *s, struct group *g,
                                  const char *path, FILE *to)
{
    struct checkpoint c;
    struct problem wrong = checkpoint_open(&c, g, path);

    if (is_problem(&wrong))
        return wrong;
    wrong = describe(&c, s, g, to);
    checkpoint_free(&c);
    return wrong;
}
