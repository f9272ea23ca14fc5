#ifndef TESTS_LIB_POLICY_CASE_H
#define TESTS_LIB_POLICY_CASE_H

#include <stdint.h>

#include "src/settings.h"
#include "src/skills/names.h"
#include "src/skills/policy.h"

/* A policy as a run makes it: from settings, lists of skills and the file of a
 * graph. */
struct policy_case {
    struct settings settings;
    struct policy policy;
    struct problem wrong;
};

/* Names parted by commas. */
struct names policy_case_names(const char *list);

/* Writes the file of a graph; returns the argument that names the graph. */
const char *policy_case_graph(const char *text);

/* `list` ends with NULL; `windows` may be NULL. */
void policy_case_open(struct policy_case *c, const char *train,
                      const char *evaluate, const int64_t *windows,
                      const char *const *list);

void policy_case_close(struct policy_case *c);

/* The state of a policy, as a checkpoint carries it. */
void policy_case_carry_over(struct policy *to, struct policy *from);

/* The largest difference of two mixtures. */
double policy_case_off(const double *a, const double *b, int n);

#endif
