#include <stdlib.h>
#include <string.h>

#include "kernels/check.h"
#include "src/commands/tokenize_job.h"

/* Rounds bound what is in flight: in each, documents with one remainder of
 * their hash. */
enum { DOCUMENTS_A_ROUND = 1 << 20 };

struct seen {
    uint64_t hash[2];
    long chunk, local; /* the order of the input; on the rank it came from */
    int64_t skill;
    long place; /* in the owner's answer */
};

static int by_text(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;

    for (int i = 0; i < 2; i++)
        if (x->hash[i] != y->hash[i])
            return x->hash[i] < y->hash[i] ? -1 : 1;
    if (x->skill != y->skill)
        return x->skill < y->skill ? -1 : 1;
    if (x->chunk != y->chunk)
        return x->chunk < y->chunk ? -1 : 1;
    return (x->local > y->local) - (x->local < y->local);
}

/* answer[i] = the i-th of n that were received is not the first of its text. */
static char *judge(struct seen *s, size_t n)
{
    char *answer = calloc(n + 1, 1);

    CHECK(answer, "no memory to compare %zu documents", n);
    for (size_t i = 0; i < n; i++)
        s[i].place = (long)i;
    qsort(s, n, sizeof *s, by_text);
    for (size_t i = 1; i < n; i++)
        answer[s[i].place] =
            s[i].skill == s[i - 1].skill &&
            memcmp(s[i].hash, s[i - 1].hash, sizeof s[i].hash) == 0;
    return answer;
}

static int owner(const struct tokenize *t, const struct tokenize_document *d)
{
    return (int)((d->hash[0] >> 32) % (uint64_t)group_size(t->g));
}

/* Documents of a round, those for rank 0 first, and so on. */
static struct seen *collect(const struct tokenize *t, uint64_t round,
                            uint64_t rounds, size_t *send)
{
    size_t *at = calloc((size_t)group_size(t->g) + 1, sizeof *at), total = 0;
    struct seen *out;

    for (long i = 0; i < t->documents; i++)
        if (t->document[i].hash[1] % rounds == round)
            send[owner(t, &t->document[i])]++;
    CHECK(at, "no memory to compare documents");
    for (int r = 0; r < group_size(t->g); r++) {
        at[r] = total;
        total += send[r];
    }
    out = malloc((total + 1) * sizeof *out);
    CHECK(out, "no memory to compare %zu documents", total);
    for (long i = 0; i < t->documents; i++) {
        const struct tokenize_document *d = &t->document[i];

        if (d->hash[1] % rounds == round)
            out[at[owner(t, d)]++] = (struct seen){
                {d->hash[0], d->hash[1]}, d->chunk, i, d->skill, 0};
    }
    free(at);
    return out;
}

static void scale(size_t *x, int n, size_t multiplied, size_t divided)
{
    for (int i = 0; i < n; i++)
        x[i] = x[i] * multiplied / divided;
}

static void one_round(struct tokenize *t, uint64_t round, uint64_t rounds)
{
    int size = group_size(t->g);
    size_t *send = calloc(3 * (size_t)size, sizeof *send), n = 0, sent = 0;
    size_t *received = send + size, *back = received + size;
    struct seen *out, *in;
    char *answer, *mine;

    CHECK(send, "no memory to compare documents");
    out = collect(t, round, rounds, send);
    scale(send, size, sizeof *out, 1);
    in = group_exchange(t->g, out, send, received);
    scale(received, size, 1, sizeof *in);
    for (int r = 0; r < size; r++) {
        n += received[r];
        sent += send[r] / sizeof *out;
    }
    answer = judge(in, n);
    mine = group_exchange(t->g, answer, received, back);
    for (size_t i = 0; i < sent; i++) {
        t->document[out[i].local].dropped = mine[i];
        t->duplicates += mine[i];
    }
    free(mine);
    free(answer);
    free(in);
    free(out);
    free(send);
}

void tokenize_deduplicate(struct tokenize *t)
{
    int rank;
    double most = group_largest(t->g, (double)t->documents, &rank);
    uint64_t rounds = 1 + (uint64_t)most / DOCUMENTS_A_ROUND;

    for (uint64_t round = 0; round < rounds; round++)
        one_round(t, round, rounds);
}
