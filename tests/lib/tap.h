#ifndef TESTS_LIB_TAP_H
#define TESTS_LIB_TAP_H

#include <stdbool.h>
#include <stdio.h>

#include "mpi/group.h"
#include "mpi/world.h"

/* A test program prints TAP for the whole job: a check holds if it holds on
 * every rank.  All of these are collective over the world, between world_start
 * and world_stop. */

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

/* What ok() begins its line with, and counts. */
void tap_verdict(bool here, bool failed);

/* The larger of two errors; one that is no number is the largest. */
double worse(double a, double b);

/* n checks that this machine or launch cannot make. */
void skip(int n, const char *reason);

/* The last call of a test: the plan. */
void tap_done(void);

#endif
