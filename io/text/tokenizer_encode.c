#include "io/text/tokenizer_encode.h"

#include <string.h>

#include "io/utf8.h"

/* A passage of the text on its way through the stages. */
struct passage {
    const char *at;
    size_t n;
    bool is_start; /* of the whole text */
};

static void encode_piece(struct tokenizer_file *f, const char *at, size_t n,
                         struct tokenizer_ids *ids)
{
    tokenizer_ids_make_room(ids, (long)n + WORDS_MOST_IDS);
    ids->n += bpe_encode(&f->bpe, at, n, ids->at + ids->n);
}

/* Puts marks for blanks and the prefix first; true if that made another text,
 * which stands in s->room. */
static bool prepare(struct tokenizer_file_step *s, const struct passage *x)
{
    size_t prefix = strlen(s->prefix);
    struct bytes blank = {.at = " ", .n = 1};
    struct bytes mark = {.at = s->blank, .n = strlen(s->blank)};

    if (prefix == 0 && mark.n == 0)
        return false;
    s->room.n = 0;
    bytes_add(&s->room, s->prefix, prefix);
    if (mark.n > 0)
        normal_add_replaced(&s->room, x->at, x->n, &blank, &mark);
    else
        bytes_add(&s->room, x->at, x->n);
    if (prefix > 0 && ((s->is_for_start && !x->is_start) ||
                       strncmp(s->room.at + prefix, s->prefix, prefix) == 0)) {
        s->room.n -= prefix;
        memmove(s->room.at, s->room.at + prefix, s->room.n + 1);
    }
    return true;
}

static void run_steps(struct tokenizer_file *f, int step, struct passage x,
                      struct tokenizer_ids *ids)
{
    struct tokenizer_file_step *s = &f->step[step];
    const char *at = x.at, *end;

    if (step == f->steps) {
        encode_piece(f, x.at, x.n, ids);
        return;
    }
    if (prepare(s, &x)) {
        at = s->room.at;
        x.n = s->room.n;
    }
    for (end = at + x.n; at < end; x.is_start = false) {
        struct passage piece = {
            at, pieces_first(&s->pieces, at, (size_t)(end - at)), x.is_start};

        run_steps(f, step + 1, piece, ids);
        at += piece.n;
    }
}

static void add_id(struct tokenizer_ids *ids, int32_t id)
{
    tokenizer_ids_make_room(ids, 1);
    ids->at[ids->n++] = id;
}

/* Cuts out the added tokens, and hands on what is between them. */
static void cut_added(struct tokenizer_file *f, const struct added *a,
                      struct passage x, struct tokenizer_ids *ids,
                      void (*stage)(struct tokenizer_file *f, struct passage x,
                                    struct tokenizer_ids *ids))
{
    struct added_search search = {.text = x.at, .n = x.n};
    size_t from, to;
    bool is_found;
    int32_t id;

    do {
        is_found = added_next(a, &search, &from, &to, &id);
        if (from < to) {
            struct passage between = {x.at + from, to - from,
                                      x.is_start && from == 0};

            stage(f, between, ids);
        }
        if (is_found)
            add_id(ids, id);
    } while (is_found);
}

static void cut_into_pieces(struct tokenizer_file *f, struct passage x,
                            struct tokenizer_ids *ids)
{
    run_steps(f, 0, x, ids);
}

static void normalise(struct tokenizer_file *f, struct passage x,
                      struct tokenizer_ids *ids)
{
    normal_apply(&f->normal, &x.at, &x.n);
    cut_added(f, &f->added_normalised, x, ids, cut_into_pieces);
}

struct problem tokenizer_encode_text(struct tokenizer_file *f,
                                     const char *text, size_t n,
                                     struct tokenizer_ids *ids)
{
    struct passage x = {.n = n, .is_start = true};
    size_t well_formed;

    if (n > UINT32_MAX / 8)
        return problem("a text of %zu bytes is longer than %ld", n,
                       (long)UINT32_MAX / 8);
    f->text.n = 0;
    bytes_add(&f->text, text, n);
    x.at = f->text.at;
    well_formed = utf8_well_formed(x.at, n);
    if (well_formed < n)
        return problem("byte %zu of the text, 0x%02x, is not UTF-8",
                       well_formed, (unsigned char)text[well_formed]);
    cut_added(f, &f->added, x, ids, normalise);
    return NO_PROBLEM;
}
