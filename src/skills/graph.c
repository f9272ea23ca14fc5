#include "src/skills/graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/csv.h"
#include "kernels/check.h"

static void take(struct graph *g, int rows, int cols)
{
    g->rows = rows, g->cols = cols;
    g->at = calloc((size_t)rows * (size_t)cols, sizeof *g->at);
    CHECK(g->at, "no memory for a graph of %d x %d skills", rows, cols);
}

/* Where each skill stands among the table's names: place[names->n]. */
static struct problem match(long *place, const struct names *names,
                            char *const *table, long n, const char *path,
                            const char *what)
{
    for (int i = 0; i < names->n; i++) {
        place[i] = -1;
        for (long j = 0; j < n; j++)
            if (!strcmp(names->at[i], table[j]))
                place[i] = j;
        if (place[i] < 0)
            return problem("%s: no %s is named \"%s\"; the graph must name "
                           "every training skill by row and every evaluation "
                           "skill by column",
                           path, what, names->at[i]);
    }
    return NO_PROBLEM;
}

static struct problem pick_by_name(struct graph *g, const struct csv *csv,
                                   const char *path, const struct names *train,
                                   const struct names *evaluate)
{
    long *row = calloc((size_t)(g->rows + g->cols), sizeof *row);
    long *col;
    struct problem wrong;

    CHECK(row, "no memory to read %s", path);
    col = row + g->rows;
    wrong = match(row, train, csv->row_names, csv->rows, path, "row");
    if (!is_problem(&wrong))
        wrong = match(col, evaluate, csv->col_names, csv->cols, path, "column");
    for (int i = 0; i < g->rows && !is_problem(&wrong); i++)
        for (int j = 0; j < g->cols; j++)
            g->at[i * g->cols + j] = csv->at[row[i] * csv->cols + col[j]];
    free(row);
    return wrong;
}

static struct problem pick_by_order(struct graph *g, const struct csv *csv,
                                    const char *path)
{
    if (csv->rows != g->rows || csv->cols != g->cols)
        return problem("%s: %ld x %ld numbers without names do not fit %d "
                       "training and %d evaluation skills",
                       path, csv->rows, csv->cols, g->rows, g->cols);
    memcpy(g->at, csv->at, (size_t)(csv->rows * csv->cols) * sizeof *g->at);
    return NO_PROBLEM;
}

/* Scores are eta A L: with eta at most 1e6 none of them overflows. */
static struct problem check_size(const struct csv *csv, const char *path)
{
    for (long i = 0; i < csv->rows * csv->cols; i++)
        if (fabs(csv->at[i]) > 1e100)
            return problem("%s: %g in row %ld, column %ld is beyond 1e100",
                           path, csv->at[i], i / csv->cols + 1,
                           i % csv->cols + 1);
    return NO_PROBLEM;
}

struct problem graph_read(struct graph *g, const char *path,
                          const struct names *train,
                          const struct names *evaluate)
{
    struct csv csv;
    struct problem wrong = csv_read(&csv, path);

    if (is_problem(&wrong))
        return wrong;
    take(g, train->n, evaluate->n);
    wrong = check_size(&csv, path);
    if (!is_problem(&wrong))
        wrong = csv.row_names ? pick_by_name(g, &csv, path, train, evaluate)
                              : pick_by_order(g, &csv, path);
    csv_free(&csv);
    return wrong;
}

void graph_identity(struct graph *g, int k)
{
    take(g, k, k);
    for (int i = 0; i < k; i++)
        g->at[i * k + i] = 1;
}

void graph_free(struct graph *g)
{
    free(g->at);
    *g = (struct graph){0};
}
