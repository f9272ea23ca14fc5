#ifndef IO_TEXT_VOCABULARY_H
#define IO_TEXT_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/bytes.h"

/* Texts by their ids 0 to n - 1, and ids by their texts.  A text may hold any
 * bytes. */
struct vocabulary {
    long n, known; /* ids; how many of them have a text */
    struct bytes text;
    struct vocabulary_entry *entry; /* [n] */
    int32_t *slot; /* [slots] ids by the hash of their text; -1: free */
    size_t slots;  /* a power of 2 */
};

struct vocabulary_entry {
    size_t start;
    long bytes; /* -1: no text yet */
};

void vocabulary_init(struct vocabulary *v, long n);
void vocabulary_free(struct vocabulary *v);

/* Gives an id its text; false where there is no such id, or it has one. */
bool vocabulary_set(struct vocabulary *v, long id, const char *text, size_t n);

/* From now on vocabulary_find finds the id, if no other has its text. */
void vocabulary_show(struct vocabulary *v, long id);

/* The id of a text, or -1. */
long vocabulary_find(const struct vocabulary *v, const char *text, size_t n);

/* The first id without a text; n where all have one. */
long vocabulary_hole(const struct vocabulary *v);

static inline const char *vocabulary_text(const struct vocabulary *v, long id,
                                          size_t *n)
{
    *n = (size_t)v->entry[id].bytes;
    return v->text.at + v->entry[id].start;
}

#endif
