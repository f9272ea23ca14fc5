/* The command `skillet`: picks the program that serves the settings and
 * becomes it, before MPI starts. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/base/check.h"
#include "kernels/base/exit.h"
#include "src/launcher.h"
#include "src/log.h"
#include "src/program.h"
#include "src/settings.h"

/* Only two settings matter here.  What is wrong with the others, or with the
 * run file, the program finds again and reports from all ranks together. */
static void read_settings(struct settings *s, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (settings_is_run_file(argv[i]))
            settings_read_file(s, argv[i]);
    for (int i = 1; i < argc; i++)
        if (settings_is_argument(argv[i]))
            settings_read_argument(s, argv[i]);
}

static char *join(const char *directory, const char *below, const char *name)
{
    size_t size = strlen(directory) + strlen(below) + strlen(name) + 2;
    char *path = malloc(size);

    CHECK(path, "no memory for the path of %s", name);
    snprintf(path, size, "%s%s/%s", directory, below, name);
    return path;
}

/* "" if the system does not tell. */
static void find_own_directory(char *path, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", path, size - 1);
    char *slash;

    path[n > 0 ? n : 0] = '\0';
    slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
}

/* In a build tree the programs lie beside this one, else in libexec: first
 * that of the same prefix, which may have moved since (a stage, a module
 * tree), then that of configure.  The path is malloc'd, NULL if there is no
 * such program. */
static char *find_program(const char *name)
{
    char here[4096];
    char *path;

    find_own_directory(here, sizeof here);
    const char *const places[][2] = {
        {here, ""}, {here, "/../libexec/skillet"}, {PKGLIBEXECDIR, ""}};

    for (int i = *here ? 0 : 2; i < 3; i++) {
        path = join(places[i][0], places[i][1], name);
        if (access(path, X_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}

static int report_missing(const struct settings *s, const char *name)
{
    if (s->train.device == DEVICE_GPU)
        log_error(
            "%s=gpu needs the program %s, which was not built: configure "
            "Skillet with --with-cuda, or set train.device=cpu",
            settings_place(s, "train.device"), name);
    else
        log_error("the program %s is neither beside this one, nor in "
                  "../libexec/skillet from here, nor in %s: build "
                  "and install Skillet again",
                  name, PKGLIBEXECDIR);
    return EXIT_WRONG_INPUT;
}

int main(int argc, char **argv)
{
    struct settings s;
    const char *name;
    struct problem wrong;
    char *path;

    log_init_early();
    settings_init(&s);
    read_settings(&s, argc, argv);
    wrong = program_for(&s, &name);
    if (is_problem(&wrong)) {
        log_error("%s", wrong.text);
        return EXIT_WRONG_INPUT;
    }
    path = find_program(name);
    if (!path)
        return report_missing(&s, name);

    launcher_set_threads();
    /* Ignored signals stay so over exec: a request to stop does no harm until
     * the program has its handlers. */
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, SIG_IGN);
    execv(path, argv);
    log_error("%s cannot be started: %m", path);
    return EXIT_FAILED;
}
