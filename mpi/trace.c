/* Each member is written by the working thread alone, so plain loads and
 * stores of atomics do: no member is ever torn, and none needs an order. */
#include "mpi/trace.h"

#include <stdatomic.h>
#include <stddef.h>

static atomic_long moves, step, number;
static atomic_int patience = 1, ranks;
static atomic_bool is_inside;
static const char *_Atomic phase = "starting";
static const char *_Atomic collective;

#define SET(member, value)                                                    \
    atomic_store_explicit(&(member), value, memory_order_relaxed)
#define GET(member) atomic_load_explicit(&(member), memory_order_relaxed)

void trace_move(void)
{
    SET(moves, GET(moves) + 1);
}

void trace_begin(const char *name, const struct group *g)
{
    SET(collective, name);
    SET(ranks, group_size(g));
    SET(number, GET(number) + 1);
    trace_move();
}

void trace_wait(const char *name, const struct group *g)
{
    SET(collective, name);
    SET(ranks, group_size(g));
    SET(is_inside, true);
    trace_move();
}

void trace_enter(const char *name, const struct group *g)
{
    trace_begin(name, g);
    SET(is_inside, true);
}

void trace_leave(void)
{
    SET(is_inside, false);
    trace_move();
}

void trace_phase(const char *name, int times)
{
    SET(phase, name);
    SET(patience, times);
    trace_move();
}

void trace_step(long done)
{
    SET(step, done);
    SET(number, 0);
    trace_move();
}

struct trace trace_now(void)
{
    return (struct trace){
        .moves = GET(moves),
        .phase = GET(phase),
        .patience = GET(patience),
        .step = GET(step),
        .number = GET(number),
        .collective = GET(collective),
        .ranks = GET(ranks),
        .is_inside = GET(is_inside),
    };
}
