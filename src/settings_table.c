#include <math.h>

#include "src/settings_row.h"

/* The place of a member, and a compile-time check that it has the type of its
 * row, as the value is written through a pointer. */
#define MEMBER(section, name, ctype)                                          \
    offsetof(struct settings, section.name) +                                 \
        0 * sizeof(char[__builtin_types_compatible_p(                         \
                            __typeof__(((struct settings *)0)->section.name), \
                            ctype)                                            \
                            ? 1                                               \
                            : -1])

enum {
    CLOSED = 0,
    ABOVE = SETTINGS_OPEN_MIN,
    BELOW = SETTINGS_OPEN_MAX,
    MOST_TOKENS = 1 << 24, /* of one sequence, or of a vocabulary */
    MOST_STEPS = 1000000000
};

/* A run that resumes must have the value that it had. */
#define STAYS .stays = true

/* clang-format off */
#define KEY(section, name) .key = #section "." #name
#define LONG(section, name, least, most, value, text)                         \
    KEY(section, name), .type = SETTINGS_LONG,                                \
     .offset = MEMBER(section, name, long), .min = least, .max = most,        \
     .initial = value, .help = text
#define DURATION(section, name, most, value, text)                            \
    KEY(section, name), .type = SETTINGS_DURATION,                            \
     .offset = MEMBER(section, name, long), .min = 0, .max = most,            \
     .initial = value, .help = text
#define DOUBLE(section, name, least, most, ends, value, text)                 \
    KEY(section, name), .type = SETTINGS_DOUBLE,                              \
     .offset = MEMBER(section, name, double), .min = least, .max = most,      \
     .open = ends, .initial = value, .help = text
#define BOOL(section, name, value, text)                                      \
    KEY(section, name), .type = SETTINGS_BOOL,                                \
     .offset = MEMBER(section, name, bool), .initial = value, .help = text
#define WORD(constant, word) "|" word
#define CHOICE(section, name, list, value, text)                              \
    KEY(section, name), .type = SETTINGS_CHOICE,                              \
     .offset = MEMBER(section, name, int), .choices = list(WORD) + 1,         \
     .initial = value, .help = text
#define TEXT(section, name, words, value, text)                               \
    KEY(section, name), .type = SETTINGS_TEXT,                                \
     .offset = MEMBER(section, name, char *), .choices = words,               \
     .initial = value, .help = text

