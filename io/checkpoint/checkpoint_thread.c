#include "io/checkpoint/checkpoint_thread.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/memory.h"

struct checkpoint_part {
    long item;
    uint64_t first, n;
    const void *numbers;
};

void checkpoint_thread_add(struct checkpoint_thread *t, long item,
                           uint64_t first, uint64_t n, const void *numbers)
{
    assert(!t->is_started);
    if (t->parts == t->room) {
        t->room = 2 * t->room + 64;
        t->part = memory_grow(t->part, (size_t)t->room, sizeof *t->part,
                              "parts of a checkpoint");
    }
    t->part[t->parts++] = (struct checkpoint_part){item, first, n, numbers};
}

static void *write_parts(void *at)
{
    struct checkpoint_thread *t = at;

    for (long i = 0; i < t->parts; i++) {
        const struct checkpoint_part *p = &t->part[i];

        checkpoint_write_put(t->writer, p->item, p->first, p->n, p->numbers);
    }
    checkpoint_write_sync(t->writer);
    atomic_store(&t->is_done, true);
    return NULL;
}

/* A request to stop is for the thread that asks for it; and a signal that
 * found this one would let the other sleep on. */
static int create_without_signals(struct checkpoint_thread *t)
{
    sigset_t all, before;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&t->id, NULL, write_parts, t);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

void checkpoint_thread_start(struct checkpoint_thread *t,
                             struct checkpoint_writer *w)
{
    int error;

    t->writer = w;
    atomic_store(&t->is_done, false);
    error = create_without_signals(t);
    t->is_started = error == 0;
    if (error == 0)
        return;
    w->wrong = problem("%s cannot be written while training continues: no "
                       "thread: %s",
                       w->name.text, strerror(error));
    atomic_store(&t->is_done, true);
}

bool checkpoint_thread_is_done(const struct checkpoint_thread *t)
{
    return atomic_load(&t->is_done);
}

void checkpoint_thread_join(struct checkpoint_thread *t)
{
    if (t->is_started)
        pthread_join(t->id, NULL);
    free(t->part);
    *t = (struct checkpoint_thread){0};
}
