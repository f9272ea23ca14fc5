#include "src/settings_row.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/memory.h"
#include "kernels/base/duration.h"

static bool is_in_range(const struct settings_row *row, double x)
{
    bool above = row->open & SETTINGS_OPEN_MIN ? x > row->min : x >= row->min;
    bool below = row->open & SETTINGS_OPEN_MAX ? x < row->max : x <= row->max;

    return above && below;
}

static bool set_long(const struct settings_row *row, long *at,
                     const char *value)
{
    char *end;
    long x;

    if (!value[0] || value[strspn(value, "0123456789+-")])
        return false;
    errno = 0;
    x = strtol(value, &end, 10);
    if (*end || errno || !is_in_range(row, (double)x))
        return false;
    *at = x;
    return true;
}

static bool set_double(const struct settings_row *row, double *at,
                       const char *value)
{
    char *end;
    double x;

    /* strtod also knows inf, nan and hexadecimal, which no setting needs. */
    if (!value[0] || value[strspn(value, "0123456789+-.eE")])
        return false;
    x = strtod(value, &end);
    if (*end || !isfinite(x) || !is_in_range(row, x))
        return false;
    *at = x;
    return true;
}

static bool set_duration(const struct settings_row *row, long *at,
                         const char *value)
{
    long x;

    if (!duration_read(value, &x) || !is_in_range(row, (double)x))
        return false;
    *at = x;
    return true;
}

/* The place of `word` in "a|b|c", or -1. */
static int choice(const char *choices, const char *word)
{
    size_t length = strlen(word);

    for (int i = 0;; i++) {
        size_t n = strcspn(choices, "|");

        if (n == length && strncmp(choices, word, n) == 0)
            return i;
        if (choices[n] == '\0')
            return -1;
        choices += n + 1;
    }
}

static bool set_choice(const struct settings_row *row, int *at,
                       const char *value)
{
    int i = choice(row->choices, value);

    if (i >= 0)
        *at = i;
    return i >= 0;
}

/* A text has to fit on its line of the run file. */
static bool set_text(const struct settings_row *row, char **at,
                     const char *value)
{
    char *copy;

    for (const char *c = value; *c; c++)
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 127)
            return false;
    if (row->choices && choice(row->choices, value) < 0)
        return false;
    copy = memory_text(value);
    free(*at);
    *at = copy;
    return true;
}

bool settings_row_set(const struct settings_row *row, struct settings *s,
                      const char *value)
{
    void *at = (char *)s + row->offset;
    int yes;

    switch (row->type) {
    case SETTINGS_LONG:
        return set_long(row, at, value);
    case SETTINGS_DOUBLE:
        return set_double(row, at, value);
    case SETTINGS_BOOL:
        yes = choice("no|yes", value);
        if (yes >= 0)
            *(bool *)at = yes;
        return yes >= 0;
    case SETTINGS_CHOICE:
        return set_choice(row, at, value);
    case SETTINGS_DURATION:
        return set_duration(row, at, value);
    case SETTINGS_TEXT:
        return set_text(row, at, value);
    }
    return false;
}

static void print_double(double x, FILE *to)
{
    char text[32];

    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            break;
    }
    fputs(text, to);
}

static void print_choice(const char *choices, int i, FILE *to)
{
    for (; i > 0; i--)
        choices += strcspn(choices, "|") + 1;
    fprintf(to, "%.*s", (int)strcspn(choices, "|"), choices);
}

void settings_row_print(const struct settings_row *row,
                        const struct settings *s, FILE *to)
{
    const void *at = (const char *)s + row->offset;

    switch (row->type) {
    case SETTINGS_LONG:
    case SETTINGS_DURATION:
        fprintf(to, "%ld", *(const long *)at);
        break;
    case SETTINGS_DOUBLE:
        print_double(*(const double *)at, to);
        break;
    case SETTINGS_BOOL:
        fputs(*(const bool *)at ? "yes" : "no", to);
        break;
    case SETTINGS_CHOICE:
        print_choice(row->choices, *(const int *)at, to);
        break;
    case SETTINGS_TEXT:
        fputs(*(char *const *)at, to);
        break;
    }
}

static const char *number_range(const struct settings_row *row, char *text,
                                size_t size)
{
    const char *kind =
        row->type == SETTINGS_LONG ? "a whole number" : "a number";
    bool open_min = row->open & SETTINGS_OPEN_MIN;
    bool open_max = row->open & SETTINGS_OPEN_MAX;

    if (isinf(row->max))
        snprintf(text, size, open_min ? "%s above %.15g" : "%s, %.15g or more",
                 kind, row->min);
    else
        snprintf(text, size, "%s %s %.15g %s %.15g", kind,
                 open_min ? "above" : "from", row->min,
                 open_max ? "to below" : "to", row->max);
    return text;
}

const char *settings_row_range(const struct settings_row *row, char *text,
                               size_t size)
{
    if (row->type == SETTINGS_LONG || row->type == SETTINGS_DOUBLE)
        return number_range(row, text, size);
    if (row->type == SETTINGS_DURATION)
        return "seconds or [[DAYS-]HOURS:]MINUTES:SECONDS";
    if (row->type == SETTINGS_BOOL)
        return "yes|no";
    if (row->choices)
        return row->choices;
    return "one line of text";
}
