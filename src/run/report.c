#include "src/run/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "config.h"
#include "io/h5.h"
#include "kernels/base/check.h"
#include "kernels/base/clock.h"
#include "kernels/device.h"
#include "mpi/world.h"
#include "src/log.h"
#include "src/run/resume.h"
#include "src/run/saves.h"

/* A full disk does not end a run. */
static void end_event(struct report *r)
{
    struct problem wrong = metrics_end(&r->metrics);

    if (is_problem(&wrong) && !r->is_behind)
        log_warning("%s; lines are kept in memory, and tried again with each "
                    "that follows",
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
            log_warning("%s; the run goes on", wrong[i].text);
    }
    return NO_PROBLEM;
}

static struct problem open_files(struct report *r, struct directory *o,
                                 int64_t keep)
{
    struct directory_path path = directory_path(o, "metrics.jsonl");
    struct problem wrong = o->has_run
                               ? metrics_open(&r->metrics, path.text, keep)
                               : metrics_create(&r->metrics, path.text);

    if (is_problem(&wrong))
        return wrong;
    if (r->metrics.used > 0)
        log_warning("%s lacks lines, %zu bytes of them, that the checkpoint "
                    "knows of: one line \"lost\" stands for them",
                    path.text, r->metrics.used);
    wrong = write_beside(o);
    r->restarts = o->restarts;
    if (is_problem(&wrong))
        directory_forget_start(o);
    return wrong;
}

