#include "src/run/resume_compare.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "kernels/base/memory.h"
#include "src/run/resume_stays.h"
#include "src/run/run_state.h"

/* An item of texts or numbers as it is, malloc'd with a zero after it; NULL if
 * it is not there or can't be read. */
static void *read_item(const struct checkpoint *c, int fd, const char *name,
                       uint64_t *bytes)
{
    long item = checkpoint_find(c, name);
    struct problem wrong;
    char *at;

    if (item < 0)
        return NULL;
    *bytes = h5_dataset_bytes(&c->item[item].data);
    at = memory_take(*bytes + 1, 1, "bytes of a checkpoint");
    wrong = checkpoint_get(c, fd, item, 0,
                           h5_dataset_numbers(&c->item[item].data), at);
    if (!is_problem(&wrong))
        return at;
    free(at);
    return NULL;
}

/* What is given to a run by the name of its array, and how to say that it is
 * not what it was. */
static const struct {
    const char *prefix, *what;
} given_to_run[] = {
    {"names/", "the skills in data.directory have changed since this "
               "checkpoint"},
    {"data/", "the shards in data.directory have changed since this "
              "checkpoint"},
    {"", "the skills graph has changed since this checkpoint"},
};

static struct problem changed(const struct checkpoint *c, const char *name)
{
    int i = 0;

    while (strncmp(name, given_to_run[i].prefix,
                   strlen(given_to_run[i].prefix)) != 0)
        i++;
    return problem("cannot resume from %s: %s", c->path.text,
                   given_to_run[i].what);
}

static struct problem compare_given(const struct checkpoint *c, int fd,
                                    struct trainer *t)
{
    struct arrays given = {0};
    uint64_t *fingerprint;
    struct problem wrong = run_state_given(t, &given, &fingerprint);

    for (long i = 0; i < given.n && !is_problem(&wrong); i++) {
        const struct array *a = &given.list[i];
        uint64_t bytes = 0,
                 want = a->rows * a->cols * h5_number_bytes(a->number);
        char *before = read_item(c, fd, a->name, &bytes);

        if (!before || bytes != want || memcmp(before, a->at, bytes))
            wrong = changed(c, a->name);
        free(before);
    }
    arrays_free(&given);
    free(fingerprint);
    return wrong;
}

static struct problem compare_settings(const char *name, const char *text,
                                       uint64_t bytes,
                                       const struct settings *now,
                                       struct settings *before)
{
    struct problem wrong =
        settings_read_text(before, name, text, strnlen(text, bytes));

    return is_problem(&wrong) ? wrong : resume_stays_check(before, now, name);
}

struct problem resume_compare(const struct checkpoint *c, struct trainer *t,
                              struct settings *before, bool *is_elsewhere)
{
    int fd = open(c->path.text, O_RDONLY | O_CLOEXEC);
    uint64_t bytes = 0;
    char *settings = read_item(c, fd, "settings", &bytes), *environment;
    char now[RUN_STATE_ENVIRONMENT];
    struct problem wrong;

    if (!settings)
        wrong = problem("%s lacks its settings", c->path.text);
    else
        wrong = compare_settings(c->path.text, settings, bytes, t->settings,
                                 before);
    if (!is_problem(&wrong))
        wrong = compare_given(c, fd, t);
    environment = read_item(c, fd, "environment", &bytes);
    run_state_environment(&t->grid, now);
    *is_elsewhere = !environment || strcmp(environment, now) != 0;
    free(environment);
    free(settings);
    if (fd >= 0)
        close(fd);
    return wrong;
}

bool resume_compare_is_automatic(const struct settings *s)
{
    return strcmp(s->checkpoint.resume, "auto") == 0;
}

/* The checkpoint of another directory that a run begins with, or empty. */
static const char *begins_with(const struct settings *s)
{
    bool is_named = !resume_compare_is_automatic(s) &&
                    strcmp(s->checkpoint.resume, "no") != 0;

    return is_named ? s->checkpoint.resume : "";
}

static struct problem compare_beginning(const struct settings *before,
                                        const struct settings *now)
{
    const char *directory = now->output.directory, *from = begins_with(before);

    if (strcmp(from, begins_with(now)) == 0)
        return NO_PROBLEM;
    if (*from)
        return problem(
            "%.300s contains a run that started from %.300s and has no "
            "checkpoint yet: give checkpoint.resume=%.300s, or another "
            "output.directory",
            directory, from, from);
    return problem("output.directory: %s already contains a run; name "
                   "another directory, or resume it with "
                   "checkpoint.resume=auto",
                   directory);
}

struct problem resume_compare_start(const struct directory *o,
                                    const struct settings *now)
{
    struct path path = directory_path(o, "run.ini");
    struct settings before;
    char *text;
    size_t n;
    struct problem wrong = file_read(path.text, &text, &n);

    if (is_problem(&wrong)) /* it had not come so far */
        return NO_PROBLEM;
    settings_init(&before);
    wrong = settings_read_text(&before, path.text, text, n);
    if (!is_problem(&wrong))
        wrong = resume_stays_check(&before, now, path.text);
    if (!is_problem(&wrong))
        wrong = compare_beginning(&before, now);
    settings_free(&before);
    free(text);
    return wrong;
}
