#include "src/model/parameters.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/check.h"
#include "kernels/device.h"
#include "kernels/rng.h"

/* 64 bytes in every type: pieces start on a cache line, except where `joined`
 * puts one right behind the other so that a product can take both at once. */
enum { ALIGN = 16 };

enum kind { MATRIX, RESIDUAL_MATRIX, BIAS, NORM_WEIGHT, NORM_BIAS };
enum share { WHOLE, CUT, CUT_JOINED };

struct listing {
    struct parameters *p;
    const struct shape *shape;
    long layer;
};

/* Matrices start from a normal of deviation 0.02, those that end a residual
 * branch from one smaller by sqrt(2 layers), so that the sum of all branches
 * keeps its size with depth (GPT-2). */
static void set_start(struct parameter *row, enum kind kind, long layers)
{
    row->decays = kind == MATRIX || kind == RESIDUAL_MATRIX;
    row->mean = kind == NORM_WEIGHT;
    row->is_partial = kind == NORM_WEIGHT || kind == NORM_BIAS;
    row->deviation = kind == MATRIX ? 0.02
                     : kind == RESIDUAL_MATRIX
                         ? 0.02 / sqrt(2.0 * (double)layers)
                         : 0;
}

static void add(struct listing l, const char *name, long rows, long cols,
                enum kind kind, enum share share)
{
    struct parameters *p = l.p;
    struct parameter *row;

    p->list = realloc(p->list, (size_t)(p->n + 1) * sizeof *p->list);
    CHECK(p->list, "no memory for a table of %d parameters", p->n + 1);
    row = &p->list[p->n++];
    memset(row, 0, sizeof *row);
    if (l.layer < 0)
        snprintf(row->name, sizeof row->name, "%s", name);
    else
        snprintf(row->name, sizeof row->name, "blocks.%ld.%s", l.layer, name);
    row->rows = rows, row->cols = cols;
    row->is_cut = share != WHOLE;
    row->is_joined = share == CUT_JOINED;
    set_start(row, kind, l.shape->layers);
    row->piece =
        row->is_cut ? shape_cut(l.shape, rows) : (struct cut){0, rows, rows};
}

enum part { PARTIAL, OTHER_WHOLE, CUT_PIECES };

static enum part part_of(const struct parameter *row)
{
    return row->is_partial ? PARTIAL : row->is_cut ? CUT_PIECES : OTHER_WHOLE;
}

/* Partial gradients come first, then all else that is whole, so that one sum
 * completes the former and one broadcast serves both. */
static void place(struct parameters *p, enum part part)
{
    for (int i = 0; i < p->n; i++) {
        struct parameter *row = &p->list[i];

        if (part_of(row) != part)
            continue;
        if (!row->is_joined)
            p->numbers = (p->numbers + ALIGN - 1) / ALIGN * ALIGN;
        row->at = p->numbers;
        p->numbers += row->piece.piece * row->cols;
    }
}

static void add_norm(struct listing l, const char *name)
{
    char text[32];

    snprintf(text, sizeof text, "%s.weight", name);
    add(l, text, l.shape->hidden, 1, NORM_WEIGHT, WHOLE);
    snprintf(text, sizeof text, "%s.bias", name);
    add(l, text, l.shape->hidden, 1, NORM_BIAS, WHOLE);
}

static void add_block(struct listing l)
{
    long h = l.shape->hidden, i = l.shape->intermediate;

    add_norm(l, "norm1");
    add(l, "attention.query.weight", h, h, MATRIX, CUT);
    add(l, "attention.key.weight", h, h, MATRIX, CUT_JOINED);
    add(l, "attention.value.weight", h, h, MATRIX, CUT_JOINED);
    add(l, "attention.query.bias", h, 1, BIAS, CUT);
    add(l, "attention.key.bias", h, 1, BIAS, CUT_JOINED);
    add(l, "attention.value.bias", h, 1, BIAS, CUT_JOINED);
    add(l, "attention.output.weight", h, h, RESIDUAL_MATRIX, CUT);
    add(l, "attention.output.bias", h, 1, BIAS, WHOLE);
    add_norm(l, "norm2");
    add(l, "mlp.up.weight", i, h, MATRIX, CUT);
    add(l, "mlp.up.bias", i, 1, BIAS, CUT);
    add(l, "mlp.down.weight", i, h, RESIDUAL_MATRIX, CUT);
    add(l, "mlp.down.bias", h, 1, BIAS, WHOLE);
}

