#ifndef IO_TEXT_TOKENIZER_FILE_H
#define IO_TEXT_TOKENIZER_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/bytes.h"
#include "io/json_value.h"
#include "io/text/added.h"
#include "io/text/bpe.h"
#include "io/text/normal.h"
#include "io/text/pieces.h"
#include "io/text/vocabulary.h"
#include "kernels/base/problem.h"

/* What a tokenizer.json says, ready to be used.  A text goes through it so:
 *
 *   added tokens that are not normalised are cut out
 *   what is left is normalised
 *   added tokens that are normalised are cut out
 *   what is left is prefixed and cut into pieces, step by step
 *   each piece is encoded */
struct tokenizer_file_step {
    char prefix[8];    /* put first, unless it is there */
    bool is_for_start; /* only where the text begins */
    char blank[8];     /* what a blank becomes; empty: itself */
    struct pieces pieces;
    struct bytes room;
};

enum { TOKENIZER_STEPS = 8 };

/* What a text loses of its first token: blanks that were put before it. */
enum tokenizer_file_start {
    TOKENIZER_ALL,
    TOKENIZER_BUT_ONE,
    TOKENIZER_BUT_BLANKS
};

struct tokenizer_file {
    struct added added, added_normalised;
    struct normal normal;
    struct tokenizer_file_step step[TOKENIZER_STEPS];
    int steps;
    struct bpe bpe;
    struct vocabulary contents; /* added tokens as the file has them */
    struct vocabulary forms;    /* and as they are met in a text */
    struct vocabulary pieces;   /* what each id is in a text */
    enum tokenizer_file_start start;
    bool has_decoder;
    struct bytes text; /* a copy of the text that is encoded */
};

/* Reads a whole tokenizer.json. */
struct problem tokenizer_file_read(struct tokenizer_file *f, const char *json,
                                   size_t n);
void tokenizer_file_free(struct tokenizer_file *f);

/* The id of a token by its content, or -1. */
long tokenizer_file_find(const struct tokenizer_file *f, const char *text,
                         size_t n);

/* Parts of that.  Each reads one member of the object; later ones need what
 * the earlier ones read. */
struct problem tokenizer_text_normalizer(struct tokenizer_file *f,
                                         const struct json_value *v);
struct problem tokenizer_text_pre_tokenizer(struct tokenizer_file *f,
                                            const struct json_value *v);
struct problem tokenizer_model_read(struct tokenizer_file *f,
                                    const struct json_value *v);
struct problem tokenizer_added_read(struct tokenizer_file *f,
                                    const struct json_value *v,
                                    const struct json_value *vocabulary);
struct problem tokenizer_pieces_read(struct tokenizer_file *f,
                                     const struct json_value *v);

#endif
