#ifndef KERNELS_BASE_PROBLEM_H
#define KERNELS_BASE_PROBLEM_H

#include <stdbool.h>

/* What is wrong with something that came from outside, as one sentence that
 * names the place, the value and the way out.  Readers of foreign bytes return
 * one and never stop the process; empty means that all is well.  Control
 * characters, which a file may hold, have become '?' in it. */
struct problem {
    char text[1024];
};

static inline bool is_problem(const struct problem *wrong)
{
    return wrong->text[0] != '\0';
}

#define NO_PROBLEM ((struct problem){{0}})

struct problem problem(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

#endif
