/* One program: the kernels it is linked with have one number type and one
 * device, and PROGRAM is its name. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "io/file.h"
#include "kernels/base/check.h"
#include "kernels/base/exit.h"
#include "kernels/base/memory.h"
#include "kernels/device.h"
#include "kernels/self_check.h"
#include "mpi/world.h"
#include "src/commands/commands.h"
#include "src/launcher.h"
#include "src/log.h"
#include "src/program.h"
#include "src/settings.h"

/* The command line taken apart; the texts are those of argv. */
struct line {
    const struct command *command;
    const char *run_file; /* or NULL */
    char **inputs;
    char **arguments; /* section.key=value */
    int n_inputs, n_arguments;
};

static struct problem find_command(struct line *line, const char *name)
{
    line->command = commands_find(name);
    if (!line->command)
        return problem("unknown command %.80s: did you mean %s?", name,
                       commands_nearest(name));
    return NO_PROBLEM;
}

static struct problem take_word(struct line *line, char *word)
{
    const char *command = line->command->name;

    if (settings_is_argument(word)) {
        line->arguments[line->n_arguments++] = word;
    } else if (word[0] == '-') {
        return problem("unknown flag %.80s: the only flags are --help and "
                       "--version; give settings as section.key=value",
                       word);
    } else if (settings_is_run_file(word)) {
        if (line->run_file)
            return problem("%s takes one run file, not both %.200s and %.200s",
                           command, line->run_file, word);
        line->run_file = word;
    } else if (line->command->takes_inputs) {
        line->inputs[line->n_inputs++] = word;
    } else {
        return problem("%s takes a run file (NAME.ini) and settings "
                       "(section.key=value): %.200s is neither",
                       command, word);
    }
    return NO_PROBLEM;
}

static struct problem take_line(struct line *line, int argc, char **argv)
{
    struct problem wrong = find_command(line, argv[1]);

    line->inputs = memory_take((size_t)argc, sizeof *line->inputs, "words");
    line->arguments =
        memory_take((size_t)argc, sizeof *line->arguments, "words");
    for (int i = 2; i < argc && !is_problem(&wrong); i++)
        wrong = take_word(line, argv[i]);
    if (!is_problem(&wrong) && !line->command->takes_inputs &&
        !line->run_file && line->n_arguments == 0)
        wrong = problem("%s needs a run file or settings: skillet %s %s",
                        line->command->name, line->command->name,
                        line->command->files);
    return wrong;
}

/* Rank 0 alone opens the file: it may lie on the disk of its node. */
static void read_run_file(struct group *g, struct settings *s,
                          const char *path)
{
    struct problem wrong = NO_PROBLEM;
    char *bytes = NULL;
    size_t n = 0;

    if (group_rank(g) == 0)
        wrong = file_read(path, &bytes, &n);
    refuse_if(g, wrong);
    group_broadcast(g, &n, sizeof n);
    if (group_rank(g) > 0)
        bytes = memory_take(n + 1, 1, "bytes of a run file");
    group_broadcast(g, bytes, n);
    refuse_if(g, settings_read_text(s, path, bytes, n));
    free(bytes);
}

static void read_settings(struct group *g, struct settings *s,
                          const struct line *line)
{
    if (line->run_file)
        read_run_file(g, s, line->run_file);
    for (int i = 0; i < line->n_arguments; i++)
        refuse_if(g, settings_read_argument(s, line->arguments[i]));
}

/* `skillet` picks the right program on each rank by itself, unless a rank
 * cannot read the run file there. */
static void check_program(struct group *g, const struct settings *s)
{
    const char *name;
    struct problem wrong = program_for(s, &name);

    if (!is_problem(&wrong) && strcmp(name, PROGRAM) != 0)
        wrong =
            problem("the settings need %s, but %s was started on %s: start "
                    "`skillet`, and give train.precision and train.device "
                    "on the command line if only one node has the run file",
                    name, PROGRAM, world_host());
    refuse_if(g, wrong);
}

static void check_kernels(void)
{
    double error = self_check_product();

    CHECK(error < self_check_limit(),
          "the matrix product on %s is wrong by %.1g: its BLAS does not "
          "fit its processor; try another BLAS",
          world_host(), error);
}

static int run(struct group *g, int argc, char **argv)
{
    struct line line = {0};
    struct settings s;
    int status;

    refuse_if(g, take_line(&line, argc, argv));
    settings_init(&s);
    read_settings(g, &s, &line);
    check_program(g, &s);
    refuse_if(g, device_open(world_rank_on_host()));
    check_kernels();
    status = line.command->run(g, &s, line.inputs, line.n_inputs);
    settings_free(&s);
    free(line.inputs);
    free(line.arguments);
    return status;
}

static bool has_flag(int argc, char **argv, const char *flag)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], flag) == 0)
            return true;
    return false;
}

/* Help and versions need no ranks.  True if that was all there is to do. */
static bool show(int argc, char **argv, struct problem *wrong)
{
    bool help = argc > 1 && strcmp(argv[1], "help") == 0;
    const char *topic = help && argc > 2 ? argv[2] : NULL;

    *wrong = NO_PROBLEM;
    log_init_early();
    if (argc < 2) {
        command_help(NULL, log_stream());
        *wrong = problem("no command was given");
        return true;
    }
    if (has_flag(argc, argv, "--version")) {
        command_version(PROGRAM, log_stream());
        return true;
    }
    if (has_flag(argc, argv, "--help")) {
        topic = argc > 2 && argv[1][0] != '-' ? argv[1] : NULL;
        help = true;
    }
    if (help)
        *wrong = command_help(topic, log_stream());
    return help;
}

/* Every part of every shard of every skill holds a descriptor, and many sites
 * give 1,024 where a process may ask for more. */
static void allow_open_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* A launcher that the MPI library does not understand makes of N ranks N runs
 * of one rank, over the same files.  One of them says so, the one that the
 * launcher calls rank 0. */
static bool is_split(void)
{
    const char *name;
    long n = launcher_size(&name);

    if (n <= 1 || group_size(group_world()) > 1)
        return false;
    log_error("%s says that %ld processes started together, but each of them "
              "is alone to MPI: start them with the launcher of the MPI "
              "library that Skillet was built with (skillet --version: %s)",
              name, n, world_version());
    return true;
}

int main(int argc, char **argv)
{
    struct problem wrong;
    int status;

    if (show(argc, argv, &wrong) && !is_problem(&wrong))
        return EXIT_DONE;
    allow_open_files();
    world_start(&argc, &argv);
    if (is_split()) {
        world_stop();
        return EXIT_WRONG_INPUT;
    }
    log_init(group_rank(group_world()) == 0);
    refuse_if(group_world(), wrong);
    status = run(group_world(), argc, argv);
    world_stop();
    return status;
}
