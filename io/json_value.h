#ifndef IO_JSON_VALUE_H
#define IO_JSON_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "io/json.h"

/* Values inside a JSON object, which they belong to.  NULL is no value: what
 * asks for a value that is not there, or for what it is not, gets none, so
 * that a path of questions needs one check at its end. */
struct json_value;

const struct json_value *json_value_of(const struct json_line *j);
const struct json_value *json_value_member(const struct json_value *v,
                                           const char *name);
const struct json_value *json_value_element(const struct json_value *v,
                                            long i);

/* Of an object or array; else 0. */
long json_value_size(const struct json_value *v);

/* NULL if it is no string; it may hold zeros. */
const char *json_value_text(const struct json_value *v, size_t *n);

/* Whether it is just this string. */
bool json_value_is_text(const struct json_value *v, const char *text);

bool json_value_integer(const struct json_value *v, long *x);
bool json_value_bool(const struct json_value *v, bool *x);

/* A member that keeps its value where it is missing or null; false if it is
 * neither true nor false. */
bool json_value_flag(const struct json_value *v, const char *name, bool *x);

bool json_value_is_zero(const struct json_value *v);

/* True of no value too. */
bool json_value_is_null(const struct json_value *v);
bool json_value_is_object(const struct json_value *v);
bool json_value_is_array(const struct json_value *v);

/* Members of an object one after another, in their order: starts with *at =
 * NULL; false after the last one. */
bool json_value_next(const struct json_value *object, void **at,
                     const char **name, const struct json_value **v);

#endif
