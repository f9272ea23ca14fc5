#include "src/tokenize/tokenize_job.h"

bool tokenize_job_has_skill_field(const struct tokenize_job *t)
{
    return t->settings->tokenize.skill[0] == '@';
}

const char *tokenize_job_title(const struct tokenize_job *t,
                               const struct tokenize_input *f)
{
    return t->settings->tokenize.skill[0] ? t->settings->tokenize.skill
                                          : f->title;
}

long tokenize_job_token_bytes(const struct tokenize_job *t)
{
    return t->tokenizer.vocabulary_size <= 1 << 16 ? 2 : 4;
}
