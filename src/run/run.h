#ifndef SRC_RUN_RUN_H
#define SRC_RUN_RUN_H

#include "src/run/directory.h"
#include "src/run/report.h"
#include "src/run/saves.h"
#include "src/run/stop.h"
#include "src/skills/mixture.h"
#include "src/skills/policy.h"
#include "src/trainer/evaluate.h"

/* How far a run has come: `done` steps, in the round that began at step
 * `first` and has `steps`; `rounds` have begun, and the last evaluation was
 * behind step `evaluated` (-1: there was none).  Plain numbers, as a
 * checkpoint has them. */
struct progress {
    int64_t done, first, steps, rounds, evaluated;
};

/* A training run on the ranks of a group: all that it holds. */
struct run {
    const struct settings *settings;
    struct grid grid;
    struct data data;
    struct policy policy;   /* rank 0 alone */
    struct mixture mixture; /* rank 0 alone */
    struct sampler sampler;
    struct model model;
    struct step step;
    struct evaluation evaluation;
    struct directory directory;
    struct report report;
    struct saves saves;
    struct stop stop;
    struct skips skips; /* rank 0 decides */
    double *losses;     /* [evaluation skills] of the last evaluation */
    double *p;          /* [training skills] of the round */
    int64_t *counts;    /* [training skills] */
    struct progress at;
};

/* False where there is nothing to do, as the run in its directory has
 * finished: that is said, and the run closed.  Collective over g. */
bool run_open(struct run *run, const struct settings *s, struct group *g);
void run_close(struct run *run);

#endif
