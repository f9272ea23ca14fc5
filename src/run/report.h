#ifndef SRC_RUN_REPORT_H
#define SRC_RUN_REPORT_H

#include "io/metrics.h"
#include "src/model/model.h"
#include "src/run/directory.h"
#include "src/trainer/evaluate.h"
#include "src/trainer/step.h"

/* What a run tells: OUTPUT/run.ini and OUTPUT/metrics.jsonl for programs,
 * lines on the log for people.  Only rank 0 of the run writes; the other ranks
 * make the same calls, which then do nothing. */
enum { REPORT_HOST = 64 };

struct report {
    bool writes;
    bool is_behind; /* lines wait for room on the disk */
    long restarts;
    double load_seconds;
    const struct settings *settings;
    struct metrics metrics;
    const struct names *train; /* skills */
    const char **some_names;   /* room for numbers of some skills by name */
    double *some;
    const struct grid *grid; /* from report_start on */
    const struct exchange *exchange;
    char (*host)[REPORT_HOST]; /* [ranks] on rank 0 */
    double started;            /* by the clock, */
    long first;                /* after so many steps */
    double tokens;             /* of all steps, without padding */
};

struct resume;

/* Makes the files, or where a run was here goes on behind what the metrics
 * were at the checkpoint.  Refuses where that can't be done. Collective over
 * the group of o. */
void report_open(struct report *r, struct directory *o, const struct data *d,
                 const struct resume *from);
void report_close(struct report *r);

/* `copy_bytes` of this rank's memory are kept for saves.  Collective over the
 * grid. */
void report_start(struct report *r, const struct grid *grid,
                  const struct model *m, size_t copy_bytes, long done);

/* Does the file of metrics end with the stop of a run that has finished? */
bool report_is_finished(const char *metrics);

/* Something that the user should know, on the log and as an event. */
void report_warning(struct report *r, const char *text);

void report_mixture(struct report *r, long round, long step, const double *p,
                    const int64_t *counts);
void report_evaluation(struct report *r, long step,
                       const struct evaluation *e);

/* `done` steps are whole; this one took `seconds`. */
void report_step(struct report *r, long done, const struct step_result *result,
                 double seconds);
struct saved;

/* Its update was left out. */
void report_skip(struct report *r, long step, const struct step_result *result,
                 const struct skips *skips);

/* A checkpoint is on the disk. */
void report_checkpoint(struct report *r, const struct saved *saved);

/* What was told outlives the node. */
void report_sync(const struct report *r);

/* What was told since report_mark gave this number never was. */
int64_t report_mark(const struct report *r);
void report_forget(struct report *r, int64_t mark);

/* Collective over the grid. */
void report_stop(struct report *r, long done, const char *reason, int status);

#endif
