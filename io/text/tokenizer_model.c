#include <stdio.h>
#include <string.h>

#include "io/text/byte_level.h"
#include "io/text/tokenizer_file.h"

/* The member model of a tokenizer.json: which ids there are, and how they
 * merge. */

enum { MOST_IDS = 1 << 24 };

static struct problem check_type(const struct json_value *v)
{
    const struct json_value *type = json_value_member(v, "type");
    size_t n;
    const char *name = json_value_text(type, &n);

    if (!json_value_is_object(v))
        return problem("there is no \"model\", so this is not a "
                       "tokenizer.json");
    if (type && !json_value_is_text(type, "BPE"))
        return problem("model %.40s is not supported; BPE is",
                       name ? name : "of no name");
    return NO_PROBLEM;
}

/* Members whose other values would need another way to encode. */
static struct problem check_plain(const struct json_value *v)
{
    static const char *const affix[] = {"continuing_subword_prefix",
                                        "end_of_word_suffix"};
    const struct json_value *dropout = json_value_member(v, "dropout");

    if (!json_value_is_null(dropout) && !json_value_is_zero(dropout))
        return problem(
            "model BPE with \"dropout\" is not supported: ids would "
            "be random");
    for (size_t i = 0; i < sizeof affix / sizeof *affix; i++) {
        const struct json_value *x = json_value_member(v, affix[i]);

        if (!json_value_is_null(x) && !json_value_is_text(x, ""))
            return problem("model BPE with \"%s\" is not supported", affix[i]);
    }
    return NO_PROBLEM;
}

/* In byte-level vocabularies what is no text of the alphabet is never met. */
static void add_text(struct bpe *b, long id, const char *text, size_t n)
{
    struct bytes raw = {0};
    bool is_met = true;

    bytes_make_room(&raw, n);
    if (b->is_byte_level && !byte_level_add(&raw, text, n)) {
        is_met = false;
        bytes_add(&raw, text, n);
    } else if (!b->is_byte_level) {
        bytes_add(&raw, text, n);
    }
    vocabulary_set(&b->vocabulary, id, raw.at, raw.n);
    if (is_met)
        vocabulary_show(&b->vocabulary, id);
    bytes_free(&raw);
}

static struct problem read_vocabulary(struct bpe *b,
                                      const struct json_value *vocab)
{
    const struct json_value *v;
    const char *text;
    long n = json_value_size(vocab), id;

    if (!json_value_is_object(vocab) || n == 0)
        return problem("model BPE has no \"vocab\"");
    if (n > MOST_IDS)
        return problem("model BPE has more than %d ids", MOST_IDS);
    vocabulary_init(&b->vocabulary, n);
    for (void *at = NULL; json_value_next(vocab, &at, &text, &v);) {
        if (!json_value_integer(v, &id))
            return problem("the id of \"%.40s\" is not an integer", text);
        if (id < 0 || id >= n)
            return problem(
                "\"%.40s\" has id %ld, but with %ld ids in \"vocab\" "
                "they must be 0 to %ld, without a hole",
                text, id, n, n - 1);
        if (b->vocabulary.entry[id].bytes >= 0)
            return problem(
                "\"%.40s\" has id %ld, which another token has too; id %ld "
                "is missing",
                text, id, vocabulary_hole(&b->vocabulary));
        add_text(b, id, text, strlen(text));
    }
    return NO_PROBLEM;
}

/* The ids of bytes or of ASCII characters, and of the spelled bytes. */
static void find_units(struct bpe *b)
{
    for (int i = 0; i < 256; i++) {
        char byte = (char)i, name[8];

        b->unit[i] = -1;
        if (b->is_byte_level || i < 0x80)
            b->unit[i] = (int32_t)vocabulary_find(&b->vocabulary, &byte, 1);
        sprintf(name, "<0x%02X>", (unsigned)i);
        b->byte[i] = (int32_t)vocabulary_find(&b->vocabulary, name, 6);
    }
}

static struct problem read_flags(struct bpe *b, const struct json_value *v)
{
    const struct {
        const char *name;
        bool *x;
    } flag[] = {{"byte_fallback", &b->spells_bytes},
                {"fuse_unk", &b->fuses_unknown},
                {"ignore_merges", &b->takes_whole_words}};

    for (size_t i = 0; i < sizeof flag / sizeof *flag; i++)
        if (!json_value_flag(v, flag[i].name, flag[i].x))
            return problem("model BPE: \"%s\" is not true or false",
                           flag[i].name);
    return NO_PROBLEM;
}

static bool has_all(const int32_t id[256])
{
    for (int i = 0; i < 256; i++)
        if (id[i] < 0)
            return false;
    return true;
}

/* Where all bytes have ids no character is unknown, and the token is not
 * looked for. */
static struct problem read_unknown(struct bpe *b, const struct json_value *v,
                                   const struct json_value *vocab)
{
    const struct json_value *unknown = json_value_member(v, "unk_token");
    size_t n;
    const char *name = json_value_text(unknown, &n);
    long id;

    b->unknown = -1;
    if (json_value_is_null(unknown) || (b->is_byte_level && has_all(b->unit)))
        return NO_PROBLEM;
    if (!name || !json_value_integer(json_value_member(vocab, name), &id))
        return problem("model BPE: \"unk_token\" is not in its \"vocab\"");
    b->unknown = (int32_t)id;
    return NO_PROBLEM;
}

/* With spelled bytes a missing byte would be written as those of the character
 * that stands for it. */
