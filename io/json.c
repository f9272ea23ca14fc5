#include "io/json.h"

#include <jansson.h>
#include <string.h>

#include "kernels/check.h"

/* struct json_line is a name for jansson's json_t outside this file. */
static const json_t *value_of(const struct json_line *j)
{
    return (const json_t *)j;
}

struct problem json_line_parse(struct json_line **j, const char *at, size_t n)
{
    json_error_t e;
    json_t *v = json_loadb(at, n, JSON_ALLOW_NUL, &e);

    *j = NULL;
    CHECK(v || json_error_code(&e) != json_error_out_of_memory,
          "no memory for a JSON text of %zu bytes", n);
    if (!v)
        return problem("no JSON (column %d: %s)", e.column, e.text);
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

struct problem json_line_text(const struct json_line *j, const char *path,
                              const char **text, size_t *n)
{
    const json_t *v = value_of(j);

    for (const char *key = path;;) {
        size_t length = strcspn(key, ".");

        v = member(v, key, length);
        if (!v)
            return problem("no \"%.*s\"", (int)(key - path + (long)length),
                           path);
        if (key[length] == '\0')
            break;
        key += length + 1;
    }
    if (!json_is_string(v))
        return problem("\"%s\" is %s, not a string", path, type_name(v));
    *text = json_string_value(v);
    *n = json_string_length(v);
    return NO_PROBLEM;
}
