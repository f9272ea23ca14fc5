#ifndef IO_TEXT_ADDED_H
#define IO_TEXT_ADDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Tokens that are cut out of a text before anything else: at each place the
 * longest one. */
struct added_token {
    int32_t id;
    bool is_word; /* not where a letter or digit is beside it */
    bool takes_before, takes_behind; /* the white space there belongs to it */
};

struct added_node {
    int32_t child, sibling; /* 0: none */
    int32_t token;          /* that ends here; -1: none */
    unsigned char byte;
};

struct added {
    struct added_token *token;
    struct added_node *node; /* 0 is the root */
    int32_t first[256];      /* children of the root by their byte; 0: none */
    unsigned char pair[1 << 13]; /* bits: two bytes that a token begins with */
    int only; /* first byte of all tokens; -1: there are several */
    long tokens, nodes, node_room;
};

void added_init(struct added *a);
void added_free(struct added *a);

/* An empty text is no token.  False where the text is one already. */
bool added_set(struct added *a, const char *text, size_t n,
               struct added_token token);

/* Goes through a text; set text and n, and the rest to 0. */
struct added_search {
    const char *text;
    size_t n;
    size_t taken; /* up to here the text belongs to tokens or was given out */
    size_t at;    /* where to look next */
    size_t
        spaces; /* where the white space ends that was last looked through */
};

/* The next token, with the text [*from, *to) before it, which may be empty;
 * false after the last one, where that text is the rest. */
bool added_next(const struct added *a, struct added_search *s, size_t *from,
                size_t *to, int32_t *id);

#endif
