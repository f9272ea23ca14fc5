#include <string.h>

#include "src/commands/commands.h"
#include "src/skills/policy.h"

static const char usage[] =
    "usage: skillet COMMAND [FILE...] [section.key=value ...]\n"
    "       mpirun -n RANKS skillet COMMAND ...\n"
    "\n";

static const char rest[] =
    "  help      [COMMAND]           describe a command\n"
    "            settings            describe all settings\n"
    "            policies            describe the rules of mixture.policy\n"
    "\n"
    "A run file NAME.ini gives settings as [section] and key = value; "
    "settings\n"
    "on the command line override it.  `skillet --version` lists the\n"
    "libraries.\n"
    "\n"
    "exit status: 0 done, 1 failed while running, 2 wrong command line, run\n"
    "file or input, 75 stopped on request: start it again to resume\n";

static void list_commands(FILE *to)
{
    fputs(usage, to);
    for (int i = 0; i < commands_rows; i++)
        fprintf(to, "  %-9s %-19s %s\n", commands_table[i].name,
                commands_table[i].files, commands_table[i].help);
    fputs(rest, to);
}

static void list_policies(FILE *to)
{
    for (int i = 0; policy_kind(i); i++)
        fprintf(to, "%-12s %s\n", policy_kind(i)->name, policy_kind(i)->help);
}

static void describe(const struct command *c, FILE *to)
{
    fprintf(to, "usage: skillet %s %s%s [section.key=value ...]\n\n%s\n",
            c->name, c->takes_inputs ? "[RUN.ini] " : "", c->files, c->help);
}

struct problem command_help(const char *topic, FILE *to)
{
    const struct command *c;

    if (!topic || strcmp(topic, "help") == 0) {
        list_commands(to);
        return NO_PROBLEM;
    }
    if (strcmp(topic, "settings") == 0) {
        settings_help(to);
        return NO_PROBLEM;
    }
    if (strcmp(topic, "policies") == 0) {
        list_policies(to);
        return NO_PROBLEM;
    }
    c = commands_find(topic);
    if (!c)
        return problem("no help on %.80s: did you mean skillet help %s?",
                       topic, commands_nearest(topic));
    describe(c, to);
    return NO_PROBLEM;
}