void report_open(struct report *r, struct directory *o, const struct data *d,
                 const struct resume *from)
{
    int train = d->train.skills.n, others = d->validation.skills.n;
    size_t skills = (size_t)(train > others ? train : others);

    *r = (struct report){.writes = group_rank(o->g) == 0,
                         .settings = o->settings,
                         .train = &d->train.skills,
                         .load_seconds = from->seconds,
                         .tokens = from->state.tokens};
    directory_refuse_if(o, r->writes
                               ? open_files(r, o, from->state.metrics_bytes)
                               : NO_PROBLEM);
    r->some_names = calloc(skills, sizeof *r->some_names);
    r->some = calloc(skills, sizeof *r->some);
    CHECK(r->some_names && r->some, "no memory to report %zu skills", skills);
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

/* The node of each rank, on rank 0. */
static void gather_hosts(struct report *r, struct group *g)
{
    size_t *send = calloc(2 * (size_t)group_size(g), sizeof *send);
    char here[REPORT_HOST] = "";

    CHECK(send, "no memory for the names of hosts");
    strncpy(here, world_host(), REPORT_HOST - 1);
    send[0] = REPORT_HOST;
    r->host = group_exchange(g, here, send, send + group_size(g));
    free(send);
}

/* Each once, comma-separated. */
static char *host_list(const struct report *r, int ranks)
{
    char *list = calloc((size_t)ranks, REPORT_HOST + 1);
    size_t total = 0;

    CHECK(list, "no memory for the names of hosts");
    for (int i = 0; i < ranks; i++) {
        int first = 0;

        while (strcmp(r->host[i], r->host[first]))
            first++;
        if (first == i)
            total += (size_t)sprintf(list + total, "%s%s", total ? "," : "",
                                     r->host[i]);
    }
    return list;
}

void report_start(struct report *r, const struct grid *grid,
                  const struct model *m, size_t copy_bytes, long done)
{
    const struct parameters *p = &m->parameters;
    size_t exchange_bytes = coll_parts_bytes(m->exchange.parts);
    long bytes = (long)(p->weights.size + p->gradients.size + p->moments.size +
                        m->activations.size + exchange_bytes + copy_bytes);
    const char *tensor_way = coll_way(grid->tensor);
    const char *data_way = coll_way(grid->data);
    char program[64], *hosts;

    gather_hosts(r, grid->all);
    r->grid = grid;
    r->exchange = &m->exchange;
    r->started = clock_seconds();
    r->first = done;
    if (!r->writes)
        return;
    hosts = host_list(r, group_size(grid->all));
    snprintf(program, sizeof program, "skillet-%s-%s", device_kind(),
             PRECISION);
    metrics_begin(&r->metrics, "start");
    metrics_integer(&r->metrics, "step", done);
    metrics_integer(&r->metrics, "restarts", r->restarts);
    metrics_number(&r->metrics, "load_seconds", r->load_seconds);
    metrics_text(&r->metrics, "version", PACKAGE_VERSION);
    metrics_text(&r->metrics, "program", program);
    metrics_text(&r->metrics, "device", device_name());
    metrics_text(&r->metrics, "mpi", world_version());
    metrics_text(&r->metrics, "hdf5", h5_version());
    metrics_text(&r->metrics, "blas", SKILLET_BLAS);
    metrics_text(&r->metrics, "hosts", hosts);
    metrics_integer(&r->metrics, "ranks", group_size(grid->all));
    metrics_integer(&r->metrics, "tensor", group_size(grid->tensor));
    metrics_integer(&r->metrics, "data", group_size(grid->data));
    metrics_text(&r->metrics, "tensor_collectives", tensor_way);
    metrics_text(&r->metrics, "data_collectives", data_way);
    metrics_integer(&r->metrics, "parameters", parameters_count(p));
    metrics_integer(&r->metrics, "weight_bytes", (long)p->weights.size);
    metrics_integer(&r->metrics, "gradient_bytes", (long)p->gradients.size);
    metrics_integer(&r->metrics, "moment_bytes", (long)p->moments.size);
    metrics_integer(&r->metrics, "activation_bytes",
                    (long)m->activations.size);
    metrics_integer(&r->metrics, "exchange_bytes", (long)exchange_bytes);
    metrics_integer(&r->metrics, "copy_bytes", (long)copy_bytes);
    end_event(r);
    log_line("model %ld parameters, %ld tensor x %ld data ranks on %s, %.1f "
             "MiB a rank",
             parameters_count(p), (long)group_size(grid->tensor),
             (long)group_size(grid->data), hosts, (double)bytes / 0x1p20);
    if (!device_is_host())
        log_line("device %s, tensor ranks by %s, data ranks by %s",
                 device_name(), tensor_way, data_way);
    free(hosts);
}

void report_warning(struct report *r, const char *text)
{
    if (!r->writes)
        return;
    log_warning("%s", text);
    metrics_begin(&r->metrics, "warning");
    metrics_text(&r->metrics, "text", text);
    end_event(r);
}

static void add_numbers(struct report *r, const char *member,
                        const struct names *skills, const double *x)
{
    for (int i = 0; i < skills->n; i++)
        r->some_names[i] = skills->at[i];
    metrics_numbers(&r->metrics, member, r->some_names, x, skills->n);
}

void report_mixture(struct report *r, long round, long step, const double *p,
                    const int64_t *counts)
{
    if (!r->writes)
        return;
    for (int i = 0; i < r->train->n; i++)
        r->some[i] = (double)counts[i];
    metrics_begin(&r->metrics, "mixture");
    metrics_integer(&r->metrics, "round", round);
    metrics_integer(&r->metrics, "step", step);
    add_numbers(r, "p", r->train, p);
    add_numbers(r, "counts", r->train, r->some);
    end_event(r);
    for (int i = 0; i < r->train->n; i++)
        log_line("round %ld share %s %.4f", round, r->train->at[i], p[i]);
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

void report_evaluation(struct report *r, long step, const struct evaluation *e)
{
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
    end_event(r);
    log_evaluation(step, e);
}

static void log_step(const struct report *r, long done,
                     const struct step_result *result, double rate)
{
    long steps = r->settings->train.steps;
    double left = (clock_seconds() - r->started) / (double)(done - r->first) *
                  (double)(steps - done);

    if (done % r->settings->output.log_every == 0 || done == steps)
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

    for (int i = 0; i < r->train->n; i++)
        if (result->skill_targets[i] > 0) {
            r->some_names[n] = r->train->at[i];
            r->some[n++] = result->skill_loss[i] / result->skill_targets[i];
        }
    metrics_numbers(&r->metrics, "skill_loss", r->some_names, r->some, n);
}

void report_step(struct report *r, long done, const struct step_result *result,
                 double seconds)
{
    double rate = result->tokens / seconds;

    r->tokens += result->tokens;
    if (!r->writes)
        return;
    metrics_begin(&r->metrics, "step");
    metrics_integer(&r->metrics, "step", done);
    metrics_number(&r->metrics, "tokens", r->tokens);
    metrics_number(&r->metrics, "loss", result->loss);
    add_skill_loss(r, result);
    if (r->settings->train.z_loss > 0)
        metrics_number(&r->metrics, "z_loss", result->z_loss);
    metrics_number(&r->metrics, "learning_rate", result->rate);
    metrics_number(&r->metrics, "grad_norm", result->norm);
    metrics_number(&r->metrics, "tokens_per_second", rate);
    metrics_integer(&r->metrics, "slowest_rank", result->slowest_rank);
    metrics_text(&r->metrics, "slowest_host", r->host[result->slowest_rank]);
    metrics_number(&r->metrics, "slowest_seconds", result->busy_seconds);
    metrics_number(&r->metrics, "wait_seconds", result->wait_seconds);
    end_event(r);
    log_step(r, done, result, rate);
}

void report_skip(struct report *r, long step, const struct step_result *result,
                 const struct skips *skips)
{
    bool is_spike = result->skip == SKIP_SPIKE;

    if (!r->writes)
        return;
    metrics_begin(&r->metrics, "skip");
    metrics_integer(&r->metrics, "step", step);
    metrics_text(&r->metrics, "reason", is_spike ? "spike" : "not finite");
    metrics_text(&r->metrics, "text", result->why.text);
    metrics_integer(&r->metrics, "in_a_row", skips->in_a_row);
    metrics_integer(&r->metrics, "total", skips->total);
    end_event(r);
    log_warning("step %ld: its update is left out, number %lld in a row: %s",
                step, (long long)skips->in_a_row, result->why.text);
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
    end_event(r);
    log_line("step %lld saved in %.2f s, of which training waited %.2f s",
             (long long)saved->step, saved->seconds, saved->stall_seconds);
}

bool report_is_finished(const char *metrics)
{
    char line[4096]; /* far more than that of a stop */

    metrics_last(metrics, line, sizeof line);
    return strstr(line, "{\"event\":\"stop\"") == line &&
           strstr(line, "\"status\":0,");
}

void report_sync(const struct report *r)
{
    struct problem wrong = r->writes ? metrics_sync(&r->metrics) : NO_PROBLEM;

    if (is_problem(&wrong))
        log_warning("%s", wrong.text);
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

void report_stop(struct report *r, long done, const char *reason, int status)
{
    struct coll_parts_tally tally = coll_parts_tally(r->exchange->parts);
    int ranks = group_size(r->grid->all);
    double sums[] = {peak_memory(), (double)tally.bytes,
                     (double)tally.late_bytes, tally.waited / ranks,
                     tally.polled / ranks};

    group_sum(r->grid->all, sums, sizeof sums / sizeof *sums);
    if (!r->writes)
        return;
    metrics_begin(&r->metrics, "stop");
    metrics_integer(&r->metrics, "step", done);
    metrics_text(&r->metrics, "reason", reason);
    metrics_integer(&r->metrics, "status", status);
    metrics_number(&r->metrics, "seconds", clock_seconds() - r->started);
    metrics_number(&r->metrics, "peak_bytes", sums[0]);
    metrics_integer(&r->metrics, "tensor_bytes",
                    group_traffic(r->grid->tensor).bytes);
    metrics_integer(&r->metrics, "data_bytes",
                    group_traffic(r->grid->data).bytes);
    metrics_number(&r->metrics, "received_bytes", sums[1]);
    metrics_number(&r->metrics, "late_bytes", sums[2]);
    metrics_number(&r->metrics, "late_seconds", sums[3]);
    metrics_number(&r->metrics, "poll_seconds", sums[4]);
    end_event(r);
    log_line("stop at step %ld: %s", done, reason);
}
