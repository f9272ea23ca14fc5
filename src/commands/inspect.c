#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "io/h5.h"
#include "io/seal.h"
#include "kernels/base/exit.h"
#include "kernels/base/path.h"
#include "src/commands/commands.h"
#include "src/inspect/inspect.h"
#include "src/log.h"

struct description {
    const char *name;
    struct problem (*describe)(const struct settings *s, const char *path,
                               FILE *to);
};

/* By the attribute `format` of an HDF5 file, and by the end of a name. */
static const struct description formats[] = {{"skillet-shard", inspect_shard},
                                             {"skillet-graph", inspect_graph}};
static const struct description endings[] = {{".csv", inspect_graph},
                                             {".jsonl", inspect_run}};

enum {
    FORMATS = sizeof formats / sizeof *formats,
    ENDINGS = sizeof endings / sizeof *endings
};

static bool ends(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);

    return n > m && strcmp(path + n - m, ending) == 0;
}

static struct problem read_format(const char *path, char *format, size_t size)
{
    struct h5 f;
    bool sealed;
    struct problem wrong = seal_check(path, &sealed);

    if (is_problem(&wrong))
        return wrong;
    wrong = h5_open(&f, path);
    if (!is_problem(&wrong))
        wrong = h5_text_read(&f, "format", format, size);
    h5_close(&f);
    return wrong;
}

static struct problem describe_h5(const struct settings *s, struct group *g,
                                  const char *path, FILE *to)
{
    char format[64];
    struct problem wrong = read_format(path, format, sizeof format);

    if (is_problem(&wrong))
        return wrong;
    if (strcmp(format, "skillet-checkpoint") == 0)
        return inspect_checkpoint(s, g, path, to);
    for (int i = 0; i < FORMATS; i++)
        if (strcmp(format, formats[i].name) == 0)
            return formats[i].describe(s, path, to);
    return problem("%s has format \"%s\", which inspect does not know", path,
                   format);
}

/* A pipe may keep silent for ever, and a device never end. */
static struct problem no_file(const char *path)
{
    return problem("%s is not a file", path);
}

static struct problem describe_directory(const struct settings *s,
                                         const char *path, FILE *to)
{
    struct path metrics;
    struct stat st;
    struct problem wrong = path_print(&metrics, "%s/metrics.jsonl", path);

    if (is_problem(&wrong))
        return wrong;
    if (stat(metrics.text, &st) == 0)
        return S_ISREG(st.st_mode) ? inspect_run(s, metrics.text, to)
                                   : no_file(metrics.text);
    return inspect_shards(s, path, to);
}

struct problem inspect_any(const struct settings *s, struct group *g,
                           const char *path, FILE *to)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return problem("%s cannot be read: %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return describe_directory(s, path, to);
    if (!S_ISREG(st.st_mode))
        return no_file(path);
    if (ends(path, ".h5"))
        return describe_h5(s, g, path, to);
    for (int i = 0; i < ENDINGS; i++)
        if (ends(path, endings[i].name))
            return endings[i].describe(s, path, to);
    return problem("%s: inspect describes .h5 and .csv files, metrics.jsonl, "
                   "and directories of a run or of shards",
                   path);
}

int command_inspect(struct group *g, const struct settings *s, char **inputs,
                    int n)
{
    if (group_size(g) > 1)
        refuse(g,
               "inspect runs on one rank, not on %d: start it without a "
               "launcher",
               group_size(g));
    if (n == 0)
        refuse(g, "inspect needs a file: skillet inspect FILE...");
    for (int i = 0; i < n; i++)
        refuse_if(g, inspect_any(s, g, inputs[i], log_stream()));
    return EXIT_DONE;
}
