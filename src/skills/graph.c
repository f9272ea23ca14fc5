#include "src/skills/graph.h"

#include <math.h>
#include <stdlib.h>

#include "kernels/base/memory.h"
#include "src/skills/graph_file.h"

/* A graph without edges yet. */
static void begin(struct graph *g, const struct names *train,
                  const struct names *evaluate)
{
    struct names_index index;

    *g = (struct graph){.rows = train->n, .cols = evaluate->n};
    g->start = memory_take((size_t)g->rows + 1, sizeof *g->start,
                           "skills of a graph");
    g->own = memory_take((size_t)g->rows, sizeof *g->own, "skills of a graph");
    names_index_init(&index, evaluate);
    for (int i = 0; i < g->rows; i++)
        g->own[i] = names_index_find(&index, train->at[i]);
    names_index_free(&index);
}

/* One more, where a weight lies until it is known to be an edge. */
static void take_edges(struct graph *g, long edges)
{
    size_t room = (size_t)edges + 1;

    g->column = memory_take(room, sizeof *g->column, "edges of a graph");
    g->weight = memory_take(room, sizeof *g->weight, "edges of a graph");
}

/* Where each skill stands among the names of the table: place[names->n]. */
static struct problem match(long *place, const struct names *names,
                            char *const *table, long n, const char *path,
                            const char *what)
{
    struct names_index index;
    struct problem wrong = NO_PROBLEM;

    for (int i = 0; i < names->n; i++)
        place[i] = -1;
    names_index_init(&index, names);
    for (long j = 0; j < n; j++) {
        int i = names_index_find(&index, table[j]);

        if (i >= 0 && place[i] >= 0)
            wrong = problem("%s: %ss %ld and %ld are both named \"%s\"", path,
                            what, place[i] + 1, j + 1, table[j]);
        if (i >= 0)
            place[i] = j;
    }
    names_index_free(&index);
    for (int i = 0; i < names->n && !is_problem(&wrong); i++)
        if (place[i] < 0)
            wrong = problem("%s: no %s is named \"%s\"; the graph must name "
                            "every training skill by row and every evaluation "
                            "skill by column",
                            path, what, names->at[i]);
    return wrong;
}

static struct problem find_places(long *row, long *col, const struct csv *t,
                                  const char *path, const struct names *train,
                                  const struct names *evaluate)
{
    struct problem wrong;

    if (t->row_names) {
        wrong = match(row, train, t->row_names, t->rows, path, "row");
        if (!is_problem(&wrong))
            wrong =
                match(col, evaluate, t->col_names, t->cols, path, "column");
        return wrong;
    }
    if (t->rows != train->n || t->cols != evaluate->n)
        return problem("%s: %ld x %ld numbers without names do not fit %d "
                       "training and %d evaluation skills",
                       path, t->rows, t->cols, train->n, evaluate->n);
    for (int i = 0; i < train->n; i++)
        row[i] = i;
    for (int j = 0; j < evaluate->n; j++)
        col[j] = j;
    return NO_PROBLEM;
}

/* Scores are eta A L: with eta at most 1e6 none of them overflows. */
static struct problem check_size(const struct csv *t, const char *path)
{
    for (long i = 0; i < t->rows * t->cols; i++)
        if (fabs(t->at[i]) > 1e100)
            return problem("%s: %g in row %ld, column %ld is larger than "
                           "1e100",
                           path, t->at[i], i / t->cols + 1, i % t->cols + 1);
    return NO_PROBLEM;
}

static void pick(struct graph *g, const struct csv *t, const long *row,
                 const long *col)
{
    long edges = 0;

    for (int i = 0; i < g->rows; i++)
        for (int j = 0; j < g->cols; j++)
            edges += t->at[row[i] * t->cols + col[j]] != 0;
    take_edges(g, edges);
    edges = 0;
    for (int i = 0; i < g->rows; i++) {
        for (int j = 0; j < g->cols; j++) {
            double weight = t->at[row[i] * t->cols + col[j]];

            g->column[edges] = j;
            g->weight[edges] = weight;
            edges += weight != 0;
        }
        g->start[i + 1] = edges;
    }
}

struct problem graph_read(struct graph *g, const char *path,
                          const struct names *train,
                          const struct names *evaluate)
{
    struct csv t;
    struct problem wrong;
    long *row;

    *g = (struct graph){0};
    wrong = graph_file_read(&t, path);
    if (is_problem(&wrong))
        return wrong;
    begin(g, train, evaluate);
    row = memory_take((size_t)(g->rows + g->cols), sizeof *row, "names");
    wrong = check_size(&t, path);
    if (!is_problem(&wrong))
        wrong = find_places(row, row + g->rows, &t, path, train, evaluate);
    if (!is_problem(&wrong))
        pick(g, &t, row, row + g->rows);
    free(row);
    csv_free(&t);
    return wrong;
}

void graph_identity(struct graph *g, const struct names *train,
                    const struct names *evaluate)
{
    long edges = 0;

    begin(g, train, evaluate);
    take_edges(g, g->rows);
    for (int i = 0; i < g->rows; i++) {
        g->column[edges] = g->own[i];
        g->weight[edges] = 1;
        edges += g->own[i] >= 0;
        g->start[i + 1] = edges;
    }
}

void graph_free(struct graph *g)
{
    free(g->start);
    free(g->column);
    free(g->weight);
    free(g->own);
    *g = (struct graph){0};
}

void graph_clamp(struct graph *g)
{
    long kept = 0, from = 0;

    for (int i = 0; i < g->rows; i++) {
        for (; from < g->start[i + 1]; from++) {
            g->column[kept] = g->column[from];
            g->weight[kept] = g->weight[from];
            kept += g->weight[from] > 0;
        }
        g->start[i + 1] = kept;
    }
}

double graph_density(const struct graph *g, bool between_others)
{
    double positive = 0, places = (double)g->rows * g->cols;

    for (int i = 0; i < g->rows; i++) {
        places -= between_others && g->own[i] >= 0;
        for (long e = g->start[i]; e < g->start[i + 1]; e++)
            positive += g->weight[e] > 0 &&
                        !(between_others && g->column[e] == g->own[i]);
    }
    return positive / places;
}

void graph_state(struct graph *g, struct arrays *a)
{
    if (g->rows == 0)
        return;
    arrays_add(a, "mixture/graph/start", H5_I64, (uint64_t)g->rows + 1, 1,
               g->start);
    if (g->start[g->rows] == 0) /* no edges */
        return;
    arrays_add(a, "mixture/graph/column", H5_U32, (uint64_t)g->start[g->rows],
               1, g->column);
    arrays_add(a, "mixture/graph/weight", H5_F64, (uint64_t)g->start[g->rows],
               1, g->weight);
}
