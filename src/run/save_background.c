#include "src/run/save_background.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"
#include "kernels/base/memory.h"
#include "kernels/device.h"

/* The memory is touched here: where there is too little of it, a run ends
 * before its first step and not at its first save. */
void save_background_init(struct save_background *b, const struct save *s)
{
    *b = (struct save_background){0};
    for (long i = 0; i < save_parts(s); i++)
        b->copy_bytes += (size_t)save_part(s, i).n * sizeof *b->copy;
    b->copy = malloc(b->copy_bytes + 1);
    CHECK(b->copy,
          "no %zu bytes for the copy that is saved; give more memory, "
          "or checkpoint.asynchronous=no",
          b->copy_bytes);
    memset(b->copy, 0, b->copy_bytes);
}

void save_background_free(struct save_background *b)
{
    free(b->copy);
    *b = (struct save_background){0};
}

static void copy_parts(struct save_background *b, const struct save *s)
{
    wide *to = b->copy;

    for (long i = 0; i < save_parts(s); i++) {
        struct save_part part = save_part(s, i);

        if (part.n == 0)
            continue;
        device_get(to, part.at, (size_t)part.n * sizeof *to);
        checkpoint_thread_add(&b->thread, i, part.first, (uint64_t)part.n, to);
        to += part.n;
    }
}

static size_t array_bytes(const struct array *a)
{
    return a->rows * a->cols * h5_number_bytes(a->number);
}

static void copy_arrays(struct save_background *b, const struct save *s)
{
    size_t bytes = 1;
    char *to;

    for (long i = 0; i < s->arrays->n; i++)
        bytes += array_bytes(&s->arrays->list[i]);
    b->arrays = to = memory_take(bytes, 1, "bytes of the run's state");
    for (long i = 0; i < s->arrays->n; i++) {
        const struct array *a = &s->arrays->list[i];

        memcpy(to, a->at, array_bytes(a));
        checkpoint_thread_add(&b->thread, save_parts(s) + i, 0,
                              a->rows * a->cols, to);
        to += array_bytes(a);
    }
}

struct problem save_background_start(struct save_background *b,
                                     const struct save *s,
                                     const char *directory, int64_t step,
                                     int64_t tokens)
{
    struct checkpoint *c = &b->checkpoint;
    struct problem wrong = save_list(s, c, directory, step, tokens);

    if (!is_problem(&wrong))
        wrong = checkpoint_write_create(&b->writer, c, s->grid->all);
    if (is_problem(&wrong)) {
        checkpoint_free(c);
        return wrong;
    }
    copy_parts(b, s);
    if (group_rank(s->grid->all) == 0)
        copy_arrays(b, s);
    checkpoint_thread_start(&b->thread, &b->writer);
    return wrong;
}

bool save_background_is_done(const struct save_background *b)
{
    return checkpoint_thread_is_done(&b->thread);
}

struct problem save_background_finish(struct save_background *b)
{
    struct problem wrong;

    checkpoint_thread_join(&b->thread);
    wrong = checkpoint_write_publish(&b->writer);
    free(b->arrays);
    b->arrays = NULL;
    checkpoint_free(&b->checkpoint);
    return wrong;
}
