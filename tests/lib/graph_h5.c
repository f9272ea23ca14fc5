#include "tests/lib/graph_h5.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "kernels/base/check.h"
#include "tests/lib/place.h"

void graph_h5_names(struct h5 *f, const char *dataset, char *const *names,
                    uint32_t n)
{
    struct h5_texts texts = {.n = n, .bytes = 1};

    for (uint32_t i = 0; i < n; i++)
        if (strlen(names[i]) >= texts.bytes)
            texts.bytes = strlen(names[i]) + 1;
    texts.at = calloc((size_t)n, texts.bytes);
    CHECK(texts.at, "no memory for names");
    for (uint32_t i = 0; i < n; i++)
        strcpy(texts.at + (size_t)i * texts.bytes, names[i]);
    settled(h5_texts_write(f, dataset, &texts));
    free(texts.at);
}

void graph_h5_write(const char *path, const struct csv *t)
{
    struct h5_dataset weights = {
        H5_F64, 2, {(uint64_t)t->rows, (uint64_t)t->cols}, 0};
    struct h5 f;
    int fd;

    settled(h5_create(&f, path, 0));
    settled(h5_text_write(&f, "format", "skillet-graph"));
    settled(h5_dataset_create(&f, "weights", &weights));
    graph_h5_names(&f, "train_skills", t->row_names, (uint32_t)t->rows);
    graph_h5_names(&f, "eval_skills", t->col_names, (uint32_t)t->cols);
    settled(h5_close(&f));
    fd = open(path, O_WRONLY);
    CHECK(fd >= 0, "%s cannot be opened", path);
    settled(file_write_at(fd, path, weights.at, t->at,
                          (size_t)(t->rows * t->cols) * sizeof *t->at));
    close(fd);
}
