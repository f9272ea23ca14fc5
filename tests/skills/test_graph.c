/* A skills graph holds just the edges that its file gives, by name, from .csv
 * and .h5 alike, and takes the room of its edges; what is wrong with a file is
 * said with its place.    ranks: 1 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/base/rng.h"
#include "src/skills/graph.h"
#include "src/skills/graph_file.h"
#include "tests/lib/graph_h5.h"
#include "tests/lib/place.h"
#include "tests/lib/tap.h"

static uint64_t draws;

static int below(int n)
{
    return (int)(rng_bits(21, draws++) % (uint64_t)n);
}

static void make_path(char path[512], const char *name)
{
    const char *parent = getenv("TMPDIR");

    snprintf(path, 512, "%s/%s", parent ? parent : "/tmp", name);
}

static void make_names(struct names *names, char letter, int n)
{
    *names = (struct names){0};
    for (int i = 0; i < n; i++) {
        char name[16];

        snprintf(name, sizeof name, "%c%d", letter, i);
        names_add(names, name);
    }
}

/* The list in another order, of its skills from `first` on. */
static void shuffle(struct names *to, const struct names *from, int first)
{
    uint64_t n = (uint64_t)(from->n - first), key = draws++;

    *to = (struct names){0};
    for (uint64_t i = 0; i < n; i++)
        names_add(to, from->at[first + (int)rng_permute(key, i, n)]);
}

static void write_csv(const char *path, const struct names *rows,
                      const struct names *cols, const double *at)
{
    FILE *f = fopen(path, "w");

    fprintf(f, "teaches");
    for (int j = 0; j < cols->n; j++)
        fprintf(f, ",%s", cols->at[j]);
    for (int i = 0; i < rows->n; i++) {
        fprintf(f, "\n%s", rows->at[i]);
        for (int j = 0; j < cols->n; j++)
            fprintf(f, ",%.17g", at[i * cols->n + j]);
    }
    fclose(f);
}

/* Every number of the table is an edge, or 0 and none; rows and columns of the
 * graph are in the order of the lists. */
static bool holds(const struct graph *g, const struct names *train,
                  const struct names *evaluate, const struct names *rows,
                  const struct names *cols, const double *at)
{
    long edges = 0;
    bool right = g->rows == train->n && g->cols == evaluate->n;

    for (int i = 0; i < train->n; i++) {
        long e = g->start[i];

        right &= g->own[i] == names_find(evaluate, train->at[i]);
        for (int j = 0; j < evaluate->n; j++) {
            double x = at[names_find(rows, train->at[i]) * cols->n +
                          names_find(cols, evaluate->at[j])];

            if (x == 0)
                continue;
            right &= g->column[e] == j && g->weight[e] == x;
            e++, edges++;
        }
        right &= g->start[i + 1] == e;
    }
    return right && g->start[g->rows] == edges;
}

static void check_files(void)
{
    char csv_path[512], h5_path[512];
    int csv_right = 0, h5_right = 0;

    make_path(csv_path, "graph.csv");
    make_path(h5_path, "graph.h5");
    for (int turn = 0; turn < 100; turn++) {
        struct names all, rows, cols, train, evaluate;
        double at[64];
        struct graph g;
        struct csv t;
        struct problem wrong;

        make_names(&all, 's', 8);
        shuffle(&rows, &all, below(3));
        shuffle(&cols, &all, below(5));
        shuffle(&train, &rows, below(rows.n));
        shuffle(&evaluate, &cols, below(cols.n));
        for (int i = 0; i < rows.n * cols.n; i++)
            at[i] = below(2) ? 0 : rng_normal(3, draws++);
        write_csv(csv_path, &rows, &cols, at);
        wrong = graph_read(&g, csv_path, &train, &evaluate);
        csv_right += !is_problem(&wrong) &&
                     holds(&g, &train, &evaluate, &rows, &cols, at);
        graph_free(&g);
        settled(csv_read(&t, csv_path));
        graph_h5_write(h5_path, &t);
        csv_free(&t);
        wrong = graph_read(&g, h5_path, &train, &evaluate);
        h5_right += !is_problem(&wrong) &&
                    holds(&g, &train, &evaluate, &rows, &cols, at);
        graph_free(&g);
        names_free(&all), names_free(&rows), names_free(&cols);
        names_free(&train), names_free(&evaluate);
    }
    ok(csv_right == 100, "%d of 100 graphs are as their .csv says", csv_right);
    ok(h5_right == 100, "%d of 100 as their .h5 says", h5_right);
}

static void check_identity(void)
{
    struct names train, evaluate;
    struct graph g;
    bool right = true;

    make_names(&train, 's', 10000);
    shuffle(&evaluate, &train, 0);
    graph_identity(&g, &train, &evaluate);
    for (int i = 0; i < train.n; i++)
        right &= g.start[i] == i && g.weight[i] == 1 &&
                 strcmp(evaluate.at[g.column[i]], train.at[i]) == 0;
    ok(right && g.start[train.n] == train.n,
       "10,000 skills that teach themselves are 10,000 edges");
    ok(graph_density(&g, true) == 0 && graph_density(&g, false) == 1e-4,
       "none of them to another skill");
    graph_free(&g);
    names_free(&train), names_free(&evaluate);
}

