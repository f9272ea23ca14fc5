#include "io/text/bpe.h"

#include <stdlib.h>
#include <string.h>

#include "io/utf8.h"
#include "kernels/base/memory.h"

/* Ids of the units of a word, before they are merged. */
struct units {
    const struct bpe *b;
    int32_t *id;
    long n;
    bool owes_unknown; /* an unknown token that is not yet among them */
};

void bpe_free(struct bpe *b)
{
    vocabulary_free(&b->vocabulary);
    merges_free(&b->merges);
    words_free(&b->words);
    bpe_forget_joints(b);
}

static unsigned joint_of(char last, char first)
{
    return (unsigned)(unsigned char)last << 8 | (unsigned char)first;
}

void bpe_join(struct bpe *b, char last, char first)
{
    unsigned bit = joint_of(last, first);

    if (!b->joint)
        b->joint = memory_take(1 << 13, 1, "bytes of joints");
    b->joint[bit / 8] |= (unsigned char)(1 << bit % 8);
}

void bpe_forget_joints(struct bpe *b)
{
    free(b->joint);
    b->joint = NULL;
}

static void pay_unknown(struct units *u)
{
    if (u->owes_unknown)
        u->id[u->n++] = u->b->unknown;
    u->owes_unknown = false;
}

static bool spell(struct units *u, const char *at, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (u->b->byte[(unsigned char)at[i]] < 0)
            return false;
    for (size_t i = 0; i < bytes; i++)
        u->id[u->n++] = u->b->byte[(unsigned char)at[i]];
    return true;
}

/* As in the original, spelled bytes come before an unknown token that is
 * owed. */
static void add_missing(struct units *u, const char *at, size_t bytes)
{
    if (u->b->spells_bytes && spell(u, at, bytes))
        return;
    if (u->b->unknown < 0)
        return;
    if (!u->b->fuses_unknown)
        pay_unknown(u);
    u->owes_unknown = true;
}

static void add_unit(struct units *u, const char *at, size_t bytes)
{
    const struct bpe *b = u->b;
    long id = bytes == 1 ? b->unit[(unsigned char)*at]
                         : vocabulary_find(&b->vocabulary, at, bytes);

    if (id < 0) {
        add_missing(u, at, bytes);
        return;
    }
    pay_unknown(u);
    u->id[u->n++] = (int32_t)id;
}

static long merge_word(struct bpe *b, const char *word, size_t n, int32_t *to)
{
    struct units u = {.b = b, .id = to};
    size_t bytes = 1;

    for (size_t i = 0; i < n; i += bytes) {
        if (!b->is_byte_level)
            utf8_code(word + i, &bytes);
        add_unit(&u, word + i, bytes);
    }
    pay_unknown(&u);
    return merges_apply(&b->merges, to, u.n);
}

static long encode(struct bpe *b, const char *word, size_t n, int32_t *to)
{
    long id = -1;

    if (b->takes_whole_words)
        id = vocabulary_find(&b->vocabulary, word, n);
    if (id < 0)
        return merge_word(b, word, n, to);
    *to = (int32_t)id;
    return 1;
}

static long encode_part(struct bpe *b, const char *word, size_t n, int32_t *to)
{
    struct words_key key;
    struct words_line *line;

    if (n > WORDS_LONGEST)
        return encode(b, word, n, to);
    key = words_key(word, n);
    line = words_find(&b->words, &key);
    if (!words_same(&line->key, &key)) {
        long ids = encode(b, word, n, to);

        if (ids > WORDS_MOST_IDS)
            return ids;
        line->key = key;
        line->n = (int32_t)ids;
        memcpy(line->id, to, (size_t)ids * sizeof *to);
        return ids;
    }
    memcpy(to, line->id, sizeof line->id);
    return line->n;
}

/* Where the part that begins a word ends: no id spans two characters that no
 * merge joins.  Short parts are met again. */
static size_t part_end(const struct bpe *b, const char *word, size_t n)
{
    size_t i;

    for (i = 1; i < n; i++) {
        unsigned bit = joint_of(word[i - 1], word[i]);

        if (((unsigned char)word[i] & 0xc0) != 0x80 &&
            !(b->joint[bit / 8] & 1 << bit % 8))
            break;
    }
    return i;
}

long bpe_encode(struct bpe *b, const char *word, size_t n, int32_t *to)
{
    long ids = 0;

    if (!b->joint)
        return encode_part(b, word, n, to);
    for (size_t at = 0, end; at < n; at = end) {
        end = at + part_end(b, word + at, n - at);
        ids += encode_part(b, word + at, end - at, to + ids);
    }
    return ids;
}
