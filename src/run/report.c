#include "src/run/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "kernels/base/clock.h"
#include "kernels/base/memory.h"
#include "src/log.h"

static const struct names *trained_skills(const struct report *r)
{
    return &r->trainer->data.train.skills;
}

/* A full disk does not end a run. */
void report_end_event(struct report *r)
{
    struct problem wrong = metrics_end(&r->metrics);

    if (is_problem(&wrong) && !r->is_behind)
        log_warning("%s; lines are kept in memory and tried again with "
                    "each later line",
                    wrong.text);
    else if (!is_problem(&wrong) && r->is_behind)
        log_line("%s is complete again", r->metrics.path);
    r->is_behind = is_problem(&wrong);
}

/* What has no room does not keep a run that is there from going on. */
static struct problem write_beside(struct directory *o)
{
    struct problem wrong[] = {directory_count_start(o),
                              directory_write_settings(o)};

    for (int i = 0; i < 2; i++) {
        if (is_problem(&wrong[i]) && !o->has_run)
            return wrong[i];
        if (is_problem(&wrong[i]))
            log_warning("%s; the run continues", wrong[i].text);
    }
    return NO_PROBLEM;
}

static struct problem open_metrics(struct report *r, const struct directory *o,
                                   int64_t keep)
{
    struct path path = directory_path(o, "metrics.jsonl");
    struct problem wrong = o->has_run
                               ? metrics_open(&r->metrics, path.text, keep)
                               : metrics_create(&r->metrics, path.text);

    if (!is_problem(&wrong) && r->metrics.used > 0)
        log_warning("%s lacks lines of %zu bytes that the checkpoint knows "
                    "of: one line \"lost\" replaces them",
                    path.text, r->metrics.used);
    return wrong;
}

static struct problem open_files(struct report *r, struct directory *o,
                                 int64_t keep)
{
    struct problem wrong = open_metrics(r, o, keep);

    if (is_problem(&wrong))
        return wrong;
    wrong = write_beside(o);
    r->restarts = o->restarts;
    if (is_problem(&wrong)) {
        metrics_close(&r->metrics);
        directory_forget_start(o);
    }
    return wrong;
}

struct problem report_open(struct report *r, struct directory *o,
                           const struct trainer *t, double load_seconds,
                           int64_t metrics_bytes)
{
    int train = t->data.train.skills.n, others = t->data.validation.skills.n;
    size_t skills = (size_t)(train > others ? train : others);
    struct problem wrong = NO_PROBLEM;

    *r = (struct report){.trainer = t,
                         .writes = group_rank(t->grid.all) == 0,
                         .load_seconds = load_seconds};
    if (r->writes)
        wrong = open_files(r, o, metrics_bytes);
    wrong = group_agree(t->grid.all, wrong);
    if (is_problem(&wrong))
        return wrong;
    r->some_names = memory_take(skills, sizeof *r->some_names, "skills");
    r->some = memory_take(skills, sizeof *r->some, "numbers of skills");
    return NO_PROBLEM;
}

void report_close(struct report *r)
{
    if (r->is_behind)
        log_warning("%s lacks its last lines", r->metrics.path);
    if (r->writes)
        metrics_close(&r->metrics);
    free(r->host);
    free(r->some_names);
    free(r->some);
}

void report_warning(struct report *r, const char *text)
{
    if (!r->writes)
        return;
    log_warning("%s", text);
    metrics_begin(&r->metrics, "warning");
    metrics_text(&r->metrics, "text", text);
    report_end_event(r);
}

static void add_numbers(struct report *r, const char *member,
                        const struct names *skills, const double *x)
{
    for (int i = 0; i < skills->n; i++)
        r->some_names[i] = skills->at[i];
    metrics_numbers(&r->metrics, member, r->some_names, x, skills->n);
}

void report_mixture(struct report *r)
{
    const struct trainer *t = r->trainer;
    const struct names *skills = trained_skills(r);
    long round = (long)t->at.rounds - 1;

    if (!r->writes)
        return;
    for (int i = 0; i < skills->n; i++)
        r->some[i] = (double)t->counts[i];
    metrics_begin(&r->metrics, "mixture");
    metrics_integer(&r->metrics, "round", round);
    metrics_integer(&r->metrics, "step", t->at.done);
    add_numbers(r, "p", skills, t->p);
    add_numbers(r, "counts", skills, r->some);
    report_end_event(r);
    for (int i = 0; i < skills->n; i++)
        log_line("round %ld share %s %.4f", round, skills->at[i], t->p[i]);
}

