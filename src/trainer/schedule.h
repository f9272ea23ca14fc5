#ifndef SRC_TRAINER_SCHEDULE_H
#define SRC_TRAINER_SCHEDULE_H

#include "src/settings.h"

/* The learning rate, a function of the step and the configuration alone, so
 * that a run that resumes has the rates of one that was not stopped.
 *
 * train.rewarm_at cuts the run into stages, each with a schedule of its own:
 * for continual pre-training, where the rate has decayed and rises again for
 * new data.  In the first stage the rate rises from 0, in the others from the
 * minimum, to the highest, over train.warmup_steps; then, up to the end of its
 * stage,
 *
 *   constant: it stays;
 *
 *   linear, cosine: it falls to the minimum, along a line or half a cosine;
 *
 *   wsd: it stays, and in the last train.decay_steps falls to the minimum as
 *   1 - sqrt(share of them done);
 *
 *   inverse-square-root: it falls as 1/sqrt(steps of the stage), whatever its
 *   end, down to the minimum;
 *
 * and the minimum is what the step after the stage's last would have. */
struct schedule_config {
    enum settings_schedule kind;
    double highest, lowest;
    long steps, warmup_steps, decay_steps;
    const char *rewarm_at; /* the list of train.rewarm_at; not owned */
};

double schedule_rate(const struct schedule_config *c, long step);

/* From the settings, which must last as long.  The problem is a
 * train.rewarm_at that is no list of rising steps. */
struct problem schedule_init(struct schedule_config *c,
                             const struct settings *s);

#endif
