#include "src/tokenize/tokenize_inputs.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kernels/base/memory.h"
#include "src/log.h"

/* Tells a file that is given twice, by whatever path. */
struct identity {
    dev_t device;
    ino_t number;
    long input;
};

struct input_list {
    struct tokenize_input *at;
    struct identity *identity; /* of each */
    long n, room;
};

static bool is_text(const char *name)
{
    static const char *const endings[] = {".jsonl", ".jsonl.gz", ".jsonl.zst"};
    size_t n = strlen(name);

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t m = strlen(endings[i]);

        if (n > m && name[0] != '.' && strcmp(name + n - m, endings[i]) == 0)
            return true;
    }
    return false;
}

static enum split split_of(const char *name)
{
    static const struct {
        const char *word;
        enum split split;
    } words[] = {{".val.", SPLIT_VALIDATION},
                 {".validation.", SPLIT_VALIDATION},
                 {".test.", SPLIT_TEST}};
    const char *dot = strchr(name, '.');

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(dot, words[i].word, strlen(words[i].word)) == 0)
            return words[i].split;
    return SPLIT_NONE;
}

static void make_room(struct input_list *l)
{
    if (l->n < l->room)
        return;
    l->room = 2 * l->room + 16;
    l->at = memory_grow(l->at, (size_t)l->room, sizeof *l->at, "input files");
    l->identity = memory_grow(l->identity, (size_t)l->room,
                              sizeof *l->identity, "input files");
}

static struct problem add_file(struct input_list *l, const char *path,
                               const struct stat *st)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    struct tokenize_input *f;

    if (strlen(name) >= sizeof f->name)
        return problem("%.200s...: the name is too long", path);
    make_room(l);
    l->identity[l->n] = (struct identity){st->st_dev, st->st_ino, l->n};
    f = &l->at[l->n++];
    memset(f, 0, sizeof *f);
    strcpy(f->name, name);
    memcpy(f->title, name, strcspn(name, "."));
    f->split = split_of(name);
    return path_print(&f->path, "%s", path);
}

static int visible(const struct dirent *e)
{
    return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static struct problem add_entry(struct input_list *l, const char *directory,
                                const char *name)
{
    struct path path;
    struct stat st;
    size_t n = strlen(directory);
    struct problem wrong =
        path_print(&path, "%s%s%s", directory,
                   n > 0 && directory[n - 1] == '/' ? "" : "/", name);

    if (is_problem(&wrong))
        return wrong;
    if (stat(path.text, &st) != 0)
        return problem("%s cannot be read: %s", path.text, strerror(errno));
    if (!S_ISREG(st.st_mode) || !is_text(name)) {
        log_line("skipped %s: not a .jsonl, .jsonl.gz or .jsonl.zst file",
                 path.text);
        return NO_PROBLEM;
    }
    return add_file(l, path.text, &st);
}

static struct problem add_directory(struct input_list *l, const char *path)
{
    struct problem wrong = NO_PROBLEM;
    struct dirent **entry;
    int n = scandir(path, &entry, visible, by_name);

    if (n < 0)
        return problem("%s cannot be read: %s", path, strerror(errno));
    for (int i = 0; i < n; i++) {
        if (!is_problem(&wrong))
            wrong = add_entry(l, path, entry[i]->d_name);
        free(entry[i]);
    }
    free(entry);
    return wrong;
}

static struct problem add_argument(struct input_list *l, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct stat st;

    if (stat(path, &st) != 0)
        return problem("%s cannot be read: %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return add_directory(l, path);
    if (!S_ISREG(st.st_mode) || !is_text(slash ? slash + 1 : path))
        return problem("%s is not a .jsonl, .jsonl.gz or .jsonl.zst file",
                       path);
    return add_file(l, path, &st);
}

static int by_identity(const void *a, const void *b)
{
    const struct identity *x = a, *y = b;

    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return (x->input > y->input) - (x->input < y->input);
}

static struct problem check_twice(struct input_list *l)
{
    const struct identity *id = l->identity;

    if (l->n > 0)
        qsort(l->identity, (size_t)l->n, sizeof *l->identity, by_identity);
    for (long i = 1; i < l->n; i++)
        if (id[i - 1].device == id[i].device &&
            id[i - 1].number == id[i].number)
            return problem("%s is given twice (the first time as %s): its "
                           "documents would count twice",
                           l->at[id[i].input].path.text,
                           l->at[id[i - 1].input].path.text);
    return NO_PROBLEM;
}

struct problem tokenize_inputs_list(char **arguments, int n_arguments,
                                    struct tokenize_input **inputs, long *n)
{
    struct problem wrong = NO_PROBLEM;
    struct input_list l = {0};

    for (int i = 0; i < n_arguments && !is_problem(&wrong); i++)
        wrong = add_argument(&l, arguments[i]);
    if (!is_problem(&wrong))
        wrong = check_twice(&l);
    if (!is_problem(&wrong) && l.n == 0)
        wrong =
            n_arguments == 0
                ? problem("tokenize needs input files or directories: skillet "
                          "tokenize INPUT... data.directory=DIR")
                : problem("%s has no .jsonl, .jsonl.gz or .jsonl.zst file",
                          arguments[0]);
    free(l.identity);
    *inputs = l.at;
    *n = l.n;
    return wrong;
}
