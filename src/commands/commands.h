#ifndef SRC_COMMANDS_COMMANDS_H
#define SRC_COMMANDS_COMMANDS_H

#include <stdio.h>

#include "mpi/group.h"
#include "src/settings.h"

/* One row a command: what `skillet help` prints and main runs.  `run` is
 * collective over g and returns the exit status. */
struct command {
    const char *name;
    const char *files; /* as help shows them */
    const char *help;  /* one line */
    bool takes_inputs; /* words that are no run file */
    int (*run)(struct group *g, const struct settings *s, char **inputs,
               int n);
};

extern const struct command commands_table[];
extern const int commands_rows;

/* NULL if there is none; then nearest has a suggestion. */
const struct command *commands_find(const char *name);
const char *commands_nearest(const char *name);

/* One file each. */
int command_inspect(struct group *g, const struct settings *s, char **inputs,
                    int n);
int command_synth(struct group *g, const struct settings *s, char **inputs,
                  int n);
int command_tokenize(struct group *g, const struct settings *s, char **inputs,
                     int n);
int command_train(struct group *g, const struct settings *s, char **inputs,
                  int n);

/* `topic` is a command, "settings", or NULL for the list of commands. */
struct problem command_help(const char *topic, FILE *to);
void command_version(const char *program, FILE *to);

#endif
