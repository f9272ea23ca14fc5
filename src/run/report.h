#ifndef SRC_RUN_REPORT_H
#define SRC_RUN_REPORT_H

#include "io/metrics.h"
#include "src/run/directory.h"
#include "src/run/saves.h"
#include "src/trainer/trainer.h"

/* What a run reports: OUTPUT/run.ini and OUTPUT/metrics.jsonl for programs,
 * lines on the log for people.  Only rank 0 of the run writes; the other ranks
 * make the same calls, which then do nothing. */
enum { REPORT_HOST = 64 };

struct report {
    const struct trainer *trainer; /* not owned: what is reported on */
    bool writes;
    bool is_behind; /* lines wait for room on the disk */
    long restarts;
    double load_seconds;
    struct metrics metrics;
    const char **some_names; /* room for numbers of some skills by name */
    double *some;
    char (*host)[REPORT_HOST]; /* [ranks] on rank 0, from report_start on */
    double started;            /* by the clock, */
    int64_t first;             /* after so many steps */
};

/* Makes the files, or where a run was here continues after the first
 * `metrics_bytes` of its metrics.  Collective over the grid; the problem is
 * the same on all ranks. */
struct problem report_open(struct report *r, struct directory *o,
                           const struct trainer *t, double load_seconds,
                           int64_t metrics_bytes);
void report_close(struct report *r);

/* The first event and the last one.  `copy_bytes` of this
 * rank's memory are kept for saves.  Collective over the grid. */
void report_start(struct report *r, size_t copy_bytes);
void report_stop(struct report *r, const char *reason, int status);

/* Does the file of metrics end with the stop of a run that has finished? */
bool report_is_finished(const char *metrics);

/* Something that the user should know, on the log and as an event. */
void report_warning(struct report *r, const char *text);

/* The round that has begun. */
void report_mixture(struct report *r);
void report_evaluation(struct report *r, const struct evaluation *e);

/* The step that was taken, in `seconds`. */
void report_step(struct report *r, const struct step_result *result,
                 double seconds);

/* Its update was left out. */
void report_skip(struct report *r, const struct step_result *result);

/* A checkpoint is on the disk. */
void report_checkpoint(struct report *r, const struct saved *saved);

/* What was reported so far outlives the node: so many bytes of metrics, on
 * rank 0. */
int64_t report_settle(const struct report *r);

/* report_forget drops all events since report_mark returned `mark`. */
int64_t report_mark(const struct report *r);
void report_forget(struct report *r, int64_t mark);

/* Ends an event of r->metrics. */
void report_end_event(struct report *r);

#endif
