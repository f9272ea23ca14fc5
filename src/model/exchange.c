#include "src/model/exchange.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"
#include "mpi/coll.h"

/* Numbers that are received before they are added: enough for messages that
 * run at full speed, little beside a model. */
enum { ROOM = 1 << 23 };

static long part_of(const struct exchange *e, int bucket)
{
    return e->parameters->bucket[bucket].n / e->parameters->parts;
}

void exchange_init(struct exchange *e, struct parameters *p,
                   const struct grid *grid)
{
    size_t n = (size_t)p->buckets;
    long largest = 0;

    assert(p->parts == group_size(grid->data));
    *e = (struct exchange){
        .parameters = p, .tensor = grid->tensor, .data = grid->data};
    e->is_begun = calloc(n, sizeof *e->is_begun);
    e->new_weights = calloc(n, sizeof *e->new_weights);
    CHECK(e->is_begun && e->new_weights, "no memory for %zu buckets", n);
    for (int i = 0; i < p->buckets; i++)
        largest = part_of(e, i) > largest ? part_of(e, i) : largest;
    e->parts = coll_parts_open(grid->data, largest, ROOM, p->buckets);
}

void exchange_free(struct exchange *e)
{
    coll_parts_close(e->parts);
    free(e->is_begun);
    free(e->new_weights);
}

static void gather_wide(struct exchange *e, wide *flat)
{
    const struct parameters *p = e->parameters;

    for (int i = 0; i < p->buckets; i++)
        coll_parts_gather_wide(e->parts, flat + p->bucket[i].at,
                               part_of(e, i));
    coll_parts_wait_all(e->parts);
}

static void gather_weights(struct exchange *e, int bucket)
{
    const struct parameters *p = e->parameters;

    e->new_weights[bucket] = coll_parts_gather(
        e->parts, p->weight + p->bucket[bucket].at, part_of(e, bucket));
}

/* Initial values come from the mathematical library of each node, and those of
 * two nodes may differ in the last bit.  Nothing is left under way: a run may
 * still be refused, and MPI ends only when nothing is. */
void exchange_share(struct exchange *e)
{
    const struct parameters *p = e->parameters;

    coll_broadcast_wide(e->tensor, parameters_own_master(p, BUCKET_WHOLE),
                        part_of(e, BUCKET_WHOLE));
    if (p->has_all_moments) {
        gather_wide(e, p->master);
        op_narrow(p->weight, p->master, p->numbers);
        return;
    }
    for (int i = 0; i < p->buckets; i++) {
        op_narrow(p->weight + parameters_own(p, i).first,
                  parameters_own_master(p, i), part_of(e, i));
        gather_weights(e, i);
    }
    exchange_settle(e);
}

void exchange_expect(struct exchange *e)
{
    e->is_last = true;
}

static void begin_sum(struct exchange *e, int bucket)
{
    const struct parameters *p = e->parameters;

    if (!e->is_begun[bucket])
        coll_parts_sum(e->parts, p->gradient + p->bucket[bucket].at,
                       part_of(e, bucket));
    e->is_begun[bucket] = true;
}

void exchange_complete(struct exchange *e, int bucket)
{
    assert(bucket != BUCKET_WHOLE);
    if (e->is_last)
        begin_sum(e, bucket);
    else
        coll_parts_poll(e->parts);
}

void exchange_sum(struct exchange *e)
{
    const struct parameters *p = e->parameters;

    coll_sum_wide(e->tensor, p->gradient, p->partial);
    for (int i = 0; i < p->buckets; i++)
        begin_sum(e, i);
    coll_parts_wait_all(e->parts);
    coll_broadcast_wide(e->tensor,
                        p->gradient + parameters_own(p, BUCKET_WHOLE).first,
                        part_of(e, BUCKET_WHOLE));
    if (p->has_all_moments)
        gather_wide(e, p->gradient);
    memset(e->is_begun, 0, (size_t)p->buckets * sizeof *e->is_begun);
    e->is_last = false;
}

void exchange_update(struct exchange *e, int bucket)
{
    if (!e->parameters->has_all_moments)
        gather_weights(e, bucket);
}

void exchange_need(struct exchange *e, int bucket)
{
    coll_parts_wait(e->parts, e->new_weights[bucket]);
}

void exchange_poll(struct exchange *e)
{
    coll_parts_poll(e->parts);
}

void exchange_settle(struct exchange *e)
{
    coll_parts_wait_all(e->parts);
}
