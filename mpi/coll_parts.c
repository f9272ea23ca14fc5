/* A queue of collectives, the jobs, cut into pieces.  The pieces of all jobs
 * are exchanged in order, up to SLOTS of them at a time; each has its
 * requests, and memory for what it receives.  The room is that of all slots;
 * many small ones, so that a piece need not wait for the whole room to be
 * free. */
#include "mpi/coll_parts.h"

#include <stdlib.h>

#include "kernels/arena.h"
#include "kernels/base/memory.h"
#include "kernels/device.h"
#include "kernels/ops.h"
#include "mpi/coll.h"
#include "mpi/coll_direct.h"
#include "mpi/comm.h"
#include "mpi/trace.h"

enum { SLOTS = 8, TAG = 1, MOST_BYTES = 1 << 28 };

/* Numbers: pieces start where a device reads them fastest. */
enum { ALIGN = 16 };

struct job {
    char *x;
    long part;
    size_t width; /* of a number */
    bool is_sum;
};

struct slot {
    struct job job;
    long at, n;     /* the numbers of each part that it exchanges */
    wide *copies;   /* [others, n] of this rank's part, to be added */
    char *out, *in; /* [ranks, n], [others, n] on the host, where MPI does
                             not reach the device */
    MPI_Request *request; /* [2, others] */
};

struct coll_parts {
    struct group *g;
    int others;
    long piece; /* numbers, at most */
    struct job *job;
    long jobs, begun, started, ended; /* counted from the beginning */
    long at;                          /* what of job `started` is under way */
    struct slot slot[SLOTS];
    long sent, received; /* pieces */
    struct arena copies;
    struct coll_parts_tally tally;
};

static void take_copies(struct coll_parts *q)
{
    for (int i = 0; i < SLOTS; i++)
        q->slot[i].copies = arena_take(
            &q->copies, (size_t)(q->others * q->piece) * sizeof(wide));
}

static void open_slot(struct coll_parts *q, struct slot *s)
{
    size_t others = (size_t)q->others, piece = (size_t)q->piece;

    s->request = memory_take(2 * others, sizeof *s->request, "requests");
    if (device_is_host() || coll_direct_of(q->g))
        return;
    s->out =
        memory_take((others + 1) * piece, sizeof(wide), "numbers to send");
    s->in = memory_take(others * piece, sizeof(wide), "numbers to receive");
}

struct coll_parts *coll_parts_open(struct group *g, long largest, long room,
                                   int jobs)
{
    struct coll_parts *q = memory_take(1, sizeof *q, "exchanges");
    long most = MOST_BYTES / (long)sizeof(wide), each;

    q->g = g;
    q->others = g->size - 1;
    q->jobs = jobs;
    q->job = memory_take((size_t)jobs, sizeof *q->job, "jobs of an exchange");
    if (q->others == 0)
        return q;
    each = room / q->others / SLOTS;
    if (each > ALIGN)
        each -= each % ALIGN;
    else if (each < 1)
        each = 1;
    each = each < most ? each : most;
    q->piece = largest < each ? largest : each;
    if (!coll_direct_of(g)) {
        take_copies(q);
        arena_fix(&q->copies);
        take_copies(q);
    }
    for (int i = 0; i < SLOTS; i++)
        open_slot(q, &q->slot[i]);
    return q;
}

void coll_parts_close(struct coll_parts *q)
{
    coll_parts_wait_all(q);
    for (int i = 0; i < SLOTS; i++) {
        free(q->slot[i].request);
        free(q->slot[i].out);
        free(q->slot[i].in);
    }
    arena_free(&q->copies);
    free(q->job);
    free(q);
}

size_t coll_parts_bytes(const struct coll_parts *q)
{
    return q->copies.size;
}

struct coll_parts_tally coll_parts_tally(const struct coll_parts *q)
{
    return q->tally;
}

/* A direct way tells by events that a job has ended, of which there are as
 * many as jobs: a job whose event serves a later one is waited for with
 * that. */
static long event_of(const struct coll_parts *q, long ticket)
{
    return (ticket - 1) % q->jobs;
}

static bool is_staged(const struct slot *s)
{
    return s->out != NULL;
}

/* The numbers of part r that the piece exchanges. */
static char *place(const struct slot *s, int r)
{
    return s->job.x + (size_t)(r * s->job.part + s->at) * s->job.width;
}

static size_t piece_bytes(const struct slot *s)
{
    return (size_t)s->n * s->job.width;
}

/* What is gathered from here is the same for all. */
static void *outgoing(const struct coll_parts *q, const struct slot *s, int r)
{
    int of = s->job.is_sum ? r : q->g->rank;

    return is_staged(s) ? s->out + (size_t)of * piece_bytes(s) : place(s, of);
}

static void stage(const struct coll_parts *q, const struct slot *s)
{
    for (int r = 0; r < q->g->size; r++)
        if (s->job.is_sum == (r != q->g->rank))
            device_get(outgoing(q, s, r), place(s, r), piece_bytes(s));
}

/* Where what comes from rank r is to lie: the copies in the order of ranks. */
static void *incoming(const struct coll_parts *q, const struct slot *s, int r)
{
    size_t copy = (size_t)(r < q->g->rank ? r : r - 1) * piece_bytes(s);

    if (is_staged(s))
        return s->in + copy;
    return s->job.is_sum ? (char *)s->copies + copy : place(s, r);
}

