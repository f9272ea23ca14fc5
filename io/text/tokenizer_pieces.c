#include <stdlib.h>
#include <string.h>

#include "io/text/tokenizer_file.h"

/* The member decoder of a tokenizer.json: what each id of the vocabulary is in
 * a text. */

struct decoder {
    struct normal replace; /* steps of NORMAL_REPLACE */
    bool is_byte_level;
    bool reads_bytes; /* <0x00> */
    bool fuses;       /* what follows is about the whole text */
    enum tokenizer_file_start start;
};

static struct problem add_replace(struct decoder *d, const char *from,
                                  size_t from_n, const char *to, size_t to_n)
{
    struct normal_step *s = &d->replace.step[d->replace.steps];

    if (!from || from_n == 0 || !to)
        return problem("decoder Replace: a text, not a regular expression, is "
                       "needed");
    if (d->replace.steps == NORMAL_MOST)
        return problem("decoder: more than %d steps", NORMAL_MOST);
    d->replace.steps++;
    *s = (struct normal_step){.kind = NORMAL_REPLACE};
    bytes_add(&s->from, from, from_n);
    bytes_add(&s->to, to, to_n);
    return NO_PROBLEM;
}

static struct problem read_replace(struct decoder *d,
                                   const struct json_value *v)
{
    size_t n, m;
    const char *from = json_value_text(
        json_value_member(json_value_member(v, "pattern"), "String"), &n);
    const char *to = json_value_text(json_value_member(v, "content"), &m);

    return add_replace(d, from, n, to, m);
}

static struct problem read_metaspace(struct decoder *d,
                                     const struct json_value *v)
{
    size_t n;
    const char *mark =
        json_value_text(json_value_member(v, "replacement"), &n);
    const char *scheme;
    struct problem wrong = add_replace(d, mark, n, " ", 1);

    scheme = json_value_text(json_value_member(v, "prepend_scheme"), &n);
    d->start = scheme && strcmp(scheme, "never") == 0 ? TOKENIZER_ALL
                                                      : TOKENIZER_BUT_BLANKS;
    return wrong;
}

static struct problem read_strip(struct decoder *d, const struct json_value *v)
{
    size_t n;
    const char *content = json_value_text(json_value_member(v, "content"), &n);
    long start = 0, stop = 0;

    if (!d->fuses || !content || strcmp(content, " ") != 0 ||
        !json_value_integer(json_value_member(v, "start"), &start) ||
        !json_value_integer(json_value_member(v, "stop"), &stop) ||
        start < 0 || start > 1 || stop != 0)
        return problem("decoder Strip is supported only after Fuse, for "
                       "one blank at the start");
    d->start = start ? TOKENIZER_BUT_ONE : TOKENIZER_ALL;
    return NO_PROBLEM;
}

static struct problem read_part(struct decoder *d, const struct json_value *v)
{
    size_t n;
    const char *type = json_value_text(json_value_member(v, "type"), &n);

    if (!type)
        return problem("a decoder has no \"type\"");
    if (strcmp(type, "ByteLevel") == 0)
        d->is_byte_level = true;
    else if (strcmp(type, "ByteFallback") == 0)
        d->reads_bytes = true;
    else if (strcmp(type, "Fuse") == 0)
        d->fuses = true;
    else if (strcmp(type, "Replace") == 0)
        return read_replace(d, v);
    else if (strcmp(type, "Metaspace") == 0)
        return read_metaspace(d, v);
    else if (strcmp(type, "Strip") == 0)
        return read_strip(d, v);
    else
        return problem("decoder %.40s is not supported; ByteLevel, Metaspace, "
                       "and a Sequence of Replace, ByteFallback, Fuse and "
                       "Strip are",
                       type);
    return NO_PROBLEM;
}

static struct problem read_decoder(struct decoder *d,
                                   const struct json_value *v)
{
    const struct json_value *list = json_value_member(v, "decoders");
    struct problem wrong = NO_PROBLEM;

    if (!json_value_is_array(list))
        return read_part(d, v);
    for (long i = 0; i < json_value_size(list) && !is_problem(&wrong); i++)
        wrong = read_decoder(d, json_value_element(list, i));
    return wrong;
}

/* The byte that a text like <0x0A> spells, or -1. */
static int spelled(const char *text, size_t n)
{
    char *end;
    long byte;

    if (n != 6 || memcmp(text, "<0x", 3) != 0)
        return -1;
    byte = strtol(text + 3, &end, 16);
    return end == text + 5 && *end == '>' ? (int)byte : -1;
}

/* What is decoded.  The original gives the decoder the normal form of an added
 * token, with the blank or mark that it took along; but where ByteLevel would
 * take its letters for bytes, it is what it says. */
static const struct vocabulary *source(const struct tokenizer_file *f, long id)
{
    if (f->contents.entry[id].bytes < 0)
        return &f->bpe.vocabulary;
    return f->bpe.is_byte_level ? &f->contents : &f->forms;
}

static void add_piece(struct tokenizer_file *f, struct decoder *d, long id)
{
    size_t n;
    const char *text = vocabulary_text(source(f, id), id, &n);
    int byte = d->reads_bytes ? spelled(text, n) : -1;
    char c = (char)byte;

    if (byte >= 0) {
        text = &c;
        n = 1;
    } else {
        normal_apply(&d->replace, &text, &n);
    }
    vocabulary_set(&f->pieces, id, text, n);
}

struct problem tokenizer_pieces_read(struct tokenizer_file *f,
                                     const struct json_value *v)
{
    struct decoder d = {.start = TOKENIZER_ALL};
    struct problem wrong = NO_PROBLEM;

    f->has_decoder = !json_value_is_null(v);
    if (f->has_decoder)
        wrong = read_decoder(&d, v);
    if (!is_problem(&wrong) && f->has_decoder &&
        d.is_byte_level != f->bpe.is_byte_level)
        wrong = problem("decoder and pre_tokenizer: only one of them is "
                        "ByteLevel, and both must be");
    vocabulary_init(&f->pieces, f->contents.n);
    for (long id = 0; id < f->pieces.n && !is_problem(&wrong); id++)
        add_piece(f, &d, id);
    f->start = d.start;
    normal_free(&d.replace);
    return wrong;
}