static void check_names(void)
{
    struct names all, some, chosen;
    struct names_index index;
    struct problem wrong;
    int same = 0;

    make_names(&all, 's', 300);
    shuffle(&some, &all, 100);
    names_index_init(&index, &some);
    for (int i = 0; i < all.n; i++)
        same += names_index_find(&index, all.at[i]) ==
                names_find(&some, all.at[i]);
    ok(same == 300 && names_index_repeated(&index) == -1,
       "a sorted index finds each name where it is: %d of 300", same);
    names_index_free(&index);
    wrong = names_choose(&chosen, "s1,s2,s3,s2", "here", &all);
    ok(strstr(wrong.text, "\"s2\" is given twice"), "%s", wrong.text);
    names_free(&all), names_free(&some), names_free(&chosen);
}

static void check_clamp(void)
{
    char path[512];
    struct names names;
    struct graph g;
    static const double at[9] = {-1, 2, 0, -3, -4, -5, 6, 0, 7};
    static const double positive[9] = {0, 2, 0, 0, 0, 0, 6, 0, 7};

    make_path(path, "clamp.csv");
    make_names(&names, 's', 3);
    write_csv(path, &names, &names, at);
    settled(graph_read(&g, path, &names, &names));
    ok(graph_density(&g, false) == 1. / 3 && graph_density(&g, true) == 1. / 3,
       "3 of 9 weights are positive, 2 of the 6 to others");
    graph_clamp(&g);
    ok(holds(&g, &names, &names, &names, &names, positive),
       "without negative edges the others stay");
    graph_free(&g);
    names_free(&names);
}

static void says(const char *path, const char *expect)
{
    struct names train = {0}, evaluate = {0};
    struct graph g;
    struct problem wrong;

    names_split(&train, "a,b");
    names_split(&evaluate, "x,y");
    wrong = graph_read(&g, path, &train, &evaluate);
    ok(strstr(wrong.text, expect) && strstr(wrong.text, path), "refused: %s",
       is_problem(&wrong) ? wrong.text : expect);
    graph_free(&g);
    names_free(&train), names_free(&evaluate);
}

static void check_bad_csv(void)
{
    static const struct {
        const char *text, *expect;
    } cases[] = {
        {"t,x,y\na,1,2\nc,1,2\n", "no row is named \"b\""},
        {"t,x,z\na,1,2\nb,1,2\n", "no column is named \"y\""},
        {"1,2\n", "1 x 2 numbers without names do not fit 2 training and 2"},
        {"1,2,3\n1,2,3\n", "2 x 3 numbers without names"},
        {"1,2\n1,-1e101\n", "-1e+101 in row 2, column 2 is larger"},
        {"t,x,y\na,1,2\nb,nan,2\n",
         ":3: column 2: 'nan' is not a finite number"},
        {"t,x,y\na,1,2\nb,3,inf\n",
         ":3: column 3: 'inf' is not a finite number"},
        {"t,x,y\na,1,2\nb,3,2\na,1,1\n", ":4: column 1: the name 'a'"},
    };
    char path[512];

    make_path(path, "bad.csv");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        FILE *f = fopen(path, "w");

        fputs(cases[i].text, f);
        fclose(f);
        says(path, cases[i].expect);
    }
    unlink(path);
    says(path, "cannot be opened");
}

/* A good graph, but for one thing. */
static void check_bad_h5(void)
{
    char *names[] = {"a", "b", "a"}, *columns[] = {"x", "y"};
    double at[] = {1, 2, 3, 4, 5, 6};
    struct csv t = {2, 2, names, columns, at};
    char path[512];
    struct h5 f;

    make_path(path, "bad.h5");
    graph_h5_write(path, &t);
    if (truncate(path, 1200) != 0)
        printf("# cannot cut %s\n", path);
    says(path, "truncated");
    at[2] = NAN;
    graph_h5_write(path, &t);
    says(path, "row b, column x is not a finite number");
    at[2] = -INFINITY;
    graph_h5_write(path, &t);
    says(path, "row b, column x is not a finite number");
    at[2] = 3;
    t.rows = 3;
    graph_h5_write(path, &t);
    says(path, "rows 1 and 3 are both named \"a\"");
    t.row_names = names + 1;
    t.rows = 1;
    graph_h5_write(path, &t);
    says(path, "no row is named \"a\"");

    settled(h5_create(&f, path, 0));
    settled(h5_text_write(&f, "format", "skillet-shard"));
    settled(h5_close(&f));
    says(path, "its format is \"skillet-shard\"");
    settled(h5_create(&f, path, 0));
    settled(h5_text_write(&f, "format", "skillet-graph"));
    settled(h5_close(&f));
    says(path, "no dataset \"weights\"");
    for (int kind = 0; kind < 3; kind++) {
        struct h5_dataset weights = {kind ? H5_F64 : H5_F32, 2, {2, 2}, 0};
        struct h5_dataset numbers = {H5_U32, 1, {2}, 0};

        settled(h5_create(&f, path, 0));
        settled(h5_text_write(&f, "format", "skillet-graph"));
        settled(h5_dataset_create(&f, "weights", &weights));
        if (kind == 1)
            settled(h5_dataset_create(&f, "train_skills", &numbers));
        if (kind == 2)
            graph_h5_names(&f, "train_skills", names, 3);
        settled(h5_close(&f));
        says(path, kind == 0   ? "not a table of little-endian float64"
                   : kind == 1 ? "\"train_skills\" is not one row of texts"
                               : "3 names for 2 skills");
    }
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    check_files();
    check_identity();
    check_names();
    check_clamp();
    check_bad_csv();
    check_bad_h5();
    tap_done();
    world_stop();
    return 0;
}
