/* The lines that matter are kept as they were parsed, and printed when all are
 * read: of steps the last one, of evaluations the first and the last of each
 * split, of mixtures the last few. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "io/json.h"
#include "io/lines.h"
#include "io/shards/split.h"
#include "kernels/base/memory.h"
#include "src/inspect/inspect.h"

enum { ROUNDS = 12 };

struct history {
    struct json_line *start, *step, *skip, *stop;
    struct json_line *mixture[ROUNDS]; /* round r in place r mod ROUNDS */
    long mixtures;
    struct evaluations {
        struct json_line *first, *last;
        long n;
    } split[SPLITS];
    struct json_line **warning;
    long warnings;
};

static const char *text_of(const struct json_line *j, const char *path)
{
    const char *text;
    size_t n;
    struct problem wrong = json_line_text(j, path, &text, &n);

    return is_problem(&wrong) ? "" : text;
}

/* NAN where there is none. */
static double number_of(const struct json_line *j, const char *path)
{
    double x;
    struct problem wrong = json_line_number(j, path, &x);

    return is_problem(&wrong) ? NAN : x;
}

static double member_of(const struct json_line *j, const char *path,
                        const char *name)
{
    double x;
    struct problem wrong = json_line_member(j, path, name, &x);

    return is_problem(&wrong) ? NAN : x;
}

static void keep(struct json_line **place, struct json_line *j)
{
    json_line_free(*place);
    *place = j;
}

static void keep_evaluation(struct history *r, struct json_line *j)
{
    enum split split = split_find(text_of(j, "split"));

    if (split == SPLIT_NONE) {
        json_line_free(j);
    } else {
        struct evaluations *e = &r->split[split];

        keep(e->n++ == 0 ? &e->first : &e->last, j);
    }
}

static void keep_warning(struct history *r, struct json_line *j)
{
    r->warning = memory_grow(r->warning, (size_t)r->warnings + 1,
                             sizeof *r->warning, "warnings");
    r->warning[r->warnings++] = j;
}

static struct problem take_line(struct history *r, const char *line, size_t n)
{
    struct json_line *j;
    const char *event;
    struct problem wrong = json_line_parse(&j, line, n);

    if (is_problem(&wrong))
        return wrong;
    wrong = json_line_text(j, "event", &event, &n);
    if (is_problem(&wrong)) {
        json_line_free(j);
        return problem("%s: not from the metrics.jsonl of a run", wrong.text);
    }
    if (strcmp(event, "start") == 0)
        keep(&r->start, j);
    else if (strcmp(event, "step") == 0)
        keep(&r->step, j);
    else if (strcmp(event, "stop") == 0)
        keep(&r->stop, j);
    else if (strcmp(event, "skip") == 0)
        keep(&r->skip, j);
    else if (strcmp(event, "mixture") == 0)
        keep(&r->mixture[r->mixtures++ % ROUNDS], j);
    else if (strcmp(event, "evaluation") == 0)
        keep_evaluation(r, j);
    else if (strcmp(event, "warning") == 0)
        keep_warning(r, j);
    else
        json_line_free(j);
    return wrong;
}

/* The last line, if it is not the only one, may be cut: a run may be writing
 * it. */
static struct problem read_lines(struct history *r, const char *path,
                                 bool *is_cut)
{
    struct lines *l;
    struct problem wrong = lines_open(&l, path), last = NO_PROBLEM;
    const char *line;
    long number = 0;
    size_t n;

    while (!is_problem(&wrong) && lines_next(l, &line, &n, &wrong)) {
        if (is_problem(&last)) {
            wrong = problem("%s:%ld: %s", path, number, last.text);
            break;
        }
        number++;
        last = take_line(r, line, n);
    }
    lines_close(l);
    *is_cut = is_problem(&last);
    if (number == 1 && *is_cut)
        wrong = problem("%s:1: %s", path, last.text);
    return wrong;
}

static void print_start(const struct json_line *j, FILE *to)
{
    inspect_text_line("version", text_of(j, "version"), to);
    inspect_text_line("program", text_of(j, "program"), to);
    inspect_text_line("hosts", text_of(j, "hosts"), to);
    fprintf(to, "grid %.0f tensor x %.0f data ranks\nparameters %.0f\n",
            number_of(j, "tensor"), number_of(j, "data"),
            number_of(j, "parameters"));
}

static void print_name(const char *before, const char *name, int width,
                       FILE *to)
{
    fprintf(to, "%s ", before);
    inspect_text(name, strlen(name), to);
    fprintf(to, "%*s", width - (int)strlen(name), "");
}

static int widest(const char *const *name, long n)
{
    size_t width = 0;

    for (long i = 0; i < n; i++)
        width = strlen(name[i]) > width ? strlen(name[i]) : width;
    return (int)width;
}

