#ifndef SRC_SETTINGS_ROW_H
#define SRC_SETTINGS_ROW_H

#include <stdbool.h>
#include <stddef.h>

#include "src/settings.h"

/* One row of the table of settings, and its value in a struct settings as
 * text.  Only settings*.c and its test look at rows. */
enum settings_row_type {
    SETTINGS_LONG,
    SETTINGS_DOUBLE,
    SETTINGS_BOOL,     /* yes|no */
    SETTINGS_CHOICE,   /* int, the place of the word among `choices` */
    SETTINGS_DURATION, /* long, in seconds */
    SETTINGS_TEXT,     /* char *; one of `choices` if there are any */
};

enum { SETTINGS_OPEN_MIN = 1, SETTINGS_OPEN_MAX = 2 }; /* the bound is out */

struct settings_row {
    const char *key; /* section.key */
    enum settings_row_type type;
    size_t offset; /* of the value in struct settings */
    double min, max;
    int open;
    const char *choices; /* "a|b|c" */
    const char *initial; /* the default, as one would write it */
    const char *help;    /* one line, with the unit */
    bool stays;          /* the same in a run that resumes */
};

/* settings_table.c: rows of a section are together. */
extern const struct settings_row settings_table[];
extern const int settings_table_rows;

/* False, with nothing changed, if the value is not in the row's range. */
bool settings_row_set(const struct settings_row *row, struct settings *s,
                      const char *value);

/* The value as the shortest text that settings_row_set reads back exactly. */
void settings_row_print(const struct settings_row *row,
                        const struct settings *s, FILE *to);

/* "a whole number, 1 or more": the type and range, for messages and help. */
const char *settings_row_range(const struct settings_row *row, char *text,
                               size_t size);

#endif