const struct settings_row settings_table[] = {
{TEXT(model, init, NULL, "scratch",
     "initial weights: scratch (random, from train.seed), or a checkpoint "
     "file")},
{CHOICE(model, architecture, SETTINGS_ARCHITECTURE, "gpt-neox",
     "model family of the decoder"), STAYS},
{LONG(model, layers, 1, 10000, "6",
     "decoder blocks"), STAYS},
{LONG(model, hidden, 1, 1 << 20, "512",
     "width of the hidden state"), STAYS},
{LONG(model, heads, 1, 1 << 16, "8",
     "attention heads; must divide model.hidden"), STAYS},
{LONG(model, intermediate, 0, 1 << 24, "0",
     "width inside the MLP; 0: 4 * model.hidden"), STAYS},
{LONG(model, vocabulary, 0, MOST_TOKENS, "0",
     "number of token ids; 0: that of the shards"), STAYS},
{LONG(model, context, 1, MOST_TOKENS, "2048",
     "longest sequence of the model, in tokens"), STAYS},
{DOUBLE(model, rotary_fraction, 0, 1, CLOSED, "0.25",
     "share of each head that is rotated by position"), STAYS},
{DOUBLE(model, rotary_base, 0, INFINITY, ABOVE, "10000",
     "base of the rotary wavelengths"), STAYS},
{BOOL(model, parallel_residual, "yes",
     "attention and MLP read the same input"), STAYS},
{BOOL(model, tied, "no",
     "input and output embeddings share one matrix"), STAYS},
{CHOICE(model, activation, SETTINGS_ACTIVATION, "gelu",
     "activation of the MLP; gelu: exact, with erf; gelu-tanh: the tanh "
     "approximation"), STAYS},

{TEXT(data, directory, NULL, "",
     "directory of skill shards; empty: synthetic random tokens, for tests "
     "and benchmarks")},
{CHOICE(data, mask, SETTINGS_MASK, "none",
     "document: tokens attend only to their own document, and positions "
     "count from its start"), STAYS},

{TEXT(skills, train, NULL, "",
     "skills to train on, NAME,NAME,...; empty: all"), STAYS},
{TEXT(skills, evaluate, NULL, "",
     "skills to evaluate, NAME,NAME,...; empty: all"), STAYS},

{TEXT(mixture, policy, NULL, "skill-it",
     "rule that sets the shares of the skills: `skillet "
     "help policies`"), STAYS},
{TEXT(mixture, weights, NULL, "",
     "shares for policy static or random, on any scale: NAME:NUMBER,..., "
     "or one number for each training skill in order; empty: static takes "
     "them from the graph, random from the sizes of the skills"), STAYS},
{TEXT(mixture, graph, NULL, "",
     ".csv or .h5 file of the skills graph, where a row teaches a column; "
     "empty: each skill teaches only itself")},
{DOUBLE(mixture, eta, 0, 1e6, CLOSED, "0.5",
     "step size of Skill-It; 0: equal shares"), STAYS},
{CHOICE(mixture, eta_schedule, SETTINGS_ETA_SCHEDULE, "constant",
     "loss: multiply eta by the sum of the first losses over the sum of "
     "the last"), STAYS},
{LONG(mixture, rounds, 1, MOST_STEPS, "6",
     "rounds of training, with one mixture each")},
{LONG(mixture, window, 1, MOST_STEPS, "3",
     "number of past rounds or evaluations whose losses "
     "Skill-It uses"), STAYS},
{CHOICE(mixture, window_unit, SETTINGS_WINDOW_UNIT, "rounds",
     "rounds: use the losses at the end of each round; evaluations: use "
     "all evaluations before the round ends, as the authors' "
     "program does"), STAYS},
{CHOICE(mixture, window_reduce, SETTINGS_WINDOW_REDUCE, "mean",
     "how the losses of the window are combined; the paper takes the sum: "
     "with the mean, eta is mixture.window times the paper's"), STAYS},
{TEXT(mixture, initial, NULL, "",
     "exact mixture of the first round, in the form of mixture.weights; "
     "empty: from the graph"), STAYS},
{TEXT(mixture, prior, NULL, "",
     "weights that multiply every mixture of Skill-It, in the form of "
     "mixture.weights; empty: equal"), STAYS},
{BOOL(mixture, initial_loss, "no",
     "start the window with the mean of the first losses, for "
     "every skill"), STAYS},
{BOOL(mixture, relative_loss, "no",
     "divide each loss by the first loss of its skill"), STAYS},
{DOUBLE(mixture, edge_decay, 0, 1, CLOSED, "1",
     "factor for positive edges to other skills, after each update of the "
     "mixture"), STAYS},
{CHOICE(mixture, lone_skills, SETTINGS_LONE_SKILLS, "mix",
     "uniform: a skill whose only edge has weight 1 and leads to itself "
     "keeps an equal share of the mixture"), STAYS},
{DOUBLE(mixture, floor, 0, 1, CLOSED, "0.01",
     "part of a Skill-It mixture that is spread evenly over "
     "the skills"), STAYS},
{DOUBLE(mixture, epoch_cap, 0, INFINITY, CLOSED, "0",
     "most times that a skill's data are seen, after which its share goes "
     "to the others; 0: no cap"), STAYS},
{CHOICE(mixture, counts, SETTINGS_MIXTURE_COUNTS, "carried",
     "carried: carry what a share is still owed to the next round; "
     "floor-last: round down and give the rest to the last skill, as the "
     "authors' program does"), STAYS},
{TEXT(mixture, fixed, NULL, "",
     "shares outside the policy, NAME:SHARE,..., such as replay of older "
     "data; weights and graph then cover the other skills"), STAYS},
{TEXT(mixture, replay, NULL, "",
     ".csv of losses, with a column for each evaluation skill and a row "
     "for each evaluation: print the mixtures that they give, and train "
     "nothing")},

{CHOICE(graph, negative, SETTINGS_NEGATIVE_EDGES, "keep",
     "clamp: negative edges count as 0"), STAYS},

{LONG(train, steps, 1, MOST_STEPS, "1000",
     "optimiser steps")},
{LONG(train, global_batch, 1, MOST_TOKENS, "32",
     "sequences in a step, over all ranks"), STAYS},
{LONG(train, micro_batch, 0, MOST_TOKENS, "0",
     "sequences a rank computes at once; 0: train.global_batch divided by "
     "the data ranks")},
{LONG(train, sequence_length, 1, MOST_TOKENS, "512",
     "tokens in a sequence"), STAYS},
{DOUBLE(train, learning_rate, 0, INFINITY, CLOSED, "3e-4",
     "highest learning rate, reached after train.warmup_steps")},
{DOUBLE(train, minimum_learning_rate, 0, INFINITY, CLOSED, "0",
     "lowest learning rate, which the schedule would reach one step after "
     "the last")},
{CHOICE(train, schedule, SETTINGS_SCHEDULE,
     "linear",
     "how the learning rate falls from highest to minimum after the "
     "warm-up; wsd: it stays, then falls as 1 - sqrt over "
     "train.decay_steps at the end; inverse-square-root: as 1/sqrt(step)")},
{LONG(train, warmup_steps, 0, MOST_STEPS, "50",
     "steps over which the learning rate rises from 0")},
{LONG(train, decay_steps, 0, MOST_STEPS, "0",
     "last steps of schedule wsd, in which the learning rate falls; 0: a "
     "tenth")},
{TEXT(train, rewarm_at, NULL, "",
     "steps, STEP,STEP,..., at which the learning rate rises again from "
     "the minimum over train.warmup_steps and the schedule restarts, up to "
     "the next of them or the end: for new data after the rate has decayed")},
{DOUBLE(train, beta1, 0, 1, BELOW, "0.9",
     "AdamW: decay of the first moment")},
{DOUBLE(train, beta2, 0, 1, BELOW, "0.999",
     "AdamW: decay of the second moment")},
{DOUBLE(train, epsilon, 0, INFINITY, ABOVE, "1e-8",
     "AdamW: added to the root of the second moment")},
{DOUBLE(train, weight_decay, 0, INFINITY, CLOSED, "0.01",
     "AdamW: decay of the weights, times the learning rate")},
{DOUBLE(train, clip, 0, INFINITY, CLOSED, "1",
     "largest norm of the gradient; 0: no limit")},
{LONG(train, seed, 0, 1e15, "0",
     "seed of the initial weights and of the data order"), STAYS},
{CHOICE(train, loss, SETTINGS_LOSS_OVER, "all",
     "tokens of a sample to learn: all, or only its answer"), STAYS},
{CHOICE(train, loss_denominator, SETTINGS_LOSS_DENOMINATOR, "real",
     "average the loss of a batch over its real targets, or over all "
     "positions including padding, as the authors' program does"), STAYS},
{DOUBLE(train, z_loss, 0, INFINITY, CLOSED, "0",
     "factor of log^2 Z added to the minimised loss, where Z is the sum of "
     "the exponentials of the logits; keeps logits small; 1e-4 is common; "
     "reported losses exclude it")},
{CHOICE(train, recompute, SETTINGS_RECOMPUTE, "none",
     "activations that backward recomputes instead of keeping: none; those "
     "of attention and all that cost little; or all but each block's input")},
{CHOICE(train, precision, SETTINGS_PRECISION, "float",
     "number type of weights and activations; bf16 only on a GPU")},
{CHOICE(train, device, SETTINGS_DEVICE, "cpu",
     "where the kernels run")},
{LONG(train, skip_limit, 0, MOST_STEPS, "10",
     "most updates in a row that may be left out because loss or gradient "
     "is not finite or the loss is a spike; one more ends the run with "
     "status 1")},
{DOUBLE(train, spike, 0, INFINITY, CLOSED, "0",
     "a step is a spike if its loss exceeds the recent losses of its "
     "skills by more than this many robust standard deviations; 6 is "
     "usual; 0: off, because what counts as a spike depends on the data")},
{DURATION(train, time_limit, MOST_STEPS, "0",
     "time after which the run saves and ends with status 75, as it does "
     "when the job's own time runs out; it stops early enough for two "
     "steps and a save (two saves with checkpoint.asynchronous); 0: none")},
{DURATION(train, watchdog, MOST_STEPS, "300",
     "time without progress after which a rank reports where it is and "
     "ends the run with status 1, so that the scheduler can restart it; "
     "four times as long while files are opened or saved; 0: never")},

{LONG(parallel, tensor, 1, 1 << 16, "1",
     "ranks that share one copy of the model; the others are data ranks")},
{LONG(parallel, zero, 0, 1, "1",
     "1: each data rank keeps the optimiser moments of only the weights "
     "that it updates; 0: of all weights")},

{LONG(checkpoint, every, 0, MOST_STEPS, "1000",
     "steps between checkpoints; 0: only at the end or when asked to stop")},
{LONG(checkpoint, keep, 1, MOST_STEPS, "2",
     "number of latest checkpoints to keep")},
{LONG(checkpoint, keep_every, 0, MOST_STEPS, "0",
     "also keep checkpoints at multiples of this many steps; 0: none")},
{BOOL(checkpoint, asynchronous, "no",
     "continue training while a checkpoint is written; needs host memory "
     "for a copy of what each rank writes: 12 bytes a parameter (24 with "
     "train.precision=double), shared by all ranks")},
{TEXT(checkpoint, resume, NULL, "auto",
     "auto: resume from the latest whole checkpoint in output.directory, "
     "if there is one; no: start anew, in a directory without a run; or "
     "the checkpoint file to resume from")},

{LONG(evaluate, every, 0, MOST_STEPS, "0",
     "steps between evaluations; 0: at the start, after each round and at the "
     "end")},
{LONG(evaluate, windows, 0, MOST_STEPS, "100",
     "most sequences of a skill in an evaluation; 0: all")},
{TEXT(evaluate, split, NULL, "validation",
     "splits to report, of train, validation and test; validation is "
     "always reported, test only at the end")},
{CHOICE(evaluate, loss, SETTINGS_LOSS_OVER, "answer",
     "tokens of a sample to evaluate: all, or its answer where it "
     "has one"), STAYS},

{TEXT(output, directory, NULL, "",
     "directory of the run, for run.ini, metrics.jsonl and checkpoints")},
{LONG(output, log_every, 1, MOST_STEPS, "10",
     "steps between lines of the log")},

{TEXT(tokenize, skill, NULL, "",
     "skill of the documents: a name, @FIELD, or empty: the file's name up to "
     "its first dot")},
{TEXT(tokenize, split, NULL, "0.98,0.01,0.01",
     "train|validation|test, or three shares, by which documents are "
     "divided by a hash of their text")},
{TEXT(tokenize, tokenizer, NULL, "bytes",
     "bytes (the 256 bytes and end-of-text), or a tokenizer.json or its "
     "directory")},
{TEXT(tokenize, field, NULL, "text",
     "JSON path of the text in a line")},
{BOOL(tokenize, deduplicate, "no",
     "drop documents whose text appeared before in the same skill")},
{BOOL(tokenize, overwrite, "no",
     "replace existing shards")},
{CHOICE(tokenize, on_error, SETTINGS_ON_ERROR, "stop",
     "what to do with a line that is not a document")},
{LONG(tokenize, shard_size, 0, 1e15, "0",
     "most tokens in one file of a shard; 0: one file")},
{TEXT(tokenize, end_of_text, NULL, "",
     "id of end-of-text, or none; empty: the tokenizer's")},
{TEXT(tokenize, begin_of_text, NULL, "",
     "id of begin-of-text, or none; empty: the tokenizer's")},

{LONG(synth, variables, 2, 26, "5",
     "variables in a LEGO sentence, and so the number of its skills")},
{LONG(synth, train, 1, 1e12, "50000",
     "training samples of a skill")},
{LONG(synth, validation, 1, 1e12, "100",
     "validation samples of a skill")},
{LONG(synth, test, 0, 1e12, "100",
     "test samples of a skill; 0: none")},
{CHOICE(synth, graph, SETTINGS_SYNTH_GRAPH, "chain",
     "the variable that each LEGO clause builds on: the one before, or the "
     "parent in a binary tree")},
{LONG(synth, seed, 0, 1e15, "0",
     "seed of the samples")},
{BOOL(synth, overwrite, "no",
     "replace existing shards")},

{LONG(inspect, documents, 0, 1e9, "0",
     "documents of a shard to decode and show; tokenize.tokenizer names "
     "its tokenizer.json if that has moved")},
{BOOL(inspect, verify, "no",
     "check every sum of a file")},
};
/* clang-format on */

const int settings_table_rows = sizeof settings_table / sizeof *settings_table;
