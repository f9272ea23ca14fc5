#include <stdlib.h>
#include <string.h>

#include "kernels/base/memory.h"
#include "src/tokenize/tokenize_job.h"

/* Rounds bound what is in flight: in each, documents with one remainder of
 * their hash. */
enum { DOCUMENTS_A_ROUND = 1 << 20 };

struct text_seen {
    uint64_t hash[2];
    long chunk, local; /* the order of the input; on the rank it came from */
    int64_t skill;
    long place; /* in the owner's answer */
};

static int by_text(const void *a, const void *b)
{
    const struct text_seen *x = a, *y = b;

    for (int i = 0; i < 2; i++)
        if (x->hash[i] != y->hash[i])
            return x->hash[i] < y->hash[i] ? -1 : 1;
    if (x->skill != y->skill)
        return x->skill < y->skill ? -1 : 1;
    if (x->chunk != y->chunk)
        return x->chunk < y->chunk ? -1 : 1;
    return (x->local > y->local) - (x->local < y->local);
}

static bool same_text(const struct text_seen *a, const struct text_seen *b)
{
    return a->skill == b->skill &&
           memcmp(a->hash, b->hash, sizeof a->hash) == 0;
}

/* answer[i] = the i-th of n that were received is not the first of its
 * text. */
static char *judge(struct text_seen *s, size_t n)
{
    char *answer = memory_take(n, 1, "answers");

    for (size_t i = 0; i < n; i++)
        s[i].place = (long)i;
    qsort(s, n, sizeof *s, by_text);
    for (size_t i = 1; i < n; i++)
        answer[s[i].place] = same_text(&s[i], &s[i - 1]);
    return answer;
}

static void drop(struct tokenize_job *t, const struct text_seen *s)
{
    t->document[s->local].dropped = true;
    t->duplicates++;
}

/* Documents of a round whose text this rank has not earlier, by text: a text
 * that comes again and again would crowd the rank that judges it. */
static struct text_seen *collect(struct tokenize_job *t, uint64_t round,
                                 uint64_t rounds, size_t *n)
{
    struct text_seen *s;
    size_t all = 0;

    for (long i = 0; i < t->documents; i++)
        all += t->document[i].hash[1] % rounds == round;
    s = memory_grow(NULL, all, sizeof *s, "documents");
    all = 0;
    for (long i = 0; i < t->documents; i++) {
        const struct tokenize_job_document *d = &t->document[i];

        if (d->hash[1] % rounds == round)
            s[all++] = (struct text_seen){
                {d->hash[0], d->hash[1]}, d->chunk, i, d->skill, 0};
    }
    qsort(s, all, sizeof *s, by_text);
    *n = 0;
    for (size_t i = 0; i < all; i++) {
        if (*n > 0 && same_text(&s[*n - 1], &s[i]))
            drop(t, &s[i]);
        else
            s[(*n)++] = s[i];
    }
    return s;
}

static int owner(const struct tokenize_job *t, const struct text_seen *s)
{
    return (int)((s->hash[0] >> 32) % (uint64_t)group_size(t->g));
}

/* Those for rank 0 first, and so on; send[r] of them for rank r. */
static struct text_seen *sort_by_owner(const struct tokenize_job *t,
                                       const struct text_seen *s, size_t n,
                                       size_t *send)
{
    size_t *at = memory_take((size_t)group_size(t->g), sizeof *at, "places");
    struct text_seen *out = memory_grow(NULL, n, sizeof *out, "documents");

    for (size_t i = 0; i < n; i++)
        send[owner(t, &s[i])]++;
    for (int r = 1; r < group_size(t->g); r++)
        at[r] = at[r - 1] + send[r - 1];
    for (size_t i = 0; i < n; i++)
        out[at[owner(t, &s[i])]++] = s[i];
    free(at);
    return out;
}

static void scale(size_t *x, int n, size_t multiplied, size_t divided)
{
    for (int i = 0; i < n; i++)
        x[i] = x[i] * multiplied / divided;
}

static void one_round(struct tokenize_job *t, uint64_t round, uint64_t rounds)
{
    int size = group_size(t->g);
    size_t *send = memory_take(3 * (size_t)size, sizeof *send, "counts");
    size_t n = 0, sent;
    size_t *received = send + size, *back = received + size;
    struct text_seen *here = collect(t, round, rounds, &sent), *out, *in;
    char *answer, *mine;

    out = sort_by_owner(t, here, sent, send);
    free(here);
    scale(send, size, sizeof *out, 1);
    in = group_exchange(t->g, out, send, received);
    scale(received, size, 1, sizeof *in);
    for (int r = 0; r < size; r++)
        n += received[r];
    answer = judge(in, n);
    mine = group_exchange(t->g, answer, received, back);
    for (size_t i = 0; i < sent; i++)
        if (mine[i])
            drop(t, &out[i]);
    free(mine);
    free(answer);
    free(in);
    free(out);
    free(send);
}

void tokenize_deduplicate(struct tokenize_job *t)
{
    int rank;
    double most = group_largest(t->g, (double)t->documents, &rank);
    uint64_t rounds = 1 + (uint64_t)most / DOCUMENTS_A_ROUND;

    for (uint64_t round = 0; round < rounds; round++)
        one_round(t, round, rounds);
}