static struct problem check_bytes(const struct bpe *b)
{
    if (!b->is_byte_level || !b->spells_bytes)
        return NO_PROBLEM;
    for (int i = 0; i < 256; i++)
        if (b->unit[i] < 0)
            return problem("model BPE: \"byte_fallback\" after ByteLevel, "
                           "where byte 0x%02x has no id, is not supported",
                           (unsigned)i);
    return NO_PROBLEM;
}

/* The two texts of a merge, which lie in `pair` one after another, and their
 * ids. */
struct pair {
    struct bytes text;
    size_t left;
    long id[3]; /* left, right, both */
};

static bool read_pair(struct pair *x, const struct json_value *v)
{
    size_t n, m;
    const char *left = json_value_text(v, &n), *right;

    x->text.n = 0;
    if (left) {
        right = memchr(left, ' ', n);
        if (!right || memchr(right + 1, ' ', n - (size_t)(right + 1 - left)))
            return false;
        x->left = (size_t)(right - left);
        m = n - x->left - 1;
        right++;
    } else {
        left = json_value_text(json_value_element(v, 0), &x->left);
        right = json_value_text(json_value_element(v, 1), &m);
        if (!left || !right || json_value_size(v) != 2)
            return false;
    }
    bytes_add(&x->text, left, x->left);
    bytes_add(&x->text, right, m);
    return !memchr(x->text.at, '\0', x->text.n);
}

static struct problem find_pair(struct pair *x, const struct json_value *vocab)
{
    char *at = x->text.at, first = at[x->left];
    int n = (int)x->text.n, left = (int)x->left;
    const struct {
        int from, n;
    } part[] = {{0, left}, {left, n - left}, {0, n}};

    for (int i = 0; i < 3; i++) {
        bool is_known;

        at[left] = i == 0 ? '\0' : first;
        is_known = json_value_integer(
            json_value_member(vocab, at + part[i].from), &x->id[i]);
        at[left] = first;
        if (!is_known)
            return problem("it merges \"%.*s\" and \"%.*s\", and \"%.*s\" is "
                           "not in \"vocab\"",
                           left, at, n - left, at + left, part[i].n,
                           at + part[i].from);
    }
    return NO_PROBLEM;
}

/* Ids that stand for other texts than their own. */
static bool is_spelling(const struct bpe *b, long id)
{
    for (int i = 0; i < 256; i++)
        if (b->byte[i] == id)
            return true;
    return id == b->unknown;
}

/* Whether each character gives ids of its own: then a word may be cut between
 * characters that no merge joins. */
static bool has_all_characters(const struct bpe *b)
{
    return b->spells_bytes && !b->is_byte_level && !b->takes_whole_words &&
           has_all(b->byte);
}

/* False where nothing can be said of the characters that a merge joins. */
static bool note_joint(struct bpe *b, const struct pair *x)
{
    if (x->left == 0 || x->left == x->text.n || is_spelling(b, x->id[0]) ||
        is_spelling(b, x->id[1]))
        return false;
    bpe_join(b, x->text.at[x->left - 1], x->text.at[x->left]);
    return true;
}

static struct problem read_merge(struct tokenizer_file *f, struct pair *x,
                                 const struct json_value *vocab, uint32_t rank)
{
    struct problem wrong = find_pair(x, vocab);

    if (!is_problem(&wrong))
        merges_set(&f->bpe.merges, (int32_t)x->id[0], (int32_t)x->id[1], rank,
                   (int32_t)x->id[2]);
    return wrong;
}

static struct problem read_merges(struct tokenizer_file *f,
                                  const struct json_value *merges,
                                  const struct json_value *vocab)
{
    bool has_joints = has_all_characters(&f->bpe);
    struct pair x = {.left = 0};
    struct problem wrong = NO_PROBLEM;
    uint32_t rank = 0;

    if (!json_value_is_array(merges) || json_value_size(merges) > MOST_IDS)
        return problem(
            "model BPE has no array \"merges\", or one of more than "
            "%d",
            MOST_IDS);
    merges_init(&f->bpe.merges, json_value_size(merges));
    for (long i = 0; i < json_value_size(merges) && !is_problem(&wrong); i++) {
        const struct json_value *v = json_value_element(merges, i);
        size_t n;
        const char *text = json_value_text(v, &n);

        if (text && strncmp(text, "#version", 8) == 0)
            continue;
        wrong = read_pair(&x, v) ? read_merge(f, &x, vocab, rank++)
                                 : problem("it is not a pair of texts");
        has_joints =
            has_joints && !is_problem(&wrong) && note_joint(&f->bpe, &x);
        if (is_problem(&wrong))
            wrong = problem("merge %ld: %s", i, wrong.text);
    }
    bytes_free(&x.text);
    if (!has_joints)
        bpe_forget_joints(&f->bpe);
    return wrong;
}

struct problem tokenizer_model_read(struct tokenizer_file *f,
                                    const struct json_value *v)
{
    const struct json_value *vocab = json_value_member(v, "vocab");
    struct problem wrong = check_type(v);

    if (!is_problem(&wrong))
        wrong = check_plain(v);
    if (!is_problem(&wrong))
        wrong = read_vocabulary(&f->bpe, vocab);
    if (!is_problem(&wrong))
        wrong = read_flags(&f->bpe, v);
    if (is_problem(&wrong))
        return wrong;
    find_units(&f->bpe);
    wrong = read_unknown(&f->bpe, v, vocab);
    if (!is_problem(&wrong))
        wrong = check_bytes(&f->bpe);
    if (!is_problem(&wrong))
        wrong = read_merges(f, json_value_member(v, "merges"), vocab);
    words_init(&f->bpe.words);
    return wrong;
}
