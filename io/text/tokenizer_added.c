#include <string.h>

#include "io/text/tokenizer_file.h"

/* The member added_tokens of a tokenizer.json. */

struct entry {
    const char *text;
    size_t bytes;
    long id;
    bool is_normalised;
    struct added_token token;
};

static struct problem read_entry(struct entry *e, const struct json_value *v)
{
    const struct {
        const char *name;
        bool *x;
    } flag[] = {{"single_word", &e->token.is_word},
                {"lstrip", &e->token.takes_before},
                {"rstrip", &e->token.takes_behind},
                {"normalized", &e->is_normalised}};

    *e = (struct entry){.is_normalised = true};
    e->text = json_value_text(json_value_member(v, "content"), &e->bytes);
    if (!e->text)
        return problem("an entry of \"added_tokens\" has no \"content\"");
    if (!json_value_integer(json_value_member(v, "id"), &e->id))
        return problem("the added token \"%.40s\" has no \"id\"", e->text);
    for (size_t i = 0; i < sizeof flag / sizeof *flag; i++)
        if (!json_value_flag(v, flag[i].name, flag[i].x))
            return problem("the added token \"%.40s\": \"%s\" is not true or "
                           "false",
                           e->text, flag[i].name);
    e->token.id = (int32_t)e->id;
    return NO_PROBLEM;
}

/* In the normal form of the text the token too is in its normal form.  False
 * where another token has it. */
static bool search_for(struct tokenizer_file *f, const struct entry *e)
{
    struct bytes text = {0};
    const char *at;
    size_t n = e->bytes;
    bool is_new;

    bytes_add(&text, e->text, n);
    at = text.at;
    if (e->is_normalised)
        normal_apply(&f->normal, &at, &n);
    is_new = added_set(e->is_normalised ? &f->added_normalised : &f->added, at,
                       n, e->token);
    vocabulary_set(&f->forms, e->id, at, n);
    bytes_free(&text);
    return is_new;
}

/* The id of a text in the vocabulary, or of one that was added before; -1. */
static long known_id(const struct tokenizer_file *f, const struct entry *e,
                     const struct json_value *vocab)
{
    long id;

    if (!memchr(e->text, '\0', e->bytes) &&
        json_value_integer(json_value_member(vocab, e->text), &id))
        return id;
    return vocabulary_find(&f->contents, e->text, e->bytes);
}

/* The ids of the vocabulary come first, then those that are new. */
static struct problem take_entry(struct tokenizer_file *f,
                                 const struct entry *e,
                                 const struct json_value *vocab, long *next)
{
    long id = known_id(f, e, vocab);

    if (id < 0)
        id = *next;
    if (e->id != id)
        return problem("the added token \"%.40s\" has id %ld, not %ld: ids "
                       "have a hole, or \"vocab\" gives it another id",
                       e->text, e->id, id);
    *next += id == *next;
    if (!vocabulary_set(&f->contents, id, e->text, e->bytes))
        return problem("the added token \"%.40s\" appears twice in "
                       "\"added_tokens\": remove one of them",
                       e->text);
    vocabulary_show(&f->contents, id);
    return search_for(f, e)
               ? NO_PROBLEM
               : problem("the added token \"%.40s\" has the same normal "
                         "form as another: remove one of them",
                         e->text);
}

struct problem tokenizer_added_read(struct tokenizer_file *f,
                                    const struct json_value *v,
                                    const struct json_value *vocab)
{
    long next = f->bpe.vocabulary.n;
    struct problem wrong = NO_PROBLEM;

    vocabulary_init(&f->contents, next + json_value_size(v));
    vocabulary_init(&f->forms, next + json_value_size(v));
    if (!json_value_is_null(v) && !json_value_is_array(v))
        return problem("\"added_tokens\" is not an array");
    for (long i = 0; i < json_value_size(v) && !is_problem(&wrong); i++) {
        struct entry e;

        wrong = read_entry(&e, json_value_element(v, i));
        if (!is_problem(&wrong) && e.bytes > 0)
            wrong = take_entry(f, &e, vocab, &next);
    }
    f->contents.n = f->forms.n = next;
    return wrong;
}
