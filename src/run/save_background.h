#ifndef SRC_RUN_SAVE_BACKGROUND_H
#define SRC_RUN_SAVE_BACKGROUND_H

#include <stdbool.h>

#include "io/checkpoint/checkpoint_thread.h"
#include "src/run/save.h"

/* A save while training continues: start makes the file and copies what this
 * rank writes, a thread brings the copy to the disk, and finish gives the file
 * its name.  It is the file that save_write would have written at its start.
 *
 * The copy of the weights and moments is taken once, before the first step;
 * rank 0's arrays are few, and have a copy of their own for each save. */
struct save_background {
    wide *copy;
    size_t copy_bytes;
    char *arrays;
    struct checkpoint checkpoint; /* from start to finish, as those below */
    struct checkpoint_writer writer;
    struct checkpoint_thread thread;
};

/* Takes the memory for what s writes, whose arrays are not looked at. */
void save_background_init(struct save_background *b, const struct save *s);
void save_background_free(struct save_background *b);

/* A problem leaves no file and nothing to finish.  Collective over the
 * grid. */
struct problem save_background_start(struct save_background *b,
                                     const struct save *s,
                                     const char *directory, int64_t step,
                                     int64_t tokens);

/* True once this rank would not wait in finish for its own disk. */
bool save_background_is_done(const struct save_background *b);

/* A problem leaves no file.  Collective over the grid. */
struct problem save_background_finish(struct save_background *b);

#endif
