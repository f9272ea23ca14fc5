/* The threads of a block as fibers: each has a stack of its own and runs until
 * it waits. */
#include "cuda_runtime.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cudasim.h"

#ifndef __x86_64__
#include <ucontext.h>
#endif

enum { WARP = 32, MOST_THREADS = 1024, STACK_BYTES = 64 << 10 };
enum { MOST_SHARED = 48 << 10 };
enum state { READY, AT_BARRIER, AT_EXCHANGE, RETURNED };

struct fiber {
    enum state state;
    uint3 thread;
    int line;      /* where it waits */
    unsigned mask; /* of the lanes it waits for */
    bool votes;    /* or takes the value of lane `wanted` */
    unsigned wanted;
    uint64_t value; /* what it gives */
    uint64_t got;
    bool is_started;
#ifdef __x86_64__
    void *stack;
#else
    ucontext_t context;
#endif
};

uint3 threadIdx, blockIdx;
dim3 blockDim, gridDim;

static fiber fibers[MOST_THREADS];
static fiber *self;
static unsigned threads;  /* of the block that runs */
static unsigned arrived;  /* at the barrier */
static int barrier_value; /* sum of what they gave */
static void (*body)(void *of);
static void *body_of;

/* Static shared memory of all kernels, which the linker gathers; none if no
 * kernel has any. */
extern "C" char __start_cudasim_shared[] __attribute__((weak));
extern "C" char __stop_cudasim_shared[] __attribute__((weak));

void cudasim_fail(const char *fmt, ...)
{
    va_list ap;

    fprintf(stderr, "cudasim: block %u,%u,%u thread %u,%u,%u: ", blockIdx.x,
            blockIdx.y, blockIdx.z, threadIdx.x, threadIdx.y, threadIdx.z);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    _exit(1);
}

#ifdef __x86_64__

/* Saves the registers that a call keeps on this stack, and takes up those on
 * the other: swapcontext() would make two system calls. */
static void *scheduler;

extern "C" void cudasim_switch(void **from, void *to);
__asm__(".text\n"
        ".type cudasim_switch,@function\n"
        "cudasim_switch:\n"
        "  pushq %rbp; pushq %rbx\n"
        "  pushq %r12; pushq %r13; pushq %r14; pushq %r15\n"
        "  movq %rsp, (%rdi)\n"
        "  movq %rsi, %rsp\n"
        "  popq %r15; popq %r14; popq %r13; popq %r12\n"
        "  popq %rbx; popq %rbp\n"
        "  ret\n"
        ".size cudasim_switch,.-cudasim_switch\n");

static void leave()
{
    cudasim_switch(&self->stack, scheduler);
}

static void enter(fiber *f)
{
    cudasim_switch(&scheduler, f->stack);
}

/* As cudasim_switch would have left it, to return into `entry` with the stack
 * pointer that a call leaves. */
static void prepare(fiber *f, char *stack, void (*entry)())
{
    void **top = (void **)(stack + STACK_BYTES) - 1;

    *--top = (void *)entry;
    for (int i = 0; i < 6; i++)
        *--top = NULL;
    f->stack = top;
}

#else

static ucontext_t scheduler;

static void leave()
{
    swapcontext(&self->context, &scheduler);
}

static void enter(fiber *f)
{
    swapcontext(&scheduler, &f->context);
}

static void prepare(fiber *f, char *stack, void (*entry)())
{
    getcontext(&f->context);
    f->context.uc_stack.ss_sp = stack;
    f->context.uc_stack.ss_size = STACK_BYTES;
    makecontext(&f->context, entry, 0);
}

#endif

/* A fiber lives for the whole process and runs one thread after another. */
static void run_threads()
{
    for (;;) {
        body(body_of);
        self->state = RETURNED;
        leave();
    }
}

