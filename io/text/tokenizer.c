#include "io/text/tokenizer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/bytes.h"
#include "io/file.h"
#include "io/sha256.h"
#include "io/text/symbols.h"
#include "io/text/tokenizer_encode.h"
#include "io/text/tokenizer_file.h"
#include "io/text/tokenizer_special.h"
#include "kernels/base/memory.h"

enum { BYTES = 256 };

static struct problem read_file(struct tokenizer *t, const char *path)
{
    char *json;
    size_t n;
    struct problem wrong = file_read(path, &json, &n);

    if (is_problem(&wrong))
        return problem("%s; a tokenizer is \"bytes\", or a tokenizer.json or "
                       "the directory that holds it",
                       wrong.text);
    t->file = memory_take(1, sizeof *t->file, "tokenizers");
    sha256_hex(json, n, t->sha256);
    wrong = tokenizer_file_read(t->file, json, n);
    free(json);
    if (is_problem(&wrong))
        return problem("%s: %s", path, wrong.text);
    t->vocabulary_size = t->file->pieces.n;
    return tokenizer_special_read(t, path);
}

static struct problem open_file(struct tokenizer *t, const char *name)
{
    char path[sizeof t->name + 32];
    struct stat st;
    bool is_directory = stat(name, &st) == 0 && S_ISDIR(st.st_mode);
    struct problem wrong;

    snprintf(path, sizeof path, "%s%s", name,
             is_directory ? "/tokenizer.json" : "");
    wrong = read_file(t, path);
    if (is_problem(&wrong))
        tokenizer_close(t);
    return wrong;
}

struct problem tokenizer_open(struct tokenizer *t, const char *name)
{
    const struct symbols *closed = symbols_find(name);

    *t = (struct tokenizer){.end_of_text = -1, .begin_of_text = -1};
    if (strlen(name) >= sizeof t->name)
        return problem("the tokenizer's name, %.40s..., is longer than %zu "
                       "bytes",
                       name, sizeof t->name - 1);
    strcpy(t->name, name);
    if (!closed && strcmp(name, "bytes") != 0)
        return open_file(t, name);
    t->vocabulary_size = closed ? closed->n : BYTES + 1;
    t->end_of_text = closed ? -1 : BYTES;
    return NO_PROBLEM;
}

void tokenizer_close(struct tokenizer *t)
{
    if (t->file)
        tokenizer_file_free(t->file);
    free(t->file);
    t->file = NULL;
}

void tokenizer_ids_make_room(struct tokenizer_ids *ids, long n)
{
    if (ids->room - ids->n >= n)
        return;
    ids->room = 2 * ids->room + n;
    ids->at =
        memory_grow(ids->at, (size_t)ids->room, sizeof *ids->at, "token ids");
}

struct problem tokenizer_encode(const struct tokenizer *t, const char *text,
                                size_t n, struct tokenizer_ids *ids)
{
    const unsigned char *byte = (const unsigned char *)text;

    if (t->file)
        return tokenizer_encode_text(t->file, text, n, ids);
    assert(t->vocabulary_size > BYTES);
    tokenizer_ids_make_room(ids, (long)n);
    for (size_t i = 0; i < n; i++)
        ids->at[ids->n + (long)i] = byte[i];
    ids->n += (long)n;
    return NO_PROBLEM;
}

/* Drops the blanks that the tokenizer put before a text. */
static void begin(const struct tokenizer_file *f, const char **text, size_t *n)
{
    size_t most = *n;

    if (f->start == TOKENIZER_ALL)
        most = 0;
    else if (f->start == TOKENIZER_BUT_ONE)
        most = 1;
    for (; most > 0 && *n > 0 && **text == ' '; most--) {
        ++*text;
        --*n;
    }
}

struct problem tokenizer_check_decoder(const struct tokenizer *t)
{
    return !t->file || t->file->has_decoder
               ? NO_PROBLEM
               : problem("%s has no \"decoder\": its ids cannot be turned "
                         "into text",
                         t->name);
}

struct problem tokenizer_decode_next(struct tokenizer_decoder *d, int32_t id,
                                     const char **text, size_t *n)
{
    const struct tokenizer *t = d->t;
    const struct symbols *closed = symbols_find(t->name);
    struct problem wrong = tokenizer_check_decoder(t);

    *text = "";
    *n = 0;
    if (is_problem(&wrong))
        return wrong;
    if (id < 0 || id >= t->vocabulary_size)
        return problem("token id %ld is not in the vocabulary of tokenizer "
                       "%s, whose last one is %ld",
                       (long)id, t->name, t->vocabulary_size - 1);
    if (t->file) {
        *text = vocabulary_text(&t->file->pieces, id, n);
        if (!d->has_begun)
            begin(t->file, text, n);
    } else if (id != t->end_of_text && id != t->begin_of_text) {
        d->byte = (char)id;
        *text = closed ? closed->text[id] : &d->byte;
        *n = closed ? strlen(*text) : 1;
    }
    d->has_begun = true;
    return NO_PROBLEM;
}

struct problem tokenizer_decode(const struct tokenizer *t, const int32_t *ids,
                                long n, char **text, size_t *bytes)
{
    struct tokenizer_decoder d = {.t = t};
    struct bytes all = {0};

    *text = NULL;
    *bytes = 0;
    bytes_make_room(&all, (size_t)n);
    for (long i = 0; i < n; i++) {
        const char *piece;
        size_t length;
        struct problem wrong =
            tokenizer_decode_next(&d, ids[i], &piece, &length);

        if (is_problem(&wrong)) {
            bytes_free(&all);
            return wrong;
        }
        bytes_add(&all, piece, length);
    }
    *text = all.at;
    *bytes = all.n;
    return NO_PROBLEM;
}

void tokenizer_ids_free(struct tokenizer_ids *ids)
{
    free(ids->at);
    *ids = (struct tokenizer_ids){0};
}
