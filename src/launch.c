/* The command `skillet`: picks the program that serves the settings and
 * becomes it, before MPI starts. */
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "kernels/base/exit.h"
#include "kernels/base/path.h"
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

/* Empty if the system does not tell. */
static struct path own_directory(void)
{
    struct path path;
    ssize_t n = readlink("/proc/self/exe", path.text, PATH_MOST);
    char *slash;

    path.text[n > 0 ? n : 0] = '\0';
    slash = strrchr(path.text, '/');
    if (slash)
        *slash = '\0';
    return path;
}

/* In a build tree the programs lie beside this one, else in libexec: first
 * that of the same prefix, which may have moved since (a stage, a module
 * tree), then that of configure.  False if there is no such program. */
static bool find_program(struct path *program, const char *name)
{
    struct path here = own_directory();
    const char *const places[][2] = {{here.text, ""},
                                     {here.text, "/../libexec/skillet"},
                                     {PKGLIBEXECDIR, ""}};

    for (int i = here.text[0] ? 0 : 2; i < 3; i++) {
        struct problem wrong =
            path_print(program, "%s%s/%s", places[i][0], places[i][1], name);

        if (!is_problem(&wrong) && access(program->text, X_OK) == 0)
            return true;
    }
    return false;
}

static int report_missing(const struct settings *s, const char *name)
{
    if (s->train.device == DEVICE_GPU)
        log_error(
            "%s=gpu needs the program %s, which was not built: configure "
            "Skillet with --with-cuda, or set train.device=cpu",
            settings_place(s, "train.device"), name);
    else
        log_error("the program %s was not found next to this one, in "
                  "../libexec/skillet from here, or in %s: build and "
                  "install Skillet again",
                  name, PKGLIBEXECDIR);
    return EXIT_WRONG_INPUT;
}

int main(int argc, char **argv)
{
    struct settings s;
    const char *name;
    struct problem wrong;
    struct path program;

    log_init_early();
    settings_init(&s);
    read_settings(&s, argc, argv);
    wrong = program_for(&s, &name);
    if (is_problem(&wrong)) {
        log_error("%s", wrong.text);
        return EXIT_WRONG_INPUT;
    }
    if (!find_program(&program, name))
        return report_missing(&s, name);

    launcher_set_threads();
    /* Ignored signals stay so over exec: a request to stop does no harm until
     * the program has its handlers. */
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, SIG_IGN);
    execv(program.text, argv);
    log_error("%s cannot be started: %m", program.text);
    return EXIT_FAILED;
}