/* With a page below that cannot be touched. */
static void start(fiber *f)
{
    enum { GUARD = 4096 };
    char *at = (char *)mmap(NULL, GUARD + STACK_BYTES, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

    if (at == MAP_FAILED)
        cudasim_fail("no memory for the stack of a thread");
    mprotect(at, GUARD, PROT_NONE);
    prepare(f, at + GUARD, run_threads);
    f->is_started = true;
}

static void resume(fiber *f)
{
    if (!f->is_started)
        start(f);
    self = f;
    threadIdx = f->thread;
    enter(f);
}

static void wait(enum state state)
{
    self->state = state;
    leave();
}

int cudasim_barrier(int value, int line)
{
    self->line = line;
    barrier_value += value;
    if (++arrived < threads) {
        wait(AT_BARRIER);
        return (int)self->got;
    }
    for (unsigned i = 0; i < threads; i++) {
        fiber *f = &fibers[i];

        if (f->line != line)
            cudasim_fail("threads of one block wait at different barriers, in "
                         "lines %d and %d",
                         f->line, line);
        f->state = READY;
        f->got = (uint64_t)barrier_value;
    }
    value = barrier_value;
    arrived = 0;
    barrier_value = 0;
    return value;
}

static unsigned number()
{
    return (unsigned)(self - fibers);
}

unsigned cudasim_lane()
{
    return number() % WARP;
}

/* Lanes of a warp, as bits. */
struct warp {
    unsigned waiting, returned;
};

static warp warps[MOST_THREADS / WARP];

static void check_mask(const warp *w, unsigned first)
{
    unsigned mask = self->mask, lanes = (unsigned)min(threads - first, WARP);

    if (!(mask >> cudasim_lane() & 1))
        cudasim_fail("lane %u is not in its own mask %08x, in line %d",
                     cudasim_lane(), mask, self->line);
    if (lanes < WARP && mask >> lanes)
        cudasim_fail("mask %08x in line %d names lanes that are not in the "
                     "block",
                     mask, self->line);
    if (mask & w->returned)
        cudasim_fail("mask %08x in line %d names lanes that have returned",
                     mask, self->line);
}

static void check_agreement(const fiber *f)
{
    if (f->mask != self->mask || f->line != self->line)
        cudasim_fail("lanes of one warp wait for each other with masks %08x "
                     "and %08x, in lines %d and %d",
                     f->mask, self->mask, f->line, self->line);
}

static uint64_t votes_for(const fiber *warp, unsigned mask)
{
    uint64_t votes = 0;

    for (unsigned i = 0; i < WARP; i++)
        if (mask >> i & 1)
            votes |= warp[i].value << i;
    return votes;
}

/* The last to come hands every lane what it asked for. */
static uint64_t meet(unsigned mask, int line)
{
    unsigned first = number() / WARP * WARP;
    warp *w = &warps[first / WARP];
    fiber *lanes = &fibers[first];

    self->mask = mask;
    self->line = line;
    check_mask(w, first);
    w->waiting |= 1u << cudasim_lane();
    if (mask & ~w->waiting) {
        wait(AT_EXCHANGE);
        return self->got;
    }
    w->waiting &= ~mask;
    for (unsigned i = 0; i < WARP; i++)
        if (mask >> i & 1) {
            check_agreement(&lanes[i]);
            lanes[i].got = lanes[i].votes ? votes_for(lanes, mask)
                                          : lanes[lanes[i].wanted].value;
            lanes[i].state = READY;
        }
    return self->got;
}

uint64_t cudasim_exchange(unsigned mask, uint64_t value, unsigned lane,
                          int line)
{
    if (lane >= WARP || !(mask >> lane & 1))
        cudasim_fail("takes the value of lane %u in line %d, which is not in "
                     "the mask %08x",
                     lane, line, mask);
    self->votes = false;
    self->wanted = lane;
    self->value = value;
    return meet(mask, line);
}

unsigned cudasim_vote(unsigned mask, bool value, int line)
{
    self->votes = true;
    self->value = value;
    return (unsigned)meet(mask, line);
}

/* Numbers for the order of threads. */
static unsigned draw()
{
    static uint64_t state;

    if (state == 0) {
        const char *seed = getenv("CUDASIM_SEED");

        state = seed ? strtoull(seed, NULL, 10) * 2 + 1 : 1;
    }
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33);
}

static unsigned common_divisor(unsigned a, unsigned b)
{
    return b == 0 ? a : common_divisor(b, a % b);
}

/* Numbers 0 to n - 1 in some order, each once. */
struct order {
    unsigned at, stride, n;
};

static order draw_order(unsigned n)
{
    order o = {draw() % n, 1 + draw() % n, n};

    while (common_divisor(o.stride, n) > 1)
        o.stride++;
    return o;
}

