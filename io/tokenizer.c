#include "io/tokenizer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/check.h"

enum { BYTES = 256 };

struct problem tokenizer_open(struct tokenizer *t, const char *name)
{
    memset(t, 0, sizeof *t);
    if (strcmp(name, "bytes") != 0)
        return problem("tokenize.tokenizer=%s: no such tokenizer; there is "
                       "\"bytes\"",
                       name);
    strcpy(t->name, name);
    t->vocabulary_size = BYTES + 1;
    t->end_of_text = BYTES;
    t->begin_of_text = -1;
    return NO_PROBLEM;
}

static void make_room(struct tokenizer_ids *ids, long n)
{
    if (ids->room - ids->n >= n)
        return;
    ids->room = 2 * ids->room + n;
    ids->at = realloc(ids->at, (size_t)ids->room * sizeof *ids->at);
    CHECK(ids->at, "no memory for %ld token ids", ids->room);
}

void tokenizer_encode(const struct tokenizer *t, const char *text, size_t n,
                      struct tokenizer_ids *ids)
{
    const unsigned char *byte = (const unsigned char *)text;

    assert(t->vocabulary_size > BYTES);
    (void)t;
    make_room(ids, (long)n);
    for (size_t i = 0; i < n; i++)
        ids->at[ids->n + (long)i] = byte[i];
    ids->n += (long)n;
}

void tokenizer_ids_free(struct tokenizer_ids *ids)
{
    free(ids->at);
    *ids = (struct tokenizer_ids){0};
}
