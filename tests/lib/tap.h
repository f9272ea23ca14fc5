#ifndef TESTS_LIB_TAP_H
#define TESTS_LIB_TAP_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "mpi/group.h"
#include "mpi/world.h"

/* A test program prints TAP for the whole job: a check holds if it holds on
 * every rank.  All of these are collective over the world, between world_start
 * and world_stop. */
static int tap_count;

/* One check; the rest is a printf message, which names what was compared.  A
 * rank other than 0 on which it fails adds its own message as a comment. */
#define ok(cond, ...)                                                         \
    do {                                                                      \
        bool here_ = (cond);                                                  \
        tap_verdict(here_, group_any(group_world(), !here_));                 \
        if (group_rank(group_world()) == 0 || !here_) {                       \
            printf(__VA_ARGS__);                                              \
            putchar('\n');                                                    \
            fflush(stdout);                                                   \
        }                                                                     \
    } while (0)

static inline void tap_verdict(bool here, bool failed)
{
    tap_count++;
    if (group_rank(group_world()) == 0)
        printf("%sok %d - ", failed ? "not " : "", tap_count);
    else if (!here)
        printf("# rank %d fails %d: ", group_rank(group_world()), tap_count);
}

/* The larger of two errors; one that is no number is the largest. */
static inline double worse(double a, double b)
{
    return a >= b || isnan(a) ? a : b;
}

/* n checks that this machine or launch cannot make. */
static inline void skip(int n, const char *reason)
{
    for (int i = 0; i < n; i++) {
        tap_count++;
        if (group_rank(group_world()) == 0)
            printf("ok %d # SKIP %s\n", tap_count, reason);
    }
}

/* The last call of a test: the plan. */
static inline void tap_done(void)
{
    if (group_rank(group_world()) == 0) {
        printf("1..%d\n", tap_count);
        fflush(stdout);
    }
}

#endif
