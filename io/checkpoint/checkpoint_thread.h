#ifndef IO_CHECKPOINT_CHECKPOINT_THREAD_H
#define IO_CHECKPOINT_CHECKPOINT_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "io/checkpoint/checkpoint_write.h"

/* A thread that writes this rank's part of a checkpoint while the rank goes
 * on: it sums, writes and brings to the disk what was listed, and nothing
 * else.  It neither communicates nor calls HDF5, and takes no signals.
 *
 * From start to join the writer, its checkpoint and the numbers that were
 * listed are the thread's: nobody else may read or change them. */
struct checkpoint_thread {
    struct checkpoint_writer *writer; /* not owned */
    struct checkpoint_part *part;
    long parts, room;
    pthread_t id;
    bool is_started;
    atomic_bool is_done;
};

/* Lists numbers as checkpoint_write_put takes them; they are not copied. */
void checkpoint_thread_add(struct checkpoint_thread *t, long item,
                           uint64_t first, uint64_t n, const void *numbers);

/* The writer's file has been made.  Errors are reported by
 * checkpoint_write_publish. */
void checkpoint_thread_start(struct checkpoint_thread *t,
                             struct checkpoint_writer *w);

/* True once join would not wait. */
bool checkpoint_thread_is_done(const struct checkpoint_thread *t);

/* Waits for the thread and forgets the list. */
void checkpoint_thread_join(struct checkpoint_thread *t);

#endif
