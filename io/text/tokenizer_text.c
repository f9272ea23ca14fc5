#include <stdio.h>
#include <string.h>

#include "io/text/tokenizer_file.h"
#include "io/utf8.h"

/* What happens to a text before its pieces are encoded: the members normalizer
 * and pre_tokenizer of a tokenizer.json. */

static const char *type_of(const struct json_value *v)
{
    size_t n;
    const char *type = json_value_text(json_value_member(v, "type"), &n);

    return type ? type : "without a type";
}

static struct problem no_bool(const char *owner, const char *name)
{
    return problem("%s: \"%s\" is not true or false", owner, name);
}

static struct problem read_step(struct tokenizer_file *f,
                                const struct json_value *v)
{
    struct normal_step *s = &f->normal.step[f->normal.steps];
    const char *type = type_of(v), *text = NULL, *from = " ";
    size_t n = 0, from_n = 1;

    if (f->normal.steps == NORMAL_MOST)
        return problem("normalizer: more than %d steps", NORMAL_MOST);
    *s = (struct normal_step){.kind = NORMAL_NFC};
    if (strcmp(type, "Prepend") == 0) {
        s->kind = NORMAL_PREPEND;
        text = json_value_text(json_value_member(v, "prepend"), &n);
    } else if (strcmp(type, "Replace") == 0) {
        s->kind = NORMAL_REPLACE;
        text = json_value_text(json_value_member(v, "content"), &n);
        from = json_value_text(
            json_value_member(json_value_member(v, "pattern"), "String"),
            &from_n);
    } else if (strcmp(type, "NFC") != 0) {
        return problem("normalizer %.40s is not supported; NFC, Prepend, "
                       "Replace and a Sequence of them are",
                       type);
    }
    if (s->kind != NORMAL_NFC && (!text || !from || from_n == 0))
        return problem("normalizer %s: a text, not a regular expression, is "
                       "needed to %s",
                       type, s->kind == NORMAL_PREPEND ? "put" : "replace");
    f->normal.steps++;
    bytes_add(&s->from, from, from_n);
    bytes_add(&s->to, text ? text : "", n);
    return NO_PROBLEM;
}

/* Normalisers or pre-tokenizers: what they and a list of them are called. */
struct kind_of_part {
    const char *name, *list;
    struct problem (*read)(struct tokenizer_file *f,
                           const struct json_value *v);
};

/* One part, or those of a Sequence and of the Sequences in it. */
static struct problem read_each(struct tokenizer_file *f,
                                const struct json_value *v,
                                const struct kind_of_part *kind)
{
    const struct json_value *list = json_value_member(v, kind->list);
    struct problem wrong = NO_PROBLEM;

    if (strcmp(type_of(v), "Sequence") != 0)
        return kind->read(f, v);
    if (!json_value_is_array(list))
        return problem("%s Sequence has no array \"%s\"", kind->name,
                       kind->list);
    for (long i = 0; i < json_value_size(list) && !is_problem(&wrong); i++)
        wrong = read_each(f, json_value_element(list, i), kind);
    return wrong;
}

struct problem tokenizer_text_normalizer(struct tokenizer_file *f,
                                         const struct json_value *v)
{
    static const struct kind_of_part kind = {"normalizer", "normalizers",
                                             read_step};

    return json_value_is_null(v) ? NO_PROBLEM : read_each(f, v, &kind);
}

static struct problem read_byte_level(struct tokenizer_file *f,
                                      struct tokenizer_file_step *s,
                                      const struct json_value *v)
{
    bool prefixes = true, splits = true;

    if (!json_value_flag(v, "add_prefix_space", &prefixes) ||
        !json_value_flag(v, "use_regex", &splits))
        return no_bool("pre_tokenizer ByteLevel",
                       "add_prefix_space\" or \"use_regex");
    if (prefixes)
        strcpy(s->prefix, " ");
    s->pieces.kind = splits ? PIECES_GPT2 : PIECES_WHOLE;
    f->bpe.is_byte_level = true;
    return NO_PROBLEM;
}

/* The pieces of the known expressions are the whole text, so that to keep what
 * matches and to drop what does not is the same. */
static struct problem read_split(struct tokenizer_file_step *s,
                                 const struct json_value *v)
{
    size_t n;
    const char *regex = json_value_text(
        json_value_member(json_value_member(v, "pattern"), "Regex"), &n);
    const struct json_value *behavior = json_value_member(v, "behavior");
    bool inverts = false;

    if (!json_value_flag(v, "invert", &inverts))
        return no_bool("pre_tokenizer Split", "invert");
    if (!regex || !pieces_find(&s->pieces, regex))
        return problem("pre_tokenizer Split by \"%.200s\" is not supported; "
                       "the regular expressions of GPT-2, Llama 3 and Qwen 2 "
                       "are",
                       regex ? regex : "a string");
    if (!json_value_is_text(behavior, inverts ? "Removed" : "Isolated"))
        return problem("pre_tokenizer Split is supported only with "
                       "behavior Isolated, or Removed and invert");
    return NO_PROBLEM;
}

