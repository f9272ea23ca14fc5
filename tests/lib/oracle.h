#ifndef TESTS_LIB_ORACLE_H
#define TESTS_LIB_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/tensor.h"

/* What the tests of operations share: numbers in double on the host, matrices
 * on the device that hold them, and derivatives by differences. */

/* Unit roundoff of a real: tolerances are multiples of it. */
extern const double oracle_unit;

/* Differences in double reach about this, whatever a real is. */
extern const double oracle_difference;

/* Rows by columns without gaps. */
struct sample {
    double *at;
    long rows, cols;
};

/* Returns `at`, which oracle_free frees by free_at. */
void *oracle_keep(void *at, void (*free_at)(void *));

/* Frees every sample and matrix made so far. */
void oracle_free(void);

/* Each of these makes a sample or matrix until oracle_free. */
struct sample oracle_zero(long rows, long cols);

/* Normal numbers, each a real, so that the input itself has no error. */
struct sample oracle_random(long rows, long cols, const char *name);

struct sample oracle_copy(struct sample from);

/* On the device, with `gap` marked numbers before and after each row: so the
 * rows are not aligned, and a write beside them shows. */
struct mat oracle_put(struct sample s, long gap);

/* Back to the host; NaN where a mark was touched, in every number. */
struct sample oracle_get(struct mat m);

/* Of the absolute values. */
double oracle_largest(struct sample s);

/* Token ids on the device. */
const int32_t *oracle_put_ids(const int32_t *ids, long n);

/* The largest difference relative to the largest number wanted; infinite for a
 * NaN or a write outside. */
double oracle_error(struct mat got, struct sample want);

/* Bit by bit. */
bool oracle_same(struct mat a, struct mat b);

/* A number that depends on n others; `what` is whatever else it needs. */
struct objective {
    double (*value)(const void *what, const double *x);
    const void *what;
    long n;
};

/* The derivative along d: differences of fourth order, so the step may be
 * large and rounding small: together about 1e-12 of the value. */
double oracle_slope(struct objective f, const double *x, const double *d);

/* The error of a gradient `got` relative to its size: in every element if they
 * are few, else along random directions. */
double oracle_gradient_error(struct objective f, const double *x,
                             const double *got);

#endif
