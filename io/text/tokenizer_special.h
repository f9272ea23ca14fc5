#ifndef IO_TEXT_TOKENIZER_SPECIAL_H
#define IO_TEXT_TOKENIZER_SPECIAL_H

#include "io/text/tokenizer.h"
#include "kernels/base/problem.h"

/* Ends and begins of text of a tokenizer whose file is read:
 *
 *   the id   eos_token, bos_token of tokenizer_config.json beside the file,
 *            else eos_token_id, bos_token_id of config.json,
 *            else the first of <|endoftext|>, </s>, <|end_of_text|>, and <s>,
 *            that there is
 *   begin    only where a text begins with it: add_bos_token of
 *            tokenizer_config.json, else where its tokenizer_class is Llama's
 *            or the model_type of config.json is llama, or neither file is
 *            there */
struct problem tokenizer_special_read(struct tokenizer *t, const char *path);

#endif
