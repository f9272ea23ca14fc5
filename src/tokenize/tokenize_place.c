#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"
#include "kernels/base/memory.h"
#include "src/tokenize/tokenize_job.h"

/* Where every document goes.  Rank 0 decides in the order of the input, one
 * chunk of a rank after the other: a file takes documents until the next one
 * would bring it over tokenize.shard_size. */
enum {
    ROUND_BYTES = 1 << 27
}; /* that rank 0 takes in, or hands out, at once */

struct size {
    long shelf; /* skill and split */
    long tokens;
};

struct address {
    long file, first, index;
};

/* The file that a skill's split is being written to, on rank 0. */
struct shelf {
    long file, parts;
};

struct placing {
    struct tokenize_job *t;
    struct shelf *shelf; /* [skills, SPLITS] */
    long room;
};

static struct shard *begin_file(struct placing *x, long shelf)
{
    struct tokenize_job *t = x->t;
    struct shard *s;

    if (t->out.shards == x->room) {
        x->room = 2 * x->room + 16;
        t->out.shard = memory_grow(t->out.shard, (size_t)x->room,
                                   sizeof *t->out.shard, "shards");
    }
    x->shelf[shelf].file = t->out.shards;
    x->shelf[shelf].parts++;
    s = &t->out.shard[t->out.shards++];
    memset(s, 0, sizeof *s);
    strcpy(s->skill, t->skills.at[shelf / SPLITS].name);
    strcpy(s->title, t->skills.at[shelf / SPLITS].title);
    strcpy(s->split, split_names[shelf % SPLITS]);
    return s;
}

static struct address put(struct placing *x, const struct size *d)
{
    long most = x->t->settings->tokenize.shard_size;
    struct shard *s = x->shelf[d->shelf].parts
                          ? &x->t->out.shard[x->shelf[d->shelf].file]
                          : begin_file(x, d->shelf);
    struct address p;

    if (most > 0 && s->documents > 0 && s->tokens + d->tokens > most)
        s = begin_file(x, d->shelf);
    p = (struct address){s - x->t->out.shard, s->tokens, s->documents};
    s->tokens += d->tokens;
    s->documents++;
    return p;
}

/* The documents [*from, *end) of this rank's chunk, without the dropped. */
static struct size *sizes_of(const struct tokenize_job *t, long chunk,
                             long *end, size_t *n)
{
    long from = *end;
    struct size *out;

    while (*end < t->documents && t->document[*end].chunk == chunk)
        ++*end;
    out = memory_grow(NULL, (size_t)(*end - from), sizeof *out, "documents");
    *n = 0;
    for (long i = from; i < *end; i++) {
        const struct tokenize_job_document *d = &t->document[i];

        if (!d->dropped)
            out[(*n)++] =
                (struct size){(long)d->skill * SPLITS + d->split, d->tokens};
    }
    return out;
}

/* Places the documents [from, end) of every rank; out holds their n sizes. */
static void one_round(struct placing *x, const struct size *out, size_t n,
                      long from, long end)
{
    struct tokenize_job *t = x->t;
    int size = group_size(t->g);
    size_t *send = memory_take(2 * (size_t)size, sizeof *send, "counts");
    size_t total = 0, k = 0;
    size_t *received = send + size;
    struct size *in;
    struct address *decided, *mine;

    send[0] = n * sizeof *out;
    in = group_exchange(t->g, out, send, received);
    for (int r = 0; r < size; r++) {
        total += received[r] / sizeof *in;
        received[r] = received[r] / sizeof *in * sizeof *decided;
    }
    decided = memory_grow(NULL, total, sizeof *decided, "places of documents");
    for (size_t i = 0; i < total; i++)
        decided[i] = put(x, &in[i]);
    mine = group_exchange(t->g, decided, received, send);
    for (long i = from; i < end; i++) {
        struct tokenize_job_document *d = &t->document[i];

        if (d->dropped)
            continue;
        d->file = (int32_t)mine[k].file;
        d->first = mine[k].first;
        d->index = mine[k++].index;
    }
    free(mine);
    free(decided);
    free(in);
    free(send);
}

/* Rank 0 takes the chunks of as many ranks as it has room for. */
static void place_chunks(struct placing *x, const struct size *out, size_t n,
                         long from, long end)
{
    struct group *g = x->t->g;
    int rank, size = group_size(g);
    double most = group_largest(g, (double)n * sizeof(struct address), &rank);
    long ranks = 1 + (long)(ROUND_BYTES / (most + 1));

    for (long first = 0; first < size; first += ranks) {
        bool takes_part =
            group_rank(g) >= first && group_rank(g) < first + ranks;

        one_round(x, out, takes_part ? n : 0, from, takes_part ? end : from);
    }
}

void tokenize_place(struct tokenize_job *t)
{
    struct placing x = {t, NULL, 0};
    long end = 0;

    x.shelf =
        memory_take((size_t)(t->skills.n * SPLITS), sizeof *x.shelf, "skills");
    for (long first = 0; first < t->chunks; first += group_size(t->g)) {
        long from = end;
        size_t n;
        struct size *out = sizes_of(t, first + group_rank(t->g), &end, &n);

        place_chunks(&x, out, n, from, end);
        free(out);
    }
    free(x.shelf);
    group_broadcast(t->g, &t->out.shards, sizeof t->out.shards);
    CHECK(t->out.shards <= INT_MAX, "%ld shards are too many", t->out.shards);
}
