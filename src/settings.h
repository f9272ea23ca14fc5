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
 *
 * A choice is one list of constants and words, from which the enum and the row
 * of the table follow. */
#define SETTINGS_ENUM(constant, word) constant,

#define SETTINGS_SCHEDULE(X)                                                  \
    X(SCHEDULE_CONSTANT, "constant")                                          \
    X(SCHEDULE_LINEAR, "linear")                                              \
    X(SCHEDULE_COSINE, "cosine")                                              \
    X(SCHEDULE_WSD, "wsd")                                                    \
    X(SCHEDULE_INVERSE_SQUARE_ROOT, "inverse-square-root")
enum settings_schedule { SETTINGS_SCHEDULE(SETTINGS_ENUM) };

#define SETTINGS_MASK(X)                                                      \
    X(MASK_NONE, "none")                                                      \
    X(MASK_DOCUMENT, "document")
enum settings_mask { SETTINGS_MASK(SETTINGS_ENUM) };

#define SETTINGS_RECOMPUTE(X)                                                 \
    X(RECOMPUTE_NONE, "none")                                                 \
    X(RECOMPUTE_ATTENTION, "attention")                                       \
    X(RECOMPUTE_BLOCK, "block")
enum settings_recompute { SETTINGS_RECOMPUTE(SETTINGS_ENUM) };

#define SETTINGS_PRECISION(X)                                                 \
    X(PRECISION_FLOAT, "float")                                               \
    X(PRECISION_DOUBLE, "double")                                             \
    X(PRECISION_BF16, "bf16")
enum settings_precision { SETTINGS_PRECISION(SETTINGS_ENUM) };

#define SETTINGS_DEVICE(X)                                                    \
    X(DEVICE_CPU, "cpu")                                                      \
    X(DEVICE_GPU, "gpu")
enum settings_device { SETTINGS_DEVICE(SETTINGS_ENUM) };

#define SETTINGS_ON_ERROR(X)                                                  \
    X(ON_ERROR_STOP, "stop")                                                  \
    X(ON_ERROR_SKIP, "skip")
enum settings_on_error { SETTINGS_ON_ERROR(SETTINGS_ENUM) };

#define SETTINGS_WINDOW_UNIT(X)                                               \
    X(WINDOW_ROUNDS, "rounds")                                                \
    X(WINDOW_EVALUATIONS, "evaluations")
enum settings_window_unit { SETTINGS_WINDOW_UNIT(SETTINGS_ENUM) };

#define SETTINGS_WINDOW_REDUCE(X)                                             \
    X(WINDOW_MEAN, "mean")                                                    \
    X(WINDOW_SUM, "sum")
enum settings_window_reduce { SETTINGS_WINDOW_REDUCE(SETTINGS_ENUM) };

#define SETTINGS_ETA_SCHEDULE(X)                                              \
    X(ETA_CONSTANT, "constant")                                               \
    X(ETA_LOSS, "loss")
enum settings_eta_schedule { SETTINGS_ETA_SCHEDULE(SETTINGS_ENUM) };

#define SETTINGS_LONE_SKILLS(X)                                               \
    X(LONE_MIXED, "mix")                                                      \
    X(LONE_UNIFORM, "uniform")
enum settings_lone_skills { SETTINGS_LONE_SKILLS(SETTINGS_ENUM) };

#define SETTINGS_MIXTURE_COUNTS(X)                                            \
    X(COUNTS_CARRIED, "carried")                                              \
    X(COUNTS_FLOOR_LAST, "floor-last")
enum settings_mixture_counts { SETTINGS_MIXTURE_COUNTS(SETTINGS_ENUM) };

#define SETTINGS_NEGATIVE_EDGES(X)                                            \
    X(NEGATIVE_KEEP, "keep")                                                  \
    X(NEGATIVE_CLAMP, "clamp")
enum settings_negative_edges { SETTINGS_NEGATIVE_EDGES(SETTINGS_ENUM) };

#define SETTINGS_LOSS_OVER(X)                                                 \
    X(LOSS_ALL, "all")                                                        \
    X(LOSS_ANSWER, "answer")
enum settings_loss_over { SETTINGS_LOSS_OVER(SETTINGS_ENUM) };

#define SETTINGS_LOSS_DENOMINATOR(X)                                          \
    X(DENOMINATOR_REAL, "real")                                               \
    X(DENOMINATOR_ALL, "all")
enum settings_loss_denominator { SETTINGS_LOSS_DENOMINATOR(SETTINGS_ENUM) };

#define SETTINGS_SYNTH_GRAPH(X)                                               \
    X(SYNTH_CHAIN, "chain")                                                   \
    X(SYNTH_TREE, "tree")
enum settings_synth_graph { SETTINGS_SYNTH_GRAPH(SETTINGS_ENUM) };

#define SETTINGS_ARCHITECTURE(X) X(ARCHITECTURE_GPT_NEOX, "gpt-neox")
enum settings_architecture { SETTINGS_ARCHITECTURE(SETTINGS_ENUM) };

#define SETTINGS_ACTIVATION(X)                                                \
    X(ACTIVATION_GELU, "gelu")                                                \
    X(ACTIVATION_GELU_TANH, "gelu-tanh")
enum settings_activation { SETTINGS_ACTIVATION(SETTINGS_ENUM) };

struct settings {
    struct {
        char *init;       /* scratch, or a checkpoint */
        int architecture; /* choices: enum settings_... */
        long layers, hidden, heads, intermediate, vocabulary, context;
        double rotary_fraction, rotary_base;
        bool parallel_residual, tied;
        int activation;
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
    bool stays; /* a run that resumes may not change it */
    char *from, *to;
};

bool settings_next_change(const struct settings *a, const struct settings *b,
                          int *row, struct settings_change *change);

/* The resolved run file, readable by settings_read_file, and the table as
 * help. */
void settings_write(const struct settings *s, FILE *to);
void settings_help(FILE *to);

#endif
