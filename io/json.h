#ifndef IO_JSON_H
#define IO_JSON_H

#include <stddef.h>

#include "kernels/base/problem.h"

/* One JSON object, as on a line of a .jsonl file.  Strict: the text
 * must be UTF-8 and nothing may follow the object; U+0000 is allowed in a
 * string; of equal keys the last one counts.  Numbers may be of any size. */
struct json_line;

struct problem json_line_parse(struct json_line **j, const char *at, size_t n);
void json_line_free(struct json_line *j);

/* The string at a path of keys joined by dots ("meta.skill"); it belongs to j
 * and may hold zeros. */
struct problem json_line_text(const struct json_line *j, const char *path,
                              const char **text, size_t *n);

/* The number at a path; null is NAN, as metrics.h writes it, and so is one
 * that is too large for a double. */
struct problem json_line_number(const struct json_line *j, const char *path,
                                double *x);

/* The same of a member of the object at a path, whose name may hold dots. */
struct problem json_line_member(const struct json_line *j, const char *path,
                                const char *name, double *x);

/* The names of the members of the object at a path, in their order; the array
 * is malloc'd, the names belong to j. */
struct problem json_line_names(const struct json_line *j, const char *path,
                               const char ***names, long *n);

#endif
