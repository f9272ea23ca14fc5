#include "io/json_value.h"

#include <jansson.h>
#include <string.h>

/* struct json_value is a name for jansson's json_t outside this file, as
 * struct json_line is.  jansson takes no const where it changes nothing. */
static json_t *inside(const struct json_value *v)
{
    return (json_t *)v;
}

static const struct json_value *outside(const json_t *v)
{
    return (const struct json_value *)v;
}

const struct json_value *json_value_of(const struct json_line *j)
{
    return (const struct json_value *)j;
}

const struct json_value *json_value_member(const struct json_value *v,
                                           const char *name)
{
    return outside(json_object_get(inside(v), name));
}

const struct json_value *json_value_element(const struct json_value *v, long i)
{
    return outside(json_array_get(inside(v), (size_t)i));
}

long json_value_size(const struct json_value *v)
{
    return (long)(json_is_object(inside(v)) ? json_object_size(inside(v))
                                            : json_array_size(inside(v)));
}

const char *json_value_text(const struct json_value *v, size_t *n)
{
    *n = json_string_length(inside(v));
    return json_string_value(inside(v));
}

bool json_value_is_text(const struct json_value *v, const char *text)
{
    return json_is_string(inside(v)) &&
           strcmp(json_string_value(inside(v)), text) == 0;
}

bool json_value_integer(const struct json_value *v, long *x)
{
    *x = (long)json_integer_value(inside(v));
    return json_is_integer(inside(v));
}

bool json_value_bool(const struct json_value *v, bool *x)
{
    *x = json_is_true(inside(v));
    return json_is_boolean(inside(v));
}

bool json_value_flag(const struct json_value *v, const char *name, bool *x)
{
    const struct json_value *member = json_value_member(v, name);
    bool given;

    if (json_value_is_null(member))
        return true;
    if (!json_value_bool(member, &given))
        return false;
    *x = given;
    return true;
}

bool json_value_is_zero(const struct json_value *v)
{
    return json_is_number(inside(v)) && json_number_value(inside(v)) == 0;
}

bool json_value_is_null(const struct json_value *v)
{
    return !v || json_is_null(inside(v));
}

bool json_value_is_object(const struct json_value *v)
{
    return json_is_object(inside(v));
}

bool json_value_is_array(const struct json_value *v)
{
    return json_is_array(inside(v));
}

bool json_value_next(const struct json_value *object, void **at,
                     const char **name, const struct json_value **v)
{
    *at = *at ? json_object_iter_next(inside(object), *at)
              : json_object_iter(inside(object));
    if (!*at)
        return false;
    *name = json_object_iter_key(*at);
    *v = outside(json_object_iter_value(*at));
    return true;
}