static void print_head(const struct history *r, long first, const char *name,
                       const char *path, int width, FILE *to)
{
    fprintf(to, "%-*s", width, name);
    for (long i = first; i < r->mixtures; i++)
        fprintf(to, " %7.0f", number_of(r->mixture[i % ROUNDS], path));
    fputc('\n', to);
}

static void print_mixtures(const struct history *r, FILE *to)
{
    long first = r->mixtures > ROUNDS ? r->mixtures - ROUNDS : 0, n;
    const char **skill;
    struct problem wrong = json_line_names(
        r->mixture[(r->mixtures - 1) % ROUNDS], "p", &skill, &n);
    int width = widest(skill, n);

    fprintf(to, "rounds %ld\n", r->mixtures);
    print_head(r, first, "round", "round", width + 6, to);
    print_head(r, first, "from_step", "step", width + 6, to);
    for (long k = 0; k < n && !is_problem(&wrong); k++) {
        print_name("share", skill[k], width, to);
        for (long i = first; i < r->mixtures; i++)
            fprintf(to, " %7.4f",
                    member_of(r->mixture[i % ROUNDS], "p", skill[k]));
        fputc('\n', to);
    }
    free(skill);
}

/* "validation loss NAME FIRST LAST" */
static void print_measure(const struct evaluations *e, const char *split,
                          const char *measure, FILE *to)
{
    const struct json_line *last = e->last ? e->last : e->first;
    const char **skill;
    long n;
    struct problem wrong = json_line_names(last, measure, &skill, &n);
    int width = widest(skill, n);

    for (long k = 0; k < n && !is_problem(&wrong); k++) {
        fprintf(to, "%s ", split);
        print_name(measure, skill[k], width, to);
        fprintf(to, " %7.4f %7.4f\n", member_of(e->first, measure, skill[k]),
                member_of(last, measure, skill[k]));
    }
    free(skill);
}

static void print_evaluations(const struct evaluations *e, const char *split,
                              FILE *to)
{
    const struct json_line *last = e->last ? e->last : e->first;

    fprintf(to, "%s evaluations %ld from step %.0f to %.0f\n", split, e->n,
            number_of(e->first, "step"), number_of(last, "step"));
    print_measure(e, split, "loss", to);
    print_measure(e, split, "accuracy", to);
}

static void print_stop(const struct history *r, bool is_cut, FILE *to)
{
    if (is_cut)
        fputs("last_line cut\n", to);
    if (r->stop) {
        inspect_text_line("stop", text_of(r->stop, "reason"), to);
        fprintf(to, "status %.0f\nseconds %.1f\n",
                number_of(r->stop, "status"), number_of(r->stop, "seconds"));
    } else {
        fputs("stop none: the run is in progress, or was killed\n", to);
    }
}

static void print_skips(const struct json_line *last, FILE *to)
{
    fprintf(to, "skipped_updates %.0f\nlast_skipped_step %.0f\n",
            number_of(last, "total"), number_of(last, "step"));
    inspect_text_line("last_skip", text_of(last, "text"), to);
}

static void print_run(const struct history *r, bool is_cut, FILE *to)
{
    if (r->start)
        print_start(r->start, to);
    for (long i = 0; i < r->warnings; i++)
        inspect_text_line("warning", text_of(r->warning[i], "text"), to);
    if (r->step)
        fprintf(to, "steps %.0f\ntokens %.0f\nloss %.4f\n",
                number_of(r->step, "step"), number_of(r->step, "tokens"),
                number_of(r->step, "loss"));
    else
        fputs("steps 0\n", to);
    if (r->skip)
        print_skips(r->skip, to);
    if (r->mixtures > 0)
        print_mixtures(r, to);
    for (int i = 0; i < SPLITS; i++)
        if (r->split[i].n > 0)
            print_evaluations(&r->split[i], split_names[i], to);
    print_stop(r, is_cut, to);
}

static void release(struct history *r)
{
    json_line_free(r->start);
    json_line_free(r->step);
    json_line_free(r->skip);
    json_line_free(r->stop);
    for (int i = 0; i < ROUNDS; i++)
        json_line_free(r->mixture[i]);
    for (int i = 0; i < SPLITS; i++) {
        json_line_free(r->split[i].first);
        json_line_free(r->split[i].last);
    }
    for (long i = 0; i < r->warnings; i++)
        json_line_free(r->warning[i]);
    free(r->warning);
}

struct problem inspect_run(const struct settings *s, const char *path,
                           FILE *to)
{
    struct history r = {0};
    bool is_cut;
    struct problem wrong = read_lines(&r, path, &is_cut);

    (void)s;
    if (!is_problem(&wrong)) {
        inspect_text_line("run", path, to);
        print_run(&r, is_cut, to);
    }
    release(&r);
    return wrong;
}