static void list_all(struct parameters *p, const struct shape *shape)
{
    struct listing top = {p, shape, -1};

    add(top, "embed.weight", shape->vocabulary, shape->hidden, MATRIX, CUT);
    for (long layer = 0; layer < shape->layers; layer++)
        add_block((struct listing){p, shape, layer});
    add_norm(top, "norm");
    if (!shape->tied)
        add(top, "head.weight", shape->vocabulary, shape->hidden, MATRIX, CUT);
}

static void take_memory(struct parameters *p)
{
    size_t n = (size_t)p->numbers;

    p->weight = arena_take(&p->weights, n * sizeof(real));
    p->gradient = arena_take(&p->gradients, n * sizeof(wide));
    p->master = REAL_IS_WIDE ? (wide *)p->weight
                             : arena_take(&p->moments, n * sizeof(wide));
    p->m = arena_take(&p->moments, n * sizeof(wide));
    p->v = arena_take(&p->moments, n * sizeof(wide));
}

void parameters_init(struct parameters *p, const struct shape *shape)
{
    *p = (struct parameters){0};
    list_all(p, shape);
    place(p, PARTIAL);
    p->partial = p->numbers;
    place(p, OTHER_WHOLE);
    p->whole = p->numbers;
    place(p, CUT_PIECES);
    take_memory(p);
    arena_fix(&p->weights);
    arena_fix(&p->gradients);
    arena_fix(&p->moments);
    take_memory(p);
}

void parameters_free(struct parameters *p)
{
    arena_free(&p->weights);
    arena_free(&p->gradients);
    arena_free(&p->moments);
    free(p->list);
}

static void randomise(const struct parameter *row, long seed, wide *values)
{
    enum { BLOCK = 512 };
    uint64_t key = rng_key((uint64_t)seed, row->name, 0, 0);
    uint64_t first = (uint64_t)(row->piece.first * row->cols);
    long n = row->piece.n * row->cols;
    double noise[BLOCK] = {0};

    for (long at = 0; at < n; at += BLOCK) {
        long here = n - at < BLOCK ? n - at : BLOCK;

        if (row->deviation)
            rng_normals(key, first + (uint64_t)at, here, noise);
        for (long j = 0; j < here; j++)
            values[at + j] = (wide)(row->mean + row->deviation * noise[j]);
    }
}

void parameters_randomise(struct parameters *p, long seed)
{
    for (int i = 0; i < p->n; i++) {
        const struct parameter *row = &p->list[i];
        size_t bytes = (size_t)(row->piece.n * row->cols) * sizeof(wide);
        wide *values = malloc(bytes + 1);

        CHECK(values, "no %zu bytes for initial values", bytes);
        randomise(row, seed, values);
        device_put(p->master + row->at, values, bytes);
        free(values);
    }
    op_narrow(p->weight, p->master, p->numbers);
}

static const struct parameter *find(const struct parameters *p, const char *fmt,
                                    va_list ap)
{
    char name[64];

    vsnprintf(name, sizeof name, fmt, ap);
    for (int i = 0; i < p->n; i++)
        if (!strcmp(p->list[i].name, name))
            return &p->list[i];
    assert(!"a parameter that is in the table");
    abort();
}

struct mat parameters_weight(const struct parameters *p, const char *fmt, ...)
{
    const struct parameter *row;
    va_list ap;

    va_start(ap, fmt);
    row = find(p, fmt, ap);
    va_end(ap);
    return (struct mat){p->weight + row->at, row->piece.piece, row->cols,
                        row->cols};
}

struct wide_mat parameters_gradient(const struct parameters *p, const char *fmt,
                                    ...)
{
    const struct parameter *row;
    va_list ap;

    va_start(ap, fmt);
    row = find(p, fmt, ap);
    va_end(ap);
    return (struct wide_mat){p->gradient + row->at, row->piece.piece, row->cols,
                             row->cols};
}

long parameters_count(const struct parameters *p)
{
    long n = 0;

    for (int i = 0; i < p->n; i++)
        n += p->list[i].rows * p->list[i].cols;
    return n;
}
