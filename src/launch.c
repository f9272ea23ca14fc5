/* The command `skillet`: picks the program that serves the settings and
 * becomes it, before MPI starts. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/check.h"
#include "src/log.h"
#include "src/program.h"
#include "src/settings.h"

enum { WRONG_INPUT = 2 };

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

static char *join(const char *directory, size_t length, const char *name)
{
    size_t size = length + strlen(name) + 2;
    char *path = malloc(size);

    CHECK(path, "no memory for the path of %s", name);
    snprintf(path, size, "%.*s/%s", (int)length, directory, name);
    return path;
}

/* In a build tree the programs lie beside this one, else in libexec.  The path
 * is malloc'd, NULL if there is no such program. */
static char *find_program(const char *name)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    const char *slash;
    char *path;

    self[n > 0 ? n : 0] = '\0';
    slash = strrchr(self, '/');
    path = slash ? join(self, (size_t)(slash - self), name) : NULL;
    if (path && access(path, X_OK) == 0)
        return path;
    free(path);
    path = join(PKGLIBEXECDIR, strlen(PKGLIBEXECDIR), name);
    if (access(path, X_OK) == 0)
        return path;
    free(path);
    return NULL;
}

static int report_missing(const struct settings *s, const char *name)
{
    if (s->train.device == DEVICE_GPU)
        log_error("%s=gpu needs the program %s, which was not built: configure "
                  "Skillet with --with-cuda, or set train.device=cpu",
                  settings_place(s, "train.device"), name);
    else
        log_error("the program %s is neither beside this one nor in %s: build "
                  "and install Skillet again",
                  name, PKGLIBEXECDIR);
    return WRONG_INPUT;
}

int main(int argc, char **argv)
{
    struct settings s;
    const char *name;
    struct problem p;
    char *path;

    log_init_early();
    settings_init(&s);
    read_settings(&s, argc, argv);
    p = program_for(&s, &name);
    if (is_problem(&p)) {
        log_error("%s", p.text);
        return WRONG_INPUT;
    }
    path = find_program(name);
    if (!path)
        return report_missing(&s, name);

    /* Ignored signals stay so over exec: a request to stop does no harm until
     * the program has its handlers. */
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, SIG_IGN);
    execv(path, argv);
    log_error("%s cannot be started: %m", path);
    return 1;
}
