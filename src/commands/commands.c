#include "src/commands/commands.h"

#include <string.h>

#include "kernels/base/nearest.h"

/* clang-format off */
const struct command commands_table[] = {
    {"tokenize", "INPUT...", "turn JSON-lines text into skill shards",
     true, command_tokenize},
    {"synth", "lego|addition",
     "write the paper's skill sets as shards", true, command_synth},
    {"train", "RUN.ini", "train a model on a mixture of skills, or resume",
     false, command_train},
    {"inspect", "FILE...", "describe shards, graphs, checkpoints and runs",
     true, command_inspect},
};
/* clang-format on */

const int commands_rows = sizeof commands_table / sizeof *commands_table;

const struct command *commands_find(const char *name)
{
    for (int i = 0; i < commands_rows; i++)
        if (strcmp(commands_table[i].name, name) == 0)
            return &commands_table[i];
    return NULL;
}

const char *commands_nearest(const char *name)
{
    const char *best = "help";

    for (int i = 0; i < commands_rows; i++)
        if (nearest_distance(name, commands_table[i].name) <
            nearest_distance(name, best))
            best = commands_table[i].name;
    return best;
}
