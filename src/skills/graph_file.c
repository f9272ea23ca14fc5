#include "src/skills/graph_file.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"
#include "io/h5.h"
#include "io/seal.h"
#include "kernels/base/memory.h"

static struct problem check_format(struct h5 *f)
{
    char format[32];
    struct problem wrong = h5_text_read(f, "format", format, sizeof format);

    if (!is_problem(&wrong) && strcmp(format, "skillet-graph") != 0)
        return problem("%s is not a skills graph: its format is \"%s\"",
                       f->path, format);
    return wrong;
}

static struct problem take_names(struct h5 *f, const char *dataset, long n,
                                 char ***names)
{
    struct h5_texts texts;
    struct problem wrong = h5_texts_read(f, dataset, &texts);

    if (is_problem(&wrong))
        return wrong;
    if (texts.n != n) {
        free(texts.at);
        return problem("%s: dataset \"%s\" has %ld names for %ld skills of "
                       "\"weights\"",
                       f->path, dataset, texts.n, n);
    }
    *names = memory_take((size_t)n, sizeof **names, "names of skills");
    for (long i = 0; i < n; i++) {
        (*names)[i] = memory_text(texts.at + (size_t)i * texts.bytes);
    }
    free(texts.at);
    return NO_PROBLEM;
}

static struct problem find_weights(struct h5 *f, struct csv *t, uint64_t *at)
{
    struct h5_dataset d;
    struct problem wrong = h5_dataset_find(f, "weights", &d);
    struct stat st = {0};

    if (is_problem(&wrong))
        return wrong;
    if (d.number != H5_F64 || d.dims_count != 2 || !d.dims[0] || !d.dims[1])
        return problem("%s: dataset \"weights\" is not a table of "
                       "little-endian float64",
                       f->path);
    if (stat(f->path, &st) != 0)
        return problem("%s cannot be read: %s", f->path, strerror(errno));
    if (d.at > (uint64_t)st.st_size ||
        d.dims[0] > ((uint64_t)st.st_size - d.at) / 8 / d.dims[1])
        return problem("%s is truncated: dataset \"weights\" does not end "
                       "inside it",
                       f->path);
    t->rows = (long)d.dims[0];
    t->cols = (long)d.dims[1];
    *at = d.at;
    return NO_PROBLEM;
}

static struct problem read_weights(struct csv *t, const char *path,
                                   uint64_t at)
{
    size_t n = (size_t)t->rows * (size_t)t->cols;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct problem wrong;

    if (fd < 0)
        return problem("%s cannot be read: %s", path, strerror(errno));
    t->at = memory_grow(NULL, n, sizeof *t->at, "weights of a graph");
    wrong = file_read_at(fd, path, at, t->at, n * sizeof *t->at);
    close(fd);
    for (size_t i = 0; !is_problem(&wrong) && i < n; i++)
        if (!isfinite(t->at[i]))
            wrong = problem(
                "%s: the weight in row %.80s, column %.80s is not a finite "
                "number",
                path, t->row_names[i / (size_t)t->cols],
                t->col_names[i % (size_t)t->cols]);
    return wrong;
}

static struct problem read_h5(struct csv *t, const char *path)
{
    struct h5 f;
    bool sealed;
    uint64_t at = 0;
    struct problem wrong = seal_check(path, &sealed);

    if (is_problem(&wrong))
        return wrong;
    wrong = h5_open(&f, path);
    if (!is_problem(&wrong))
        wrong = check_format(&f);
    if (!is_problem(&wrong))
        wrong = find_weights(&f, t, &at);
    if (!is_problem(&wrong))
        wrong = take_names(&f, "train_skills", t->rows, &t->row_names);
    if (!is_problem(&wrong))
        wrong = take_names(&f, "eval_skills", t->cols, &t->col_names);
    h5_close(&f);
    if (!is_problem(&wrong))
        wrong = read_weights(t, path, at);
    return wrong;
}

struct problem graph_file_read(struct csv *t, const char *path)
{
    size_t n = strlen(path);
    struct problem wrong;

    if (n < 3 || strcmp(path + n - 3, ".h5") != 0)
        return csv_read(t, path);
    *t = (struct csv){0};
    wrong = read_h5(t, path);
    if (is_problem(&wrong))
        csv_free(t);
    return wrong;
}
