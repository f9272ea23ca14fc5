#include <assert.h>
#include <stdbool.h>

#include "io/shards/corpus.h"

/* The part that holds position x of the stream, or sample x. */
static struct corpus_part *part_at(struct corpus *c, long x)
{
    long low = 0, high = c->parts;

    while (high - low > 1) {
        long middle = low + (high - low) / 2;

        if (c->part[middle].start <= x)
            low = middle;
        else
            high = middle;
    }
    return &c->part[low];
}

/* Document d of a part begins at documents[d] + d * step, counted from the
 * start of the part.  Fills the window with documents that hold position x. */
static struct problem move_window(struct corpus_part *p, long x, long step)
{
    long low = 0, high = p->file.head.documents;
    struct problem wrong;

    while (high - low > CORPUS_WINDOW) {
        long middle = low + (high - low) / 2;
        uint64_t offset;

        wrong = shard_read_documents(&p->file, middle, 1, &offset);
        if (is_problem(&wrong))
            return wrong;
        if ((long)offset + middle * step <= x)
            low = middle;
        else
            high = middle;
    }
    /* The window goes on behind the bisected range: reading goes forward. */
    high = low + CORPUS_WINDOW;
    if (high > p->file.head.documents)
        high = p->file.head.documents;
    p->window_n = 0;
    wrong = shard_read_documents(&p->file, low, high - low + 1, p->window);
    p->window_first = low;
    if (!is_problem(&wrong))
        p->window_n = high - low;
    return wrong;
}

static bool window_has(const struct corpus_part *p, long x, long step)
{
    long first = p->window_first, end = first + p->window_n;

    return p->window_n > 0 && x >= (long)p->window[0] + first * step &&
           x < (long)p->window[p->window_n] + end * step;
}

/* The place in the window of the document that holds position x. */
static long window_find(const struct corpus_part *p, long x, long step)
{
    long low = 0, high = p->window_n;

    while (high - low > 1) {
        long middle = low + (high - low) / 2;

        if ((long)p->window[middle] + (p->window_first + middle) * step <= x)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The place in the window of the document that holds position x of a part,
 * after the window has moved there if need be. */
static struct problem find_document(struct corpus_part *p, long x, long step,
                                    long *i)
{
    struct problem wrong = NO_PROBLEM;

    if (!window_has(p, x, step))
        wrong = move_window(p, x, step);
    if (is_problem(&wrong))
        return wrong;
    *i = window_find(p, x, step);
    if (!window_has(p, x, step) || p->window[*i] >= p->window[*i + 1] ||
        (long)p->window[*i + 1] > p->file.head.tokens)
        return problem("%s: its document offsets have changed since the start",
                       p->file.head.path.text);
    return NO_PROBLEM;
}

static long least(long a, long b)
{
    return a < b ? a : b;
}

/* Up to n tokens from position x of a part on, within one document and its
 * neighbours begin and end; *done (0 before) is how many. */
static struct problem read_in_document(struct corpus *c, struct corpus_part *p,
                                       long x, long n, int32_t *out,
                                       long *done)
{
    long step = c->extra, begin = c->begin_of_text >= 0;
    long i, from, to, inside;
    struct problem wrong = find_document(p, x, step, &i);

    if (is_problem(&wrong))
        return wrong;
    from = (long)p->window[i];
    to = (long)p->window[i + 1];
    inside = x - from - (p->window_first + i) * step;
    if (inside < begin)
        out[(*done)++] = (int32_t)c->begin_of_text;
    inside += *done - begin;
    if (*done < n && inside < to - from) {
        long m = least(n - *done, to - from - inside);

        wrong = shard_read_tokens(&p->file, from + inside, m, out + *done);
        *done += m;
        inside += m;
    }
    if (*done < n && inside == to - from && c->end_of_text >= 0)
        out[(*done)++] = (int32_t)c->end_of_text;
    return wrong;
}

struct problem corpus_read(struct corpus *c, long first, long n, int32_t *out)
{
    assert(first >= 0 && n >= 0 && first + n <= c->stream_length);
    while (n > 0) {
        struct corpus_part *p = part_at(c, first);
        long done = 0;
        struct problem wrong =
            read_in_document(c, p, first - p->start, n, out, &done);

        if (is_problem(&wrong))
            return wrong;
        first += done;
        out += done;
        n -= done;
    }
    return NO_PROBLEM;
}

struct problem corpus_read_starts(struct corpus *c, long first, long n,
                                  int32_t *start)
{
    assert(first >= 0 && n >= 0 && first + n <= c->stream_length);
    for (long done = 0; done < n;) {
        struct corpus_part *p = part_at(c, first + done);
        long x = first + done - p->start, i, here = done, left;
        struct problem wrong = find_document(p, x, c->extra, &i);

        if (is_problem(&wrong))
            return wrong;
        left =
            (long)p->window[i + 1] + (p->window_first + i + 1) * c->extra - x;
        while (done < n && left-- > 0)
            start[done++] = (int32_t)here;
    }
    return NO_PROBLEM;
}

struct problem corpus_read_sample(struct corpus *c, long i, long room,
                                  int32_t *out, struct corpus_sample *sample)
{
    struct corpus_part *p = part_at(c, i);
    long begin = c->begin_of_text >= 0;
    struct shard_sample x;
    struct problem wrong = shard_read_sample(&p->file, i - p->start, room, &x);

    assert(c->layout == SHARD_SAMPLES && i >= 0 && i < c->documents);
    if (is_problem(&wrong))
        return wrong;
    if (begin)
        out[0] = (int32_t)c->begin_of_text;
    *sample = (struct corpus_sample){begin + x.end - x.first, x.answer};
    if (x.answer.length > 0)
        sample->answer.first += (uint32_t)begin;
    return shard_read_tokens(&p->file, x.first, x.end - x.first, out + begin);
}