static unsigned next(order *o)
{
    unsigned at = o->at;

    o->at = (at + o->stride) % o->n;
    return at;
}

/* One turn for each of n threads that can go on; how many returned, or -1 if
 * none could go on. */
static int run_turn(unsigned first, unsigned n)
{
    order o = draw_order(n);
    int returned = -1;

    for (unsigned i = 0; i < n; i++) {
        unsigned number = first + next(&o);
        fiber *f = &fibers[number];

        if (f->state != READY)
            continue;
        returned = returned < 0 ? 0 : returned;
        resume(f);
        if (f->state == RETURNED) {
            warps[number / WARP].returned |= 1u << number % WARP;
            returned++;
        }
    }
    return returned;
}

/* A warp goes as far as it can before the next one starts: what leans on
 * another warp without a barrier finds it far ahead or far behind. */
static int run_warps()
{
    order o = draw_order((threads + WARP - 1) / WARP);
    int returned = -1;

    for (unsigned i = 0; i < o.n; i++) {
        unsigned first = next(&o) * WARP;
        unsigned lanes = (unsigned)min(threads - first, WARP);
        int more;

        while ((more = run_turn(first, lanes)) >= 0)
            returned = (returned < 0 ? 0 : returned) + more;
    }
    return returned;
}

static void fail_stuck(unsigned returned)
{
    const fiber *barrier = NULL, *exchange = NULL;

    for (unsigned i = 0; i < threads; i++) {
        if (fibers[i].state == AT_BARRIER)
            barrier = &fibers[i];
        if (fibers[i].state == AT_EXCHANGE)
            exchange = &fibers[i];
    }
    cudasim_fail(
        "not all threads reach a barrier: %u of %u wait at it in line "
        "%d, %u have returned, others wait for lanes in line %d",
        arrived, threads, barrier ? barrier->line : 0, returned,
        exchange ? exchange->line : 0);
}

static void run_block()
{
    unsigned returned = 0;

    arrived = 0;
    barrier_value = 0;
    memset(warps, 0, sizeof warps);
    for (unsigned i = 0; i < threads; i++)
        fibers[i].state = READY;
    bool by_warps = draw() % 2;

    while (returned < threads) {
        int more = by_warps ? run_warps() : run_turn(0, threads);

        if (more < 0)
            fail_stuck(returned);
        returned += (unsigned)more;
    }
}

/* By hand: memset() of the sanitizer would find the borders it has put between
 * the arrays. */
__attribute__((no_sanitize("address"))) static void poison_shared()
{
    for (volatile char *p = __start_cudasim_shared; p < __stop_cudasim_shared;
         p++)
        *p = (char)0xff;
}

static bool is_allowed(const cudaLaunchConfig_t *c)
{
    const dim3 &g = c->gridDim, &b = c->blockDim;
    uint64_t n = (uint64_t)b.x * b.y * b.z;
    size_t shared = (size_t)(__stop_cudasim_shared - __start_cudasim_shared);

    return n > 0 && n <= MOST_THREADS && b.z <= 64 && g.x > 0 && g.y > 0 &&
           g.z > 0 && g.x <= INT32_MAX && g.y <= 65535 && g.z <= 65535 &&
           shared + c->dynamicSmemBytes <= MOST_SHARED;
}

cudaError_t cudasim_launch(const cudaLaunchConfig_t *c, void (*b)(void *of),
                           void *of)
{
    const dim3 &grid = c->gridDim, &block = c->blockDim;

    if (!is_allowed(c))
        return cudaErrorInvalidConfiguration;
    threads = block.x * block.y * block.z;
    body = b;
    body_of = of;
    blockDim = block;
    gridDim = grid;
    for (unsigned i = 0; i < threads; i++)
        fibers[i].thread =
            uint3{i % block.x, i / block.x % block.y, i / block.x / block.y};
    cudasim_open();
    for (unsigned z = 0; z < grid.z; z++)
        for (unsigned y = 0; y < grid.y; y++)
            for (unsigned x = 0; x < grid.x; x++) {
                blockIdx = uint3{x, y, z};
                poison_shared();
                run_block();
            }
    cudasim_close();
    return cudaSuccess;
}
