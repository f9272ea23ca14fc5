#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/text/symbols.h"
#include "src/tokenize/tokenize_job.h"

/* What ids mean, as this rank has it. */
struct meaning {
    char sha256[sizeof((struct tokenizer *)0)->sha256];
    long end_of_text, begin_of_text;
};

/* Ids of different files must not come together in a shard. */
static struct problem check_alike(const struct tokenize_job *t)
{
    const struct tokenizer *own = &t->tokenizer;
    struct meaning first = {.end_of_text = own->end_of_text,
                            .begin_of_text = own->begin_of_text};

    memcpy(first.sha256, own->sha256, sizeof first.sha256);
    group_broadcast(t->g, &first, sizeof first);
    if (strcmp(first.sha256, own->sha256) != 0)
        return problem("%s is not the same on all ranks: put it on a file "
                       "system that all share",
                       own->name);
    if (first.end_of_text != own->end_of_text ||
        first.begin_of_text != own->begin_of_text)
        return problem("%s: end and begin of text are %ld and %ld on rank 0, "
                       "%ld and %ld on another, as the files beside it say: "
                       "put them on a file system that all share, or give "
                       "tokenize.end_of_text and tokenize.begin_of_text",
                       own->name, first.end_of_text, first.begin_of_text,
                       own->end_of_text, own->begin_of_text);
    return NO_PROBLEM;
}

static struct problem read_tokenizer(struct tokenize_job *t)
{
    const char *name = t->settings->tokenize.tokenizer;
    struct problem wrong;

    if (symbols_find(name))
        return problem("%s=%s: it only has symbols for the sentences of "
                       "`skillet synth %s`; use bytes",
                       settings_place(t->settings, "tokenize.tokenizer"), name,
                       name);
    wrong = tokenizer_open(&t->tokenizer, name);
    if (is_problem(&wrong))
        wrong = problem("%s: %s",
                        settings_place(t->settings, "tokenize.tokenizer"),
                        wrong.text);
    return wrong;
}

static struct problem read_split(struct tokenize_job *t)
{
    const char *text = t->settings->tokenize.split;
    double *s = t->share;
    int used = -1;

    t->only = split_find(text);
    if (t->only != SPLIT_NONE)
        return NO_PROBLEM;
    if (sscanf(text, " %lf , %lf , %lf %n", &s[0], &s[1], &s[2], &used) != 3 ||
        used < 0 || text[used])
        return problem("%s=%s: must be train, validation, test or three "
                       "shares like 0.98,0.01,0.01",
                       settings_place(t->settings, "tokenize.split"), text);
    for (int i = 0; i < SPLITS; i++)
        if (!(s[i] >= 0 && s[i] <= 1))
            used = -1;
    if (used < 0 || fabs(s[0] + s[1] + s[2] - 1) > 1e-6)
        return problem("%s=%s: shares must be between 0 and 1 and sum to 1",
                       settings_place(t->settings, "tokenize.split"), text);
    return NO_PROBLEM;
}

/* Empty leaves the tokenizer's id. */
static struct problem read_id(const struct tokenize_job *t, const char *key,
                              const char *text, long *id)
{
    char *end;
    long x;

    if (text[0] == '\0')
        return NO_PROBLEM;
    if (strcmp(text, "none") == 0) {
        *id = -1;
        return NO_PROBLEM;
    }
    errno = 0;
    x = strtol(text, &end, 10);
    if (end == text || *end || errno || x < 0 ||
        x >= t->tokenizer.vocabulary_size)
        return problem("%s=%s: must be none or an id from 0 to %ld",
                       settings_place(t->settings, key), text,
                       t->tokenizer.vocabulary_size - 1);
    *id = x;
    return NO_PROBLEM;
}

struct problem tokenize_settings(struct tokenize_job *t)
{
    const struct settings *s = t->settings;
    struct problem wrong = read_tokenizer(t);

    if (!is_problem(&wrong))
        wrong = read_id(t, "tokenize.end_of_text", s->tokenize.end_of_text,
                        &t->tokenizer.end_of_text);
    if (!is_problem(&wrong))
        wrong = read_id(t, "tokenize.begin_of_text", s->tokenize.begin_of_text,
                        &t->tokenizer.begin_of_text);
    wrong = group_agree(t->g, wrong);
    if (!is_problem(&wrong))
        wrong = check_alike(t);
    if (!is_problem(&wrong))
        wrong = read_split(t);
    if (!is_problem(&wrong) && s->data.directory[0] == '\0')
        wrong = problem("data.directory is not given: name the directory for "
                        "the shards");
    if (!is_problem(&wrong) && s->tokenize.skill[0] == '@' &&
        s->tokenize.skill[1] == '\0')
        wrong = problem("%s=@ does not name a field",
                        settings_place(s, "tokenize.skill"));
    if (!is_problem(&wrong) && strlen(s->tokenize.skill) > 255)
        wrong = problem("%s is longer than 255 bytes",
                        settings_place(s, "tokenize.skill"));
    return wrong;
}