/* Of the skills that have answers, if there are any. */
static void add_accuracy(struct report *r, const struct evaluation *e)
{
    long n = 0;

    for (int i = 0; i < e->split->skills.n; i++)
        if (data_has_answers(e->split, i)) {
            r->some_names[n] = e->split->skills.at[i];
            r->some[n++] = e->accuracy[i];
        }
    if (n > 0)
        metrics_numbers(&r->metrics, "accuracy", r->some_names, r->some, n);
}

static void log_evaluation(long step, const struct evaluation *e)
{
    for (int i = 0; i < e->split->skills.n; i++) {
        char accuracy[32] = "";

        if (data_has_answers(e->split, i))
            snprintf(accuracy, sizeof accuracy, " accuracy %.3f",
                     e->accuracy[i]);
        log_line("step %ld %s %s loss %.4f%s", step, e->split->name,
                 e->split->skills.at[i], e->loss[i], accuracy);
    }
}

void report_evaluation(struct report *r, const struct evaluation *e)
{
    long step = (long)r->trainer->at.done;
    const struct names *skills = &e->split->skills;

    if (!r->writes)
        return;
    for (int i = 0; i < skills->n; i++)
        r->some[i] = exp(e->loss[i]);
    metrics_begin(&r->metrics, "evaluation");
    metrics_integer(&r->metrics, "step", step);
    metrics_text(&r->metrics, "split", e->split->name);
    add_numbers(r, "loss", skills, e->loss);
    add_numbers(r, "perplexity", skills, r->some);
    add_accuracy(r, e);
    report_end_event(r);
    log_evaluation(step, e);
}

static void log_step(const struct report *r, const struct step_result *result,
                     double rate)
{
    const struct settings *s = r->trainer->settings;
    long done = (long)r->trainer->at.done;
    long steps = s->train.steps;
    double left = (clock_seconds() - r->started) / (double)(done - r->first) *
                  (double)(steps - done);

    if (done % s->output.log_every == 0 || done == steps)
        log_line(
            "step %ld of %ld loss %.4f rate %.3g norm %.3g tokens/s %.0f, "
            "slowest rank %d on %s %.3f s, wait for it %.3f s",
            done, steps, result->loss, result->rate, result->norm, rate,
            result->slowest_rank, r->host[result->slowest_rank],
            result->busy_seconds, result->wait_seconds);
    else
        log_progress("step %ld of %ld loss %.4f tokens/s %.0f, %.0f s left",
                     done, steps, result->loss, rate, left);
}

/* Means by skill, of the skills that stood in the batch. */
static void add_skill_loss(struct report *r, const struct step_result *result)
{
    long n = 0;

    for (int i = 0; i < trained_skills(r)->n; i++)
        if (result->skill_targets[i] > 0) {
            r->some_names[n] = trained_skills(r)->at[i];
            r->some[n++] = result->skill_loss[i] / result->skill_targets[i];
        }
    metrics_numbers(&r->metrics, "skill_loss", r->some_names, r->some, n);
}

void report_step(struct report *r, const struct step_result *result,
                 double seconds)
{
    const struct trainer *t = r->trainer;
    double rate = result->tokens / seconds;

    if (!r->writes)
        return;
    metrics_begin(&r->metrics, "step");
    metrics_integer(&r->metrics, "step", t->at.done);
    metrics_number(&r->metrics, "tokens", t->tokens);
    metrics_number(&r->metrics, "loss", result->loss);
    add_skill_loss(r, result);
    if (t->settings->train.z_loss > 0)
        metrics_number(&r->metrics, "z_loss", result->z_loss);
    metrics_number(&r->metrics, "learning_rate", result->rate);
    metrics_number(&r->metrics, "grad_norm", result->norm);
    metrics_number(&r->metrics, "tokens_per_second", rate);
    metrics_integer(&r->metrics, "slowest_rank", result->slowest_rank);
    metrics_text(&r->metrics, "slowest_host", r->host[result->slowest_rank]);
    metrics_number(&r->metrics, "slowest_seconds", result->busy_seconds);
    metrics_number(&r->metrics, "wait_seconds", result->wait_seconds);
    report_end_event(r);
    log_step(r, result, rate);
}

