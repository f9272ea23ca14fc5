#ifndef IO_TEXT_TOKENIZER_ENCODE_H
#define IO_TEXT_TOKENIZER_ENCODE_H

#include <stddef.h>

#include "io/text/tokenizer.h"
#include "io/text/tokenizer_file.h"
#include "kernels/base/problem.h"

/* tokenizer_encode with what a tokenizer.json says. */
struct problem tokenizer_encode_text(struct tokenizer_file *f,
                                     const char *text, size_t n,
                                     struct tokenizer_ids *ids);

#endif
