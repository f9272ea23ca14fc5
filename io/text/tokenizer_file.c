#include "io/text/tokenizer_file.h"

#include <string.h>

#include "io/json.h"
#include "kernels/base/check.h"

void tokenizer_file_free(struct tokenizer_file *f)
{
    added_free(&f->added);
    added_free(&f->added_normalised);
    normal_free(&f->normal);
    for (int i = 0; i < f->steps; i++)
        bytes_free(&f->step[i].room);
    bpe_free(&f->bpe);
    vocabulary_free(&f->contents);
    vocabulary_free(&f->forms);
    vocabulary_free(&f->pieces);
    bytes_free(&f->text);
}

long tokenizer_file_find(const struct tokenizer_file *f, const char *text,
                         size_t n)
{
    long id = vocabulary_find(&f->contents, text, n);

    return id >= 0 ? id : vocabulary_find(&f->bpe.vocabulary, text, n);
}

static struct problem read_members(struct tokenizer_file *f,
                                   const struct json_value *v)
{
    const struct json_value *model = json_value_member(v, "model");
    struct problem wrong =
        tokenizer_text_normalizer(f, json_value_member(v, "normalizer"));

    if (!is_problem(&wrong))
        wrong = tokenizer_text_pre_tokenizer(
            f, json_value_member(v, "pre_tokenizer"));
    if (!is_problem(&wrong))
        wrong = tokenizer_model_read(f, model);
    if (!is_problem(&wrong))
        wrong = tokenizer_added_read(f, json_value_member(v, "added_tokens"),
                                     json_value_member(model, "vocab"));
    if (!is_problem(&wrong))
        wrong = tokenizer_pieces_read(f, json_value_member(v, "decoder"));
    return wrong;
}

struct problem tokenizer_file_read(struct tokenizer_file *f, const char *json,
                                   size_t n)
{
    struct json_line *j;
    struct problem wrong = json_line_parse(&j, json, n);

    *f = (struct tokenizer_file){.steps = 0};
    added_init(&f->added);
    added_init(&f->added_normalised);
    if (is_problem(&wrong))
        return wrong;
    wrong = read_members(f, json_value_of(j));
    json_line_free(j);
    return wrong;
}