void report_skip(struct report *r, const struct step_result *result)
{
    const struct skips *skips = &r->trainer->skips;
    long step = (long)r->trainer->at.done;
    bool is_spike = result->skip == SKIP_SPIKE;

    if (!r->writes)
        return;
    metrics_begin(&r->metrics, "skip");
    metrics_integer(&r->metrics, "step", step);
    metrics_text(&r->metrics, "reason", is_spike ? "spike" : "not finite");
    metrics_text(&r->metrics, "text", result->why.text);
    metrics_integer(&r->metrics, "in_a_row", skips->in_a_row);
    metrics_integer(&r->metrics, "total", skips->total);
    report_end_event(r);
    log_warning("step %ld: update left out, number %lld in a row: %s", step,
                (long long)skips->in_a_row, result->why.text);
}

void report_checkpoint(struct report *r, const struct saved *saved)
{
    if (!r->writes)
        return;
    metrics_begin(&r->metrics, "checkpoint");
    metrics_integer(&r->metrics, "step", saved->step);
    metrics_number(&r->metrics, "seconds", saved->seconds);
    metrics_number(&r->metrics, "stall_seconds", saved->stall_seconds);
    metrics_integer(&r->metrics, "bytes", saved->bytes);
    report_end_event(r);
    log_line("step %lld saved in %.2f s, training waited %.2f s of it",
             (long long)saved->step, saved->seconds, saved->stall_seconds);
}

bool report_is_finished(const char *metrics)
{
    char line[4096]; /* far more than that of a stop */

    metrics_last(metrics, line, sizeof line);
    return strstr(line, "{\"event\":\"stop\"") == line &&
           strstr(line, "\"status\":0,");
}

int64_t report_settle(const struct report *r)
{
    struct problem wrong;

    if (!r->writes)
        return 0;
    wrong = metrics_sync(&r->metrics);
    if (is_problem(&wrong))
        log_warning("%s", wrong.text);
    return metrics_bytes(&r->metrics);
}

int64_t report_mark(const struct report *r)
{
    return r->writes ? metrics_bytes(&r->metrics) : 0;
}

void report_forget(struct report *r, int64_t mark)
{
    if (r->writes)
        metrics_cut(&r->metrics, mark);
}

/* Of this process: the most that was resident at a time, in bytes. */
static double peak_memory(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss * 1024;
}

void report_stop(struct report *r, const char *reason, int status)
{
    const struct trainer *t = r->trainer;
    const struct grid *grid = &t->grid;
    struct coll_parts_tally tally = coll_parts_tally(t->model.exchange.parts);
    int ranks = group_size(grid->all);
    double sums[] = {peak_memory(), (double)tally.bytes,
                     (double)tally.late_bytes, tally.waited / ranks,
                     tally.polled / ranks};

    group_sum(grid->all, sums, sizeof sums / sizeof *sums);
    if (!r->writes)
        return;
    metrics_begin(&r->metrics, "stop");
    metrics_integer(&r->metrics, "step", t->at.done);
    metrics_text(&r->metrics, "reason", reason);
    metrics_integer(&r->metrics, "status", status);
    metrics_number(&r->metrics, "seconds", clock_seconds() - r->started);
    metrics_number(&r->metrics, "peak_bytes", sums[0]);
    metrics_integer(&r->metrics, "tensor_bytes",
                    group_traffic(grid->tensor).bytes);
    metrics_integer(&r->metrics, "data_bytes",
                    group_traffic(grid->data).bytes);
    metrics_number(&r->metrics, "received_bytes", sums[1]);
    metrics_number(&r->metrics, "late_bytes", sums[2]);
    metrics_number(&r->metrics, "late_seconds", sums[3]);
    metrics_number(&r->metrics, "poll_seconds", sums[4]);
    report_end_event(r);
    log_line("stop at step %ld: %s", (long)t->at.done, reason);
}
