#include "mpi/coll_direct.h"

struct coll_direct *coll_direct_open(struct group *g)
{
    (void)g;
    return NULL;
}

void coll_direct_close(struct coll_direct *d)
{
    (void)d;
}

void coll_direct_reduce(struct coll_direct *d, void *x, long n,
                        enum coll_direct_number number,
                        enum coll_direct_join join)
{
    (void)d, (void)x, (void)n, (void)number, (void)join;
}

void coll_direct_broadcast(struct coll_direct *d, wide *x, long n)
{
    (void)d, (void)x, (void)n;
}

void coll_direct_sum_part(struct coll_direct *d, wide *x, long part,
                          long event)
{
    (void)d, (void)x, (void)part, (void)event;
}

void coll_direct_gather_parts(struct coll_direct *d, void *x,
                              size_t part_bytes, long event)
{
    (void)d, (void)x, (void)part_bytes, (void)event;
}

void coll_direct_await(struct coll_direct *d, long event)
{
    (void)d, (void)event;
}
