#include "io/text/added.h"

#include <stdlib.h>
#include <string.h>

#include "io/text/unicode.h"
#include "io/utf8.h"
#include "kernels/base/memory.h"

static int32_t new_node(struct added *a, unsigned char byte)
{
    if (a->nodes == a->node_room) {
        a->node_room = 2 * a->node_room + 64;
        a->node = memory_grow(a->node, (size_t)a->node_room, sizeof *a->node,
                              "nodes of added tokens");
    }
    a->node[a->nodes] = (struct added_node){.token = -1, .byte = byte};
    return (int32_t)a->nodes++;
}

void added_init(struct added *a)
{
    *a = (struct added){0};
    new_node(a, 0);
}

void added_free(struct added *a)
{
    free(a->token);
    free(a->node);
    *a = (struct added){0};
}

static int32_t find_child(const struct added *a, int32_t node,
                          unsigned char byte)
{
    int32_t child = node ? a->node[node].child : a->first[byte];

    while (child && a->node[child].byte != byte)
        child = a->node[child].sibling;
    return child;
}

static int32_t add_child(struct added *a, int32_t node, unsigned char byte)
{
    int32_t child = new_node(a, byte);

    if (node) {
        a->node[child].sibling = a->node[node].child;
        a->node[node].child = child;
    } else {
        a->first[byte] = child;
    }
    return child;
}

static void set_pair(struct added *a, unsigned first, unsigned second)
{
    unsigned bit = first << 8 | second;

    a->pair[bit / 8] |= (unsigned char)(1 << bit % 8);
}

bool added_set(struct added *a, const char *text, size_t n,
               struct added_token token)
{
    int32_t node = 0;

    if (n == 0)
        return true;
    for (size_t i = 0; i < n; i++) {
        unsigned char byte = (unsigned char)text[i];
        int32_t child = find_child(a, node, byte);

        node = child ? child : add_child(a, node, byte);
    }
    if (a->node[node].token >= 0)
        return false;
    a->token = memory_grow(a->token, (size_t)a->tokens + 1, sizeof *a->token,
                           "added tokens");
    a->node[node].token = (int32_t)a->tokens;
    a->only = a->tokens == 0 || a->only == (unsigned char)text[0]
                  ? (unsigned char)text[0]
                  : -1;
    a->token[a->tokens++] = token;
    for (unsigned second = 0; second < 256; second++)
        if (n == 1 || second == (unsigned char)text[1])
            set_pair(a, (unsigned char)text[0], second);
    return true;
}

/* The first place from `at` on where a token may begin: few bytes are the
 * first of one, and fewer are followed by its second. */
static size_t candidate(const struct added *a, const char *text, size_t n,
                        size_t at)
{
    const unsigned char *s = (const unsigned char *)text;

    for (; at < n; at++) {
        unsigned bit;

        if (a->only >= 0) {
            const char *next = memchr(text + at, a->only, n - at);

            if (!next)
                return n;
            at = (size_t)(next - text);
        } else if (!a->first[s[at]]) {
            continue;
        }
        bit = (unsigned)s[at] << 8 | s[at + 1];
        if (a->pair[bit / 8] & 1 << bit % 8)
            break;
    }
    return at;
}

/* The longest token at a place and its bytes, or NULL. */
static const struct added_token *longest(const struct added *a, const char *at,
                                         size_t left, size_t *bytes)
{
    const struct added_token *best = NULL;
    int32_t node = 0;

    for (size_t i = 0; i < left; i++) {
        node = find_child(a, node, (unsigned char)at[i]);
        if (!node)
            break;
        if (a->node[node].token >= 0) {
            best = &a->token[a->node[node].token];
            *bytes = i + 1;
        }
    }
    return best;
}

static unsigned char class_at(const char *at, size_t *bytes)
{
    return unicode_classes()[utf8_code(at, bytes)];
}

/* Where the character before a place begins. */
static size_t step_back(const char *text, size_t at)
{
    do
        at--;
    while (((unsigned char)text[at] & 0xc0) == 0x80);
    return at;
}

static bool is_whole_word(const struct added_search *s, size_t from, size_t to)
{
    size_t bytes;

    if (from > 0 &&
        class_at(s->text + step_back(s->text, from), &bytes) & UNICODE_WORD)
        return false;
    return to == s->n || !(class_at(s->text + to, &bytes) & UNICODE_WORD);
}

static size_t spaces_before(const struct added_search *s, size_t at)
{
    size_t bytes;

    while (at > s->taken) {
        size_t before = step_back(s->text, at);

        if (!(class_at(s->text + before, &bytes) & UNICODE_SPACE))
            break;
        at = before;
    }
    return at;
}

/* Each blank is looked at once, also where each is a token. */
static size_t spaces_behind(struct added_search *s)
{
    size_t bytes;

    if (s->spaces < s->at)
        s->spaces = s->at;
    while (s->spaces < s->n &&
           class_at(s->text + s->spaces, &bytes) & UNICODE_SPACE)
        s->spaces += bytes;
    return s->spaces;
}

/* As in the original, the search goes on behind the token's own text, even if
 * it took the white space there. */
bool added_next(const struct added *a, struct added_search *s, size_t *from,
                size_t *to, int32_t *id)
{
    *from = s->taken;
    if (a->tokens == 0)
        s->at = s->n;
    while ((s->at = candidate(a, s->text, s->n, s->at)) < s->n) {
        size_t start = s->at, bytes = 1, stop;
        const struct added_token *t =
            longest(a, s->text + start, s->n - start, &bytes);

        s->at += bytes;
        if (!t || (t->is_word && !is_whole_word(s, start, s->at)))
            continue;
        *to = t->takes_before ? spaces_before(s, start) : start;
        if (*to < *from)
            *to = *from; /* where the token before it took this one's blanks */
        stop = t->takes_behind ? spaces_behind(s) : s->at;
        if (t->takes_before && *to >= stop)
            continue; /* the token before it took all of it */
        *id = t->id;
        s->taken = stop;
        return true;
    }
    *to = s->n;
    return false;
}
