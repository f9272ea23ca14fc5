#include "io/text/tokenizer_special.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "io/json.h"
#include "io/json_value.h"
#include "io/text/tokenizer_file.h"

/* A JSON file beside the tokenizer's; j is NULL where there is none. */
struct companion {
    char path[512];
    struct json_line *j;
};

static struct problem read_companion(struct companion *c, const char *path,
                                     const char *name)
{
    const char *slash = strrchr(path, '/');
    int directory = slash ? (int)(slash - path) + 1 : 0;
    struct problem wrong;
    char *json;
    size_t n;

    c->j = NULL;
    snprintf(c->path, sizeof c->path, "%.*s%s", directory, path, name);
    if (access(c->path, F_OK) != 0)
        return NO_PROBLEM;
    wrong = file_read(c->path, &json, &n);
    if (is_problem(&wrong))
        return wrong;
    wrong = json_line_parse(&c->j, json, n);
    free(json);
    return is_problem(&wrong) ? problem("%s: %s", c->path, wrong.text) : wrong;
}

static const struct json_value *ask(const struct companion *c,
                                    const char *name)
{
    return json_value_member(json_value_of(c->j), name);
}

/* A token is its text, or an object that has it as its content. */
static struct problem id_by_text(const struct tokenizer *t,
                                 const struct companion *c, const char *key,
                                 const struct json_value *v, long *id)
{
    size_t n;
    const char *text = json_value_text(v, &n);

    *id = -1;
    if (json_value_is_null(v))
        return NO_PROBLEM;
    if (!text)
        text = json_value_text(json_value_member(v, "content"), &n);
    if (text)
        *id = tokenizer_file_find(t->file, text, n);
    return *id >= 0 ? NO_PROBLEM
                    : problem("%s: \"%s\" is not a token of the vocabulary, "
                              "\"%s\"",
                              c->path, key, text ? text : "");
}

/* Of several ends the first counts. */
static struct problem id_by_number(const struct tokenizer *t,
                                   const struct companion *c, const char *key,
                                   const struct json_value *v, long *id)
{
    *id = -1;
    if (json_value_is_array(v))
        v = json_value_element(v, 0);
    if (json_value_is_null(v))
        return NO_PROBLEM;
    if (!json_value_integer(v, id) || *id < 0 || *id >= t->vocabulary_size)
        return problem("%s: \"%s\" is not an id from 0 to %ld", c->path, key,
                       t->vocabulary_size - 1);
    return NO_PROBLEM;
}

struct wanted {
    const char *text_key, *id_key;
    const char *const *names; /* ended by NULL */
};

static struct problem find_id(const struct tokenizer *t,
                              const struct companion *c, struct wanted w,
                              long *id)
{
    for (int i = 0; i < 2; i++)
        if (ask(&c[i], w.text_key))
            return id_by_text(t, &c[i], w.text_key, ask(&c[i], w.text_key),
                              id);
    if (ask(&c[1], w.id_key))
        return id_by_number(t, &c[1], w.id_key, ask(&c[1], w.id_key), id);
    *id = -1;
    for (const char *const *name = w.names; *name && *id < 0; name++)
        *id = tokenizer_file_find(t->file, *name, strlen(*name));
    return NO_PROBLEM;
}

static bool begins_with(const struct json_value *v, const char *start)
{
    size_t n;
    const char *text = json_value_text(v, &n);

    return text && strncmp(text, start, strlen(start)) == 0;
}

static struct problem puts_begin(const struct companion *c, bool *puts)
{
    for (int i = 0; i < 2; i++) {
        const struct json_value *v = ask(&c[i], "add_bos_token");

        if (json_value_is_null(v))
            continue;
        if (json_value_bool(v, puts))
            return NO_PROBLEM;
        return problem("%s: \"add_bos_token\" is not true or false",
                       c[i].path);
    }
    *puts = begins_with(ask(&c[0], "tokenizer_class"), "Llama") ||
            begins_with(ask(&c[1], "model_type"), "llama") ||
            (!c[0].j && !c[1].j);
    return NO_PROBLEM;
}

static struct problem settle(struct tokenizer *t, const struct companion *c)
{
    static const char *const ends[] = {"<|endoftext|>", "</s>",
                                       "<|end_of_text|>", NULL};
    static const char *const begins[] = {"<s>", NULL};
    const struct wanted end = {"eos_token", "eos_token_id", ends};
    const struct wanted begin = {"bos_token", "bos_token_id", begins};
    bool puts = false;
    struct problem wrong = find_id(t, c, end, &t->end_of_text);

    if (!is_problem(&wrong))
        wrong = puts_begin(c, &puts);
    if (!is_problem(&wrong) && puts)
        wrong = find_id(t, c, begin, &t->begin_of_text);
    return wrong;
}

struct problem tokenizer_special_read(struct tokenizer *t, const char *path)
{
    struct companion c[2] = {{.j = NULL}, {.j = NULL}};
    struct problem wrong =
        read_companion(&c[0], path, "tokenizer_config.json");

    if (!is_problem(&wrong))
        wrong = read_companion(&c[1], path, "config.json");
    if (!is_problem(&wrong))
        wrong = settle(t, c);
    for (int i = 0; i < 2; i++)
        json_line_free(c[i].j);
    return wrong;
}
