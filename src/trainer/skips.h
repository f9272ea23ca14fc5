#ifndef SRC_TRAINER_SKIPS_H
#define SRC_TRAINER_SKIPS_H

#include <stdbool.h>
#include <stdint.h>

#include "io/checkpoint/arrays.h"
#include "kernels/base/problem.h"

/* Steps whose update is left out: weights and moments stay as they are, the
 * batch and the step count.
 *
 *   not finite  the loss, or the norm of the gradient
 *   spike       with train.spike=k: the loss lies above what the skills of the
 *               batch had lately by more than k robust deviations
 *
 * What they had lately: e = the loss less the mean over its targets of m_i, of
 * the skills i that were seen before; m_i moves towards each loss of the skill
 * by 1/32 of the way (1/n at the n-th until then), so that a new mixture of
 * easy and hard skills is no spike.  Among the last 128 e, of which there must
 * be 64, the deviations are 1.4826 times the median distance from the median,
 * and at least 0.001, or a thousandth of the loss.  What is skipped enters
 * neither.
 *
 * More than train.skip_limit in a row end the run.  For rank 0, that decides
 * for all. */
enum skip { SKIP_NONE, SKIP_NOT_FINITE, SKIP_SPIKE };

enum { SKIPS_WINDOW = 128 };

struct skips {
    double spike; /* train.spike; 0: spikes are taken */
    long limit;   /* train.skip_limit */
    int skills;
    int64_t total, in_a_row;
    int64_t seen;   /* values of e so far; number i is in place i % 128 */
    int64_t *known; /* [skills] losses of each */
    double *mean;   /* [skills] */
    double excess[SKIPS_WINDOW];
};

/* The losses of a step: sums by skill over so many targets. */
struct skips_step {
    double loss, norm;
    const double *sum, *targets; /* [skills] */
};

void skips_init(struct skips *s, double spike, long limit, int skills);
void skips_free(struct skips *s);

/* Whether to skip, which is then counted; `why` says it of a spike.  What is
 * not skipped enters the history. */
enum skip skips_judge(struct skips *s, const struct skips_step *step,
                      struct problem *why);

bool skips_are_too_many(const struct skips *s);

/* To be saved or restored. */
void skips_state(struct skips *s, struct arrays *a);

#endif