static struct problem read_digits(struct tokenizer_file_step *s,
                                  const struct json_value *v)
{
    bool is_one_by_one = false;

    if (!json_value_flag(v, "individual_digits", &is_one_by_one))
        return no_bool("pre_tokenizer Digits", "individual_digits");
    s->pieces.kind = PIECES_DIGITS;
    s->pieces.digits = is_one_by_one ? 1 : (long)1 << 62;
    return NO_PROBLEM;
}

static bool is_character(const char *text, size_t n)
{
    return n > 0 && text[0] != '\0' && utf8_sequence(text) == n;
}

/* The original puts the mark of "first" before all that came out of the first
 * character of the text as it was given.  That is the start, and the start
 * alone, where steps keep the characters or nothing cuts what they made. */
static bool first_is_start(const struct tokenizer_file *f)
{
    const struct normal_step *n = f->normal.step;

    for (int i = 0; i < f->steps - 1; i++)
        if (f->normal.steps > 0 || f->step[i].prefix[0])
            return false;
    return f->normal.steps == 0 ||
           (f->normal.steps == 1 && (n->kind != NORMAL_REPLACE ||
                                     (is_character(n->from.at, n->from.n) &&
                                      is_character(n->to.at, n->to.n))));
}

/* Old files have add_prefix_space alone, for which true is "always". */
static struct problem read_metaspace(const struct tokenizer_file *f,
                                     struct tokenizer_file_step *s,
                                     const struct json_value *v)
{
    size_t n;
    const char *mark =
        json_value_text(json_value_member(v, "replacement"), &n);
    const struct json_value *scheme = json_value_member(v, "prepend_scheme");
    bool prefixes = true, splits = true;

    if (!json_value_flag(v, "add_prefix_space", &prefixes) ||
        !json_value_flag(v, "split", &splits))
        return no_bool("pre_tokenizer Metaspace",
                       "add_prefix_space\" or \"split");
    if (!mark || !is_character(mark, n))
        return problem("pre_tokenizer Metaspace: \"replacement\" is not one "
                       "character");
    if (scheme && !json_value_is_text(scheme, "always") &&
        !json_value_is_text(scheme, "first") &&
        !json_value_is_text(scheme, "never"))
        return problem(
            "pre_tokenizer Metaspace: \"prepend_scheme\" is none of "
            "always, first and never");
    if (!prefixes && !json_value_is_text(scheme, "never"))
        return problem("pre_tokenizer Metaspace: without \"add_prefix_space\" "
                       "the \"prepend_scheme\" must be never");
    s->is_for_start = json_value_is_text(scheme, "first");
    if (s->is_for_start && !first_is_start(f))
        return problem(
            "pre_tokenizer Metaspace with \"prepend_scheme\" first is "
            "supported only without a normalizer, or alone after NFC, a "
            "Prepend, or a Replace of one character by another");
    strcpy(s->blank, mark);
    strcpy(s->pieces.mark, mark);
    if (!json_value_is_text(scheme, "never"))
        strcpy(s->prefix, mark);
    s->pieces.kind = splits ? PIECES_MARK : PIECES_WHOLE;
    return NO_PROBLEM;
}

static struct problem read_part(struct tokenizer_file *f,
                                const struct json_value *v)
{
    const char *type = type_of(v);
    struct tokenizer_file_step *s = &f->step[f->steps];

    if (f->steps == TOKENIZER_STEPS)
        return problem("pre_tokenizer: more than %d steps", TOKENIZER_STEPS);
    if (f->bpe.is_byte_level)
        return problem("pre_tokenizer %.40s after ByteLevel is not "
                       "supported",
                       type);
    f->steps++;
    if (strcmp(type, "ByteLevel") == 0)
        return read_byte_level(f, s, v);
    if (strcmp(type, "Split") == 0)
        return read_split(s, v);
    if (strcmp(type, "Digits") == 0)
        return read_digits(s, v);
    if (strcmp(type, "Metaspace") == 0)
        return read_metaspace(f, s, v);
    return problem("pre_tokenizer %.40s is not supported; ByteLevel, Split, "
                   "Digits, Metaspace and a Sequence of them are",
                   type);
}

struct problem tokenizer_text_pre_tokenizer(struct tokenizer_file *f,
                                            const struct json_value *v)
{
    static const struct kind_of_part kind = {"pre_tokenizer", "pretokenizers",
                                             read_part};

    return json_value_is_null(v) ? NO_PROBLEM : read_each(f, v, &kind);
}
