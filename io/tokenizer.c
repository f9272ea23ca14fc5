#include "io/tokenizer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/symbols.h"
#include "kernels/check.h"

enum { BYTES = 256 };

struct problem tokenizer_open(struct tokenizer *t, const char *name)
{
    const struct symbols *closed = symbols_find(name);

    *t = (struct tokenizer){.end_of_text = -1, .begin_of_text = -1};
    if (closed) {
        t->vocabulary_size = closed->n;
    } else if (strcmp(name, "bytes") == 0) {
        t->vocabulary_size = BYTES + 1;
        t->end_of_text = BYTES;
    } else {
        return problem("tokenize.tokenizer=%s: no such tokenizer; there is "
                       "\"bytes\"",
                       name);
    }
    strcpy(t->name, name);
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

struct problem tokenizer_decode(const struct tokenizer *t, const int32_t *ids,
                                long n, char **text, size_t *bytes)
{
    const struct symbols *closed = symbols_find(t->name);
    FILE *to;

    *text = NULL;
    *bytes = 0;
    for (long i = 0; i < n; i++)
        if (ids[i] < 0 || ids[i] >= t->vocabulary_size)
            return problem("token id %ld is not in the vocabulary of tokenizer "
                           "%s, whose last one is %ld",
                           (long)ids[i], t->name, t->vocabulary_size - 1);
    to = open_memstream(text, bytes);
    CHECK(to, "no memory for the text of %ld tokens", n);
    for (long i = 0; i < n; i++) {
        if (ids[i] == t->end_of_text || ids[i] == t->begin_of_text)
            continue;
        if (closed)
            fputs(closed->text[ids[i]], to);
        else if (ids[i] < BYTES)
            fputc(ids[i], to);
    }
    CHECK(fclose(to) == 0, "no memory for the text of %ld tokens", n);
    return NO_PROBLEM;
}

void tokenizer_ids_free(struct tokenizer_ids *ids)
{
    free(ids->at);
    *ids = (struct tokenizer_ids){0};
}
