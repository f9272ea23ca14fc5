#ifndef TESTS_LIB_CHECKPOINT_CONTENT_H
#define TESTS_LIB_CHECKPOINT_CONTENT_H

#include <stddef.h>
#include <stdint.h>

#include "io/checkpoint/checkpoint_write.h"
#include "tests/lib/shard_files.h"

/* A small checkpoint of items of every kind, whose bytes are a function of
 * item and place alone. */
struct content_item {
    const char *name, *alias;
    enum h5_number number;
    uint64_t rows, cols;
};

enum { CONTENT_ITEMS = 12 };
extern const struct content_item content_item[CONTENT_ITEMS];

struct checkpoint content_init(const char *name, int64_t step);

/* Bytes [from, from + n) of an item.  Texts are letters. */
void content_bytes(long item, uint64_t from, size_t n, unsigned char *to);

/* All numbers of all items, dealt over the ranks in pieces of any length, the
 * last pieces of an item first. */
void content_put_all(struct checkpoint_writer *w);

/* Written by all of g. */
void content_write(struct checkpoint *c, struct group *g);

/* How many items, read in a few ranges, are not as written. */
long content_wrong(const struct checkpoint *c);

/* The bytes of a file, malloc'd. */
char *content_load(const char *path, size_t *n);

#endif
