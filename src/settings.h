#ifndef SRC_SETTINGS_H
#define SRC_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "kernels/base/problem.h"

/* Every setting of every command.  The table in settings_table.c is the whole
 * truth about each: key, type, range, default and help; it fills this struct
 * from a run file and the command line, and nothing else parses, prints or
 * defaults a setting.  Texts are owned by the struct; "" is "not given".
 * Choices are the place of the word in the table's list, so the enums below
 * follow it. */
enum schedule {
    SCHEDULE_CONSTANT,
    SCHEDULE_LINEAR,
    SCHEDULE_COSINE,
    SCHEDULE_WSD,
    SCHEDULE_INVERSE_SQUARE_ROOT
};
enum mask { MASK_NONE, MASK_DOCUMENT };
enum recompute { RECOMPUTE_NONE, RECOMPUTE_ATTENTION, RECOMPUTE_BLOCK };
enum precision { PRECISION_FLOAT, PRECISION_DOUBLE, PRECISION_BF16 };
enum device { DEVICE_CPU, DEVICE_GPU };
enum on_error { ON_ERROR_STOP, ON_ERROR_SKIP };
enum window_unit { WINDOW_ROUNDS, WINDOW_EVALUATIONS };
enum window_reduce { WINDOW_MEAN, WINDOW_SUM };
enum eta_schedule { ETA_CONSTANT, ETA_LOSS };
enum lone_skills { LONE_MIXED, LONE_UNIFORM };
enum mixture_counts { COUNTS_CARRIED, COUNTS_FLOOR_LAST };
enum negative_edges { NEGATIVE_KEEP, NEGATIVE_CLAMP };
enum loss_over { LOSS_ALL, LOSS_ANSWER };
enum loss_denominator { DENOMINATOR_REAL, DENOMINATOR_ALL };
enum synth_graph { SYNTH_CHAIN, SYNTH_TREE };

struct settings {
    struct {
        char *init;       /* scratch, or a checkpoint */
        int architecture; /* gpt-neox */
        long layers, hidden, heads, intermediate, vocabulary, context;
        double rotary_fraction, rotary_base;
        bool parallel_residual, tied;
        int activation; /* gelu|gelu-tanh: enum gelu */
    } model;
    struct {
        char *directory;
        int mask;
    } data;
    struct {
        char *train, *evaluate;
    } skills;
    struct {
        char *policy, *weights, *graph;
        double eta;
        int eta_schedule;
        long rounds, window;
        int window_unit, window_reduce;
        char *initial, *prior;
        bool initial_loss, relative_loss;
        double edge_decay;
        int lone_skills;
        double floor, epoch_cap;
        int counts;
        char *fixed, *replay;
    } mixture;
    struct {
        int negative;
    } graph;
    struct {
        long steps, global_batch, micro_batch, sequence_length;
        double learning_rate, minimum_learning_rate;
        int schedule;
        long warmup_steps, decay_steps;
        char *rewarm_at;
        double beta1, beta2, epsilon, weight_decay, clip;
        long seed;
        int loss, loss_denominator;
        double z_loss;
        int recompute;
        int precision, device;
        long skip_limit;
        double spike;
        long time_limit, watchdog;
    } train;
    struct {
        long tensor, zero;
    } parallel;
    struct {
        long every, keep, keep_every;
        bool asynchronous;
        char *resume;
    } checkpoint;
    struct {
        long every, windows;
        char *split;
        int loss;
    } evaluate;
    struct {
        char *directory;
        long log_every;
    } output;
    struct {
        char *skill, *split, *tokenizer, *field;
        bool deduplicate, overwrite;
        int on_error;
        long shard_size;
        char *end_of_text, *begin_of_text;
    } tokenize;
    struct {
        long variables, train, validation, test;
        int graph;
        long seed;
        bool overwrite;
    } synth;
    struct {
        long documents;
        bool verify;
    } inspect;
    char **places; /* by row of the table: where it was given, or NULL */
};

/* Defaults; free releases the texts. */
void settings_init(struct settings *s);
void settings_free(struct settings *s);

/* The run file at `path`, then `section.key=value`: later calls override.
 * A problem names file and line (or the argument), the key, the value, and for
 * an unknown key the nearest one. */
struct problem settings_read_file(struct settings *s, const char *path);
struct problem settings_read_text(struct settings *s, const char *name,
                                  const char *bytes, size_t n);
struct problem settings_read_argument(struct settings *s,
                                      const char *argument);

/* True if an argument has the form section.key=value, so it is no file (one
 * with '=' in its name is given as ./NAME), and if it is a run file:
 * NAME.ini. */
bool settings_is_argument(const char *argument);
bool settings_is_run_file(const char *argument);

/* Where a setting was given, for messages: "run.ini:12: train.steps",
 * "train.steps" from the command line or by default. */
const char *settings_place(const struct settings *s, const char *key);

/* The next setting, from row *row on (0 at first), whose value in b differs
 * from that in a; false behind the last.  The caller frees both texts. */
struct settings_change {
    const char *key;
    char *from, *to;
};

bool settings_next_change(const struct settings *a, const struct settings *b,
                          int *row, struct settings_change *change);

/* The resolved run file, readable by settings_read_file, and the table as
 * help. */
void settings_write(const struct settings *s, FILE *to);
void settings_help(FILE *to);

#endif
