#include "src/model/parameters.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"
#include "kernels/base/rng.h"
#include "kernels/device.h"

/* 64 bytes in every type: pieces start on a cache line, except where `joined`
 * puts one right behind the other so that a product can take both at once. */
enum { ALIGN = 16 };

enum kind { MATRIX, RESIDUAL_MATRIX, BIAS, NORM_WEIGHT, NORM_BIAS };
enum share { WHOLE, CUT, CUT_JOINED };

struct listing {
    struct parameters *p;
    const struct shape *shape;
    long layer;
    int bucket; /* of what is cut */
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
    row->bucket = row->is_cut ? l.bucket : BUCKET_WHOLE;
    if (row->bucket >= p->buckets)
        p->buckets = row->bucket + 1;
    set_start(row, kind, l.shape->layers);
    row->piece = row->is_cut ? shape_cut(l.shape, rows)
                             : (struct shape_cut){0, rows, rows};
}

static long round_up(long n, long to)
{
    return (n + to - 1) / to * to;
}

static void place(struct parameters *p, int bucket, bool is_partial)
{
    for (int i = 0; i < p->n; i++) {
        struct parameter *row = &p->list[i];

        if (row->bucket != bucket || row->is_partial != is_partial)
            continue;
        if (!row->is_joined)
            p->numbers = round_up(p->numbers, ALIGN);
        row->at = p->numbers;
        p->numbers += row->piece.piece * row->cols;
    }
}

/* Partial gradients come first, so that one sum completes them. */
static void place_all(struct parameters *p)
{
    p->bucket = calloc((size_t)p->buckets, sizeof *p->bucket);
    CHECK(p->bucket, "no memory for %d buckets", p->buckets);
    place(p, BUCKET_WHOLE, true);
    p->partial = p->numbers;
    for (int i = 0; i < p->buckets; i++) {
        struct parameters_bucket *b = &p->bucket[i];

        b->at = i == 0 ? 0 : p->numbers;
        place(p, i, false);
        b->n = round_up(p->numbers - b->at, (long)p->parts * ALIGN);
        p->numbers = b->at + b->n;
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
    int layers = (int)shape->layers;
    struct listing top = {p, shape, -1, BUCKET_EMBED};

    add(top, "embed.weight", shape->vocabulary, shape->hidden, MATRIX, CUT);
    for (int layer = 0; layer < layers; layer++)
        add_block((struct listing){p, shape, layer, BUCKET_BLOCKS + layer});
    top.bucket = BUCKET_BLOCKS + layers;
    add_norm(top, "norm");
    if (!shape->tied)
        add(top, "head.weight", shape->vocabulary, shape->hidden, MATRIX, CUT);
}

static void take_memory(struct parameters *p)
{
    size_t n = (size_t)p->numbers;
    size_t updated = p->has_all_moments ? n : n / (size_t)p->parts;

    p->weight = arena_take(&p->weights, n * sizeof(real));
    p->gradient = arena_take(&p->gradients, n * sizeof(wide));
    p->master = REAL_IS_WIDE ? (wide *)p->weight
                             : arena_take(&p->moments, updated * sizeof(wide));
    p->m = arena_take(&p->moments, updated * sizeof(wide));
    p->v = arena_take(&p->moments, updated * sizeof(wide));
}

void parameters_init(struct parameters *p, const struct shape *shape)
{
    *p = (struct parameters){.parts = shape->data_size,
                             .part = shape->data_rank,
                             .has_all_moments = shape->has_all_moments};
    list_all(p, shape);
    place_all(p);
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
    free(p->bucket);
    free(p->list);
}

struct parameters_range parameters_own(const struct parameters *p, int bucket)
{
    long part = p->bucket[bucket].n / p->parts;

    return (struct parameters_range){p->bucket[bucket].at + p->part * part,
                                     part};
}

static long valid(const struct parameter *row)
{
    return row->piece.n * row->cols;
}

struct parameters_range parameters_owned(const struct parameters *p,
                                         const struct parameter *row)
{
    struct parameters_range own = parameters_own(p, row->bucket);
    long first = own.first - row->at, end = first + own.n;

    first = first > 0 ? first : 0;
    end = end < valid(row) ? end : valid(row);
    return end > first ? (struct parameters_range){first, end - first}
                       : (struct parameters_range){0};
}

struct parameters_range parameters_updated(const struct parameters *p,
                                           const struct parameter *row)
{
    return p->has_all_moments ? (struct parameters_range){0, valid(row)}
                              : parameters_owned(p, row);
}

/* Where in the moments a place of the flat arrays is: the part of a bucket
 * lies behind those of the buckets before it. */
static long moment_of(const struct parameters *p, int bucket, long at)
{
    return p->has_all_moments ? at
                              : p->bucket[bucket].at / p->parts + at -
                                    parameters_own(p, bucket).first;
}

struct op_adamw_state parameters_state(const struct parameters *p,
                                       const struct parameter *row, long first)
{
    long at = row->at + first, moment = moment_of(p, row->bucket, at);

    return (struct op_adamw_state){
        .weight = p->weight + at,
        .master = p->master + (REAL_IS_WIDE ? at : moment),
        .m = p->m + moment,
        .v = p->v + moment,
        .grad = p->gradient + at,
    };
}

wide *parameters_own_master(const struct parameters *p, int bucket)
{
    long at = parameters_own(p, bucket).first;

    return p->master + (REAL_IS_WIDE ? at : moment_of(p, bucket, at));
}

static void randomise(const struct parameter *row, long seed,
                      struct parameters_range range, wide *values)
{
    enum { BLOCK = 512 };
    uint64_t key = rng_key((uint64_t)seed, row->name, 0, 0);
    uint64_t first = (uint64_t)(row->piece.first * row->cols + range.first);
    double noise[BLOCK] = {0};

    for (long at = 0; at < range.n; at += BLOCK) {
        long here = range.n - at < BLOCK ? range.n - at : BLOCK;

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
        struct parameters_range range = parameters_updated(p, row);
        size_t bytes = (size_t)range.n * sizeof(wide);
        wide *values;

        if (range.n == 0)
            continue;
        values = malloc(bytes);
        CHECK(values, "no %zu bytes for initial values", bytes);
        randomise(row, seed, range, values);
        device_put(parameters_state(p, row, range.first).master, values,
                   bytes);
        free(values);
    }
}

static const struct parameter *find(const struct parameters *p,
                                    const char *fmt, va_list ap)
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

struct wide_mat parameters_gradient(const struct parameters *p,
                                    const char *fmt, ...)
{
    const struct parameter *row;
    va_list ap;

    va_start(ap, fmt);
    row = find(p, fmt, ap);
    va_end(ap);
    return (struct wide_mat){p->gradient + row->at, row->piece.piece,
                             row->cols, row->cols};
}

long parameters_count(const struct parameters *p)
{
    long n = 0;

    for (int i = 0; i < p->n; i++)
        n += p->list[i].rows * p->list[i].cols;
    return n;
}
