#include "io/csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "kernels/base/memory.h"

struct cell {
    char *text; /* unquoted, trimmed */
    bool quoted;
    long line, column; /* from 1 */
};

/* The cells of all lines that are not blank, one row after another. */
struct cells {
    struct cell *at;
    long rows, cols;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* A finite decimal number and nothing else. */
static bool read_number(const char *text, double *x)
{
    char *end;

    if (*text == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0')
        return false;
    *x = strtod(text, &end);
    return *end == '\0' && isfinite(*x);
}

static bool looks_like_number(const struct cell *cell)
{
    double x;

    return !cell->quoted && read_number(cell->text, &x);
}

/* Takes the quotes off in place; returns what follows the closing one. */
static char *unquote(char *at)
{
    char *to = at;

    for (char *from = at; *from; from++) {
        if (*from == '"' && from[1] != '"') {
            *to = '\0';
            return from + 1;
        }
        if (*from == '"')
            from++;
        *to++ = *from;
    }
    return NULL;
}

/* Reads the cell at `at` and moves on behind its comma, or to NULL behind the
 * last cell of the line. */
static struct problem read_cell(const char *name, char **at, struct cell *cell)
{
    char *text = *at, *end;

    while (is_blank(*text))
        text++;
    cell->quoted = *text == '"';
    cell->text = cell->quoted ? text + 1 : text;
    end = cell->quoted ? unquote(text + 1) : text + strcspn(text, ",");
    if (!end)
        return problem("%s:%ld: column %ld: the quote is not closed", name,
                       cell->line, cell->column);
    *at = end + strspn(end, " \t\r");
    if (**at != ',' && **at != '\0')
        return problem(
            "%s:%ld: column %ld: '%.40s' follows the closing quote: "
            "a comma is missing",
            name, cell->line, cell->column, *at);
    *at = **at == ',' ? *at + 1 : NULL;
    while (!cell->quoted && end > text && is_blank(end[-1]))
        end--;
    if (!cell->quoted)
        *end = '\0';
    return NO_PROBLEM;
}

static struct problem read_line(const char *name, char *text, long line,
                                struct cells *cells)
{
    struct cell *row = cells->at + cells->rows * cells->cols;
    long n = 0;

    while (text) {
        struct problem wrong;

        if (cells->rows > 0 && n == cells->cols)
            return problem(
                "%s:%ld: more than the %ld columns of the first row", name,
                line, cells->cols);
        row[n] = (struct cell){.line = line, .column = n + 1};
        wrong = read_cell(name, &text, &row[n]);
        if (is_problem(&wrong))
            return wrong;
        n++;
    }
    if (cells->rows > 0 && n < cells->cols)
        return problem("%s:%ld: %ld columns, but the first row has %ld", name,
                       line, n, cells->cols);
    cells->cols = n;
    cells->rows++;
    return NO_PROBLEM;
}

static struct problem read_lines(const char *name, char *text,
                                 struct cells *cells)
{
    struct problem wrong = NO_PROBLEM;

    for (long line = 1; text && !is_problem(&wrong); line++) {
        char *end = strchr(text, '\n');

        if (end)
            *end = '\0';
        if (text[strspn(text, " \t\r")] != '\0')
            wrong = read_line(name, text, line, cells);
        text = end ? end + 1 : NULL;
    }
    return wrong;
}

static struct problem check_name(const char *name, const struct cell *cell)
{
    if (looks_like_number(cell))
        return problem(
            "%s:%ld: column %ld: %.40s is a number where a name is needed: "
            "put it in quotes if it is a name",
            name, cell->line, cell->column, cell->text);
    if (cell->text[0] == '\0')
        return problem("%s:%ld: column %ld: the name is missing", name,
                       cell->line, cell->column);
    return NO_PROBLEM;
}

static int by_text(const void *a, const void *b)
{
    const struct cell *x = *(const struct cell *const *)a;
    const struct cell *y = *(const struct cell *const *)b;
    int order = strcmp(x->text, y->text);

    /* Equal names in the order of the table. */
    return order ? order : (x > y) - (x < y);
}

static struct problem check_once(const char *name, const struct cell *first,
                                 long stride, long n)
{
    const struct cell **sorted =
        memory_take((size_t)n, sizeof *sorted, "names");
    struct problem wrong = NO_PROBLEM;

    for (long i = 0; i < n; i++)
        sorted[i] = &first[i * stride];
    qsort(sorted, (size_t)n, sizeof *sorted, by_text);
    for (long i = 1; i < n && !is_problem(&wrong); i++)
        if (strcmp(sorted[i - 1]->text, sorted[i]->text) == 0)
            wrong = problem(
                "%s:%ld: column %ld: the name '%.80s' was already given in "
                "line %ld, column %ld",
                name, sorted[i]->line, sorted[i]->column, sorted[i]->text,
                sorted[i - 1]->line, sorted[i - 1]->column);
    free(sorted);
    return wrong;
}

static struct problem take_names(const char *name, const struct cell *first,
                                 long stride, long n, char ***names)
{
    struct problem wrong = NO_PROBLEM;

    *names = memory_take((size_t)n, sizeof **names, "names");
    for (long i = 0; i < n && !is_problem(&wrong); i++)
        wrong = check_name(name, &first[i * stride]);
    if (!is_problem(&wrong))
        wrong = check_once(name, first, stride, n);
    for (long i = 0; i < n && !is_problem(&wrong); i++)
        (*names)[i] = memory_text(first[i * stride].text);
    return wrong;
}

/* The numbers stand below `head` rows of names and behind `side` columns. */
static struct problem take_numbers(const char *name, const struct cells *cells,
                                   long head, long side, struct csv *csv)
{
    csv->at = memory_take((size_t)(csv->rows * csv->cols), sizeof *csv->at,
                          "numbers");
    for (long i = 0; i < csv->rows; i++)
        for (long j = 0; j < csv->cols; j++) {
            const struct cell *cell =
                &cells->at[(i + head) * cells->cols + j + side];

            if (!read_number(cell->text, &csv->at[i * csv->cols + j]))
                return problem("%s:%ld: column %ld: '%.40s' is not a "
                               "finite number",
                               name, cell->line, cell->column, cell->text);
        }
    return NO_PROBLEM;
}

static struct problem take_table(const char *name, const struct cells *cells,
                                 long head, long side, struct csv *csv)
{
    struct problem wrong = NO_PROBLEM;

    csv->rows = cells->rows - head;
    csv->cols = cells->cols - side;
    if (head)
        wrong =
            take_names(name, cells->at + side, 1, csv->cols, &csv->col_names);
    if (side && !is_problem(&wrong))
        wrong = take_names(name, cells->at + cells->cols, cells->cols,
                           csv->rows, &csv->row_names);
    if (!is_problem(&wrong))
        wrong = take_numbers(name, cells, head, side, csv);
    return wrong;
}

static struct problem take_any(const char *name, const struct cells *cells,
                               struct csv *csv)
{
    long names = cells->rows > 0 && !looks_like_number(&cells->at[0]);

    if (cells->rows <= names || cells->cols <= names)
        return problem("%s: contains no numbers", name);
    return take_table(name, cells, names, names, csv);
}

static struct problem take_columns(const char *name, const struct cells *cells,
                                   struct csv *csv)
{
    if (cells->rows == 0)
        return problem("%s: contains no names", name);
    return take_table(name, cells, 1, 0, csv);
}

typedef struct problem take_cells(const char *name, const struct cells *cells,
                                  struct csv *csv);

static struct problem parse(struct csv *csv, const char *name,
                            const char *bytes, size_t n, take_cells *take)
{
    struct cells cells = {0};
    size_t most = 1;
    struct problem wrong;
    char *text;

    *csv = (struct csv){0};
    if (memchr(bytes, '\0', n))
        return problem("%s: contains a zero byte: this is not a text file",
                       name);
    for (size_t i = 0; i < n; i++)
        most += bytes[i] == ',' || bytes[i] == '\n';
    text = memory_take(n + 1, 1, "bytes of a table");
    memcpy(text, bytes, n);
    cells.at = memory_take(most, sizeof *cells.at, "cells of a table");
    wrong = read_lines(name, text, &cells);
    if (!is_problem(&wrong))
        wrong = take(name, &cells, csv);
    free(cells.at);
    free(text);
    if (is_problem(&wrong))
        csv_free(csv);
    return wrong;
}

struct problem csv_parse(struct csv *csv, const char *name, const char *bytes,
                         size_t n)
{
    return parse(csv, name, bytes, n, take_any);
}

static struct problem read_file(struct csv *csv, const char *path,
                                take_cells *take)
{
    char *bytes;
    size_t n;
    struct problem wrong = file_read(path, &bytes, &n);

    *csv = (struct csv){0};
    if (is_problem(&wrong))
        return wrong;
    wrong = parse(csv, path, bytes, n, take);
    free(bytes);
    return wrong;
}

struct problem csv_read(struct csv *csv, const char *path)
{
    return read_file(csv, path, take_any);
}

struct problem csv_read_columns(struct csv *csv, const char *path)
{
    return read_file(csv, path, take_columns);
}

static void free_names(char **names, long n)
{
    if (!names)
        return;
    for (long i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

void csv_free(struct csv *csv)
{
    free_names(csv->row_names, csv->rows);
    free_names(csv->col_names, csv->cols);
    free(csv->at);
    *csv = (struct csv){0};
}