/* Every rank begins with its neighbour, so that not all send to one. */
static void start_piece(struct coll_parts *q, struct slot *s)
{
    int size = q->g->size, rank = q->g->rank, bytes = (int)piece_bytes(s);
    MPI_Request *request = s->request;

    if (is_staged(s))
        stage(q, s);
    for (int i = 1; i < size; i++) {
        int from = (rank + size - i) % size;

        MPI_Irecv(incoming(q, s, from), bytes, MPI_BYTE, from, TAG, q->g->comm,
                  request++);
    }
    for (int i = 1; i < size; i++) {
        int to = (rank + i) % size;

        MPI_Isend(outgoing(q, s, to), bytes, MPI_BYTE, to, TAG, q->g->comm,
                  request++);
    }
}

/* Starts what there is room for. */
static void start_pieces(struct coll_parts *q)
{
    while (q->started < q->begun && q->sent - q->received < SLOTS) {
        struct slot *s = &q->slot[q->sent % SLOTS];

        s->job = q->job[q->started % q->jobs];
        s->at = q->at;
        s->n = s->job.part - s->at < q->piece ? s->job.part - s->at : q->piece;
        start_piece(q, s);
        q->sent++;
        q->at += s->n;
        if (q->at < s->job.part)
            continue;
        q->at = 0;
        q->started++;
    }
}

static void unstage(const struct coll_parts *q, const struct slot *s)
{
    if (s->job.is_sum)
        device_put(s->copies, s->in, (size_t)q->others * piece_bytes(s));
    else
        for (int r = 0; r < q->g->size; r++)
            if (r != q->g->rank)
                device_put(place(s, r), incoming(q, s, r), piece_bytes(s));
}

/* The oldest piece has arrived, and what it sent has left. */
static void finish_piece(struct coll_parts *q)
{
    struct slot *s = &q->slot[q->received++ % SLOTS];

    q->tally.bytes += q->others * (int64_t)piece_bytes(s);
    if (is_staged(s))
        unstage(q, s);
    if (s->job.is_sum)
        op_sum_copies((wide *)(void *)place(s, q->g->rank), s->copies,
                      q->g->rank, q->others, s->n);
    if (s->at + s->n == s->job.part)
        q->ended++;
    trace_move();
}

static bool has_arrived(const struct coll_parts *q)
{
    int arrived;

    MPI_Testall(2 * q->others, q->slot[q->received % SLOTS].request, &arrived,
                MPI_STATUSES_IGNORE);
    return arrived;
}

void coll_parts_poll(struct coll_parts *q)
{
    double start = MPI_Wtime();

    start_pieces(q);
    while (q->received < q->sent && has_arrived(q)) {
        finish_piece(q);
        start_pieces(q);
    }
    q->tally.polled += MPI_Wtime() - start;
}

static void wait_for_pieces(struct coll_parts *q, long ticket)
{
    int64_t before;
    double start;

    coll_parts_poll(q);
    before = q->tally.bytes;
    start = MPI_Wtime();
    while (q->ended < ticket) {
        MPI_Waitall(2 * q->others, q->slot[q->received % SLOTS].request,
                    MPI_STATUSES_IGNORE);
        finish_piece(q);
        start_pieces(q);
    }
    q->tally.late_bytes += q->tally.bytes - before;
    q->tally.waited += MPI_Wtime() - start;
}

void coll_parts_wait(struct coll_parts *q, long ticket)
{
    if (ticket == 0)
        return;
    if (coll_direct_of(q->g))
        coll_direct_await(q->g->direct, event_of(q, ticket));
    else if (q->ended >= ticket)
        coll_parts_poll(q);
    else {
        trace_wait(__func__, q->g);
        wait_for_pieces(q, ticket);
        trace_leave();
    }
}

void coll_parts_wait_all(struct coll_parts *q)
{
    coll_parts_wait(q, q->begun);
}

static void begin_directly(struct coll_parts *q, const struct job *job)
{
    struct coll_direct *direct = q->g->direct;
    long event = event_of(q, q->begun);

    if (job->is_sum)
        coll_direct_sum_part(direct, (wide *)(void *)job->x, job->part, event);
    else
        coll_direct_gather_parts(direct, job->x,
                                 (size_t)job->part * job->width, event);
    q->started++;
    q->ended++;
}

static long begin(struct coll_parts *q, struct job job)
{
    struct group *g = q->g;

    if (q->others == 0 || job.part == 0)
        return q->begun;
    trace_begin("coll_parts", g);
    comm_count(g, g->size * (int64_t)job.part, job.width);
    if (q->begun - q->ended == q->jobs)
        coll_parts_wait(q, q->ended + 1);
    q->job[q->begun++ % q->jobs] = job;
    if (coll_direct_of(g))
        begin_directly(q, &job);
    else
        coll_parts_poll(q);
    return q->begun;
}

long coll_parts_sum(struct coll_parts *q, wide *x, long part)
{
    return begin(q, (struct job){(char *)x, part, sizeof *x, true});
}

long coll_parts_gather(struct coll_parts *q, real *x, long part)
{
    return begin(q, (struct job){(char *)x, part, sizeof *x, false});
}

long coll_parts_gather_wide(struct coll_parts *q, wide *x, long part)
{
    return begin(q, (struct job){(char *)x, part, sizeof *x, false});
}
