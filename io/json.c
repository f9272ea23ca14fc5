#include "io/json.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"
#include "kernels/base/memory.h"

/* struct json_line is a name for jansson's json_t outside this file. */
static const json_t *value_of(const struct json_line *j)
{
    return (const json_t *)j;
}

static const char *past_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

/* The end of the number that begins at `at`, or `at` where there is none. */
static const char *past_number(const char *at, const char *end)
{
    const char *from = at + (*at == '-'), *exponent;
    const char *c = past_digits(from, end);

    if (c == from || (*from == '0' && c > from + 1))
        return at;
    if (c + 1 < end && *c == '.' && past_digits(c + 1, end) > c + 1)
        c = past_digits(c + 1, end);
    if (c + 1 < end && (*c == 'e' || *c == 'E')) {
        exponent = c + 1 + (c[1] == '+' || c[1] == '-');
        if (past_digits(exponent, end) > exponent)
            c = past_digits(exponent, end);
    }
    return c;
}

/* Writes null, in as many bytes, over the numbers that are too large for a
 * double, which jansson refuses: none is shorter than 1e309. */
static void clear_huge(char *at, size_t n)
{
    char *end = at + n;
    bool in_string = false;

    while (at < end) {
        const char *to = in_string ? at : past_number(at, end);

        if (to > at) {
            char *stop;

            if (!isfinite(strtod(at, &stop)) && stop == to) {
                memset(at, ' ', (size_t)(to - at));
                memcpy(at, "null", 4);
            }
            at += to - at;
            continue;
        }
        if (*at == '"')
            in_string = !in_string;
        at += in_string && *at == '\\' ? 2 : 1;
    }
}

static json_t *load(const char *at, size_t n, json_error_t *e)
{
    json_t *v = json_loadb(at, n, JSON_ALLOW_NUL, e);
    char *copy;

    if (v || json_error_code(e) != json_error_numeric_overflow)
        return v;
    copy = memory_take(n + 1, 1, "bytes of a JSON text");
    memcpy(copy, at, n);
    clear_huge(copy, n);
    v = json_loadb(copy, n, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, e);
    free(copy);
    return v;
}

static struct problem wrong_json(const json_error_t *e)
{
    /* jansson's words for \ud800 that has no \udc00 behind it, or the other
     * way round. */
    if (strncmp(e->text, "invalid Unicode '\\u", 19) == 0)
        return problem("not JSON (column %d: %.40s, half of a surrogate "
                       "pair, is not a character)",
                       e->column, e->text + strlen("invalid Unicode "));
    return problem("not JSON (column %d: %s)", e->column, e->text);
}

struct problem json_line_parse(struct json_line **j, const char *at, size_t n)
{
    json_error_t e;
    json_t *v = load(at, n, &e);

    *j = NULL;
    CHECK(v || json_error_code(&e) != json_error_out_of_memory,
          "no memory for a JSON text of %zu bytes", n);
    if (!v)
        return wrong_json(&e);
    if (!json_is_object(v)) {
        json_decref(v);
        return problem("a JSON object is needed, like {\"text\": \"...\"}");
    }
    *j = (struct json_line *)v;
    return NO_PROBLEM;
}

void json_line_free(struct json_line *j)
{
    json_decref((json_t *)j);
}

static const char *type_name(const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_NULL:
        return "null";
    case JSON_STRING:
        return "a string";
    default:
        return "true or false";
    }
}

/* json_object_get with a key that ends at a dot. */
static const json_t *member(const json_t *v, const char *key, size_t n)
{
    char name[256];

    if (!json_is_object(v) || n >= sizeof name)
        return NULL;
    memcpy(name, key, n);
    name[n] = '\0';
    return json_object_get(v, name);
}

static struct problem find(const struct json_line *j, const char *path,
                           const json_t **v)
{
    *v = value_of(j);
    for (const char *key = path;;) {
        size_t length = strcspn(key, ".");

        *v = member(*v, key, length);
        if (!*v)
            return problem("no \"%.*s\"", (int)(key - path + (long)length),
                           path);
        if (key[length] == '\0')
            return NO_PROBLEM;
        key += length + 1;
    }
}

struct problem json_line_text(const struct json_line *j, const char *path,
                              const char **text, size_t *n)
{
    const json_t *v;
    struct problem wrong = find(j, path, &v);

    if (is_problem(&wrong))
        return wrong;
    if (!json_is_string(v))
        return problem("\"%s\" is %s, not a string", path, type_name(v));
    *text = json_string_value(v);
    *n = json_string_length(v);
    return NO_PROBLEM;
}

static struct problem take_number(const json_t *v, const char *name, double *x)
{
    if (!json_is_number(v) && !json_is_null(v))
        return problem("\"%s\" is %s, not a number", name, type_name(v));
    *x = json_is_null(v) ? NAN : json_number_value(v);
    return NO_PROBLEM;
}

struct problem json_line_number(const struct json_line *j, const char *path,
                                double *x)
{
    const json_t *v;
    struct problem wrong = find(j, path, &v);

    return is_problem(&wrong) ? wrong : take_number(v, path, x);
}

static struct problem find_object(const struct json_line *j, const char *path,
                                  const json_t **v)
{
    struct problem wrong = find(j, path, v);

    if (!is_problem(&wrong) && !json_is_object(*v))
        return problem("\"%s\" is %s, not an object", path, type_name(*v));
    return wrong;
}

struct problem json_line_member(const struct json_line *j, const char *path,
                                const char *name, double *x)
{
    const json_t *v;
    struct problem wrong = find_object(j, path, &v);

    if (!is_problem(&wrong))
        v = json_object_get(v, name);
    if (!is_problem(&wrong) && !v)
        wrong = problem("no \"%s\" in \"%s\"", name, path);
    return is_problem(&wrong) ? wrong : take_number(v, name, x);
}

struct problem json_line_names(const struct json_line *j, const char *path,
                               const char ***names, long *n)
{
    const json_t *v;
    struct problem wrong = find_object(j, path, &v);
    json_t *object = (json_t *)v; /* jansson iterates over no const */

    *n = 0;
    *names = NULL;
    if (is_problem(&wrong))
        return wrong;
    *names = memory_take(json_object_size(object), sizeof **names,
                         "names of members");
    for (void *i = json_object_iter(object); i;
         i = json_object_iter_next(object, i))
        (*names)[(*n)++] = json_object_iter_key(i);
    return wrong;
}
