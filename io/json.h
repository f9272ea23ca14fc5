#ifndef IO_JSON_H
#define IO_JSON_H

#include <stddef.h>

#include "kernels/problem.h"

/* One JSON object, as it stands on a line of a .jsonl file.  Strict: the text
 * must be UTF-8 and nothing may follow the object; U+0000 is allowed in a
 * string; of equal keys the last one counts.  Numbers may be of any size. */
struct json_line;

struct problem json_line_parse(struct json_line **j, const char *at, size_t n);
void json_line_free(struct json_line *j);

/* The string at a path of keys joined by dots ("meta.skill"); it belongs to j
 * and may hold zeros. */
struct problem json_line_text(const struct json_line *j, const char *path,
                              const char **text, size_t *n);

#endif
