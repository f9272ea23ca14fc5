#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "src/inspect/inspect.h"
#include "src/skills/graph_file.h"

/* Above and below these densities a graph tells little (specification, section
 * 9). */
static const double dense = 0.95, sparse = 0.05;

/* Rows and columns are the same skills: then the diagonal is no edge. */
static bool is_square(const struct csv *t)
{
    if (t->rows != t->cols)
        return false;
    if (!t->row_names)
        return true;
    for (long i = 0; i < t->rows; i++)
        if (strcmp(t->row_names[i], t->col_names[i]) != 0)
            return false;
    return true;
}

struct graph_row {
    double sum;
    long edges, teaches, negative; /* teaches: of positive weight */
};

/* The sum is over all columns, the counts are over the edges. */
static struct graph_row take_row(const struct csv *t, long i, bool square)
{
    struct graph_row r = {0};

    for (long j = 0; j < t->cols; j++) {
        double weight = t->at[i * t->cols + j];

        r.sum += weight;
        if (square && i == j)
            continue;
        r.edges++;
        r.teaches += weight > 0;
        r.negative += weight < 0;
    }
    return r;
}

static void print_density(const struct csv *t, bool square, FILE *to)
{
    struct graph_row all = {0};
    double density;

    for (long i = 0; i < t->rows; i++) {
        struct graph_row r = take_row(t, i, square);

        all.edges += r.edges;
        all.teaches += r.teaches;
        all.negative += r.negative;
    }
    fprintf(to, "edges %ld\npositive_edges %ld\nnegative_edges %ld\n",
            all.edges, all.teaches, all.negative);
    if (all.edges == 0)
        return;
    density = (double)all.teaches / (double)all.edges;
    fprintf(to, "density %.4f\n", density);
    if (density > dense || density < sparse)
        fprintf(to,
                "note density %s %g: stratified sampling should do as "
                "well\n",
                density > dense ? "above" : "below",
                density > dense ? dense : sparse);
}

static void print_range(const struct csv *t, FILE *to)
{
    double smallest = INFINITY, largest = -INFINITY;

    for (long i = 0; i < t->rows * t->cols; i++) {
        smallest = fmin(smallest, t->at[i]);
        largest = fmax(largest, t->at[i]);
    }
    fprintf(to, "smallest %.6g\nlargest %.6g\n", smallest, largest);
}

static void print_row(const struct csv *t, long i, bool square, FILE *to)
{
    struct graph_row r = take_row(t, i, square);

    fputs("row ", to);
    if (t->row_names)
        inspect_text(t->row_names[i], strlen(t->row_names[i]), to);
    else
        fprintf(to, "%ld", i + 1);
    fprintf(to, " sum %.6g teaches %ld\n", r.sum, r.teaches);
}

struct problem inspect_graph(const struct settings *s, const char *path,
                             FILE *to)
{
    struct csv t;
    struct problem wrong = graph_file_read(&t, path);
    bool square;

    (void)s;
    if (is_problem(&wrong))
        return wrong;
    square = is_square(&t);
    inspect_text_line("graph", path, to);
    fprintf(to, "training_skills %ld\nevaluation_skills %ld\nnames %s\n",
            t.rows, t.cols, t.row_names ? "yes" : "no");
    print_density(&t, square, to);
    print_range(&t, to);
    for (long i = 0; i < t.rows; i++)
        print_row(&t, i, square, to);
    csv_free(&t);
    return wrong;
}
