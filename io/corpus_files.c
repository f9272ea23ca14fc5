#include "io/corpus_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/check.h"

/* Cuts `ending` off the end of the n bytes at name, if it is there and leaves
 * something. */
static bool cut(const char *name, size_t *n, const char *ending)
{
    size_t m = strlen(ending);

    if (*n <= m || memcmp(name + *n - m, ending, m) != 0)
        return false;
    *n -= m;
    return true;
}

/* Cuts ".00001" off; a number of more than five digits has no leading zero. */
static long cut_part(const char *name, size_t *n)
{
    size_t digits = 0;
    long part = 0;

    while (digits < *n && digits < 10 && name[*n - 1 - digits] >= '0' &&
           name[*n - 1 - digits] <= '9')
        digits++;
    if (digits < 5 || digits == *n || name[*n - 1 - digits] != '.' ||
        (digits > 5 && name[*n - digits] == '0'))
        return 0;
    for (size_t i = *n - digits; i < *n; i++)
        part = 10 * part + (name[i] - '0');
    *n -= part > 0 ? digits + 1 : 0;
    return part;
}

bool corpus_files_parse(struct corpus_file *f, const char *name)
{
    static const char *const splits[] = {"train", "validation", "test"};
    size_t n = strlen(name);

    memset(f, 0, sizeof *f);
    if (n >= sizeof f->name || !cut(name, &n, ".h5"))
        return false;
    f->part = cut_part(name, &n);
    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
        char ending[20];

        snprintf(ending, sizeof ending, ".%s", splits[i]);
        if (!cut(name, &n, ending))
            continue;
        if (n >= sizeof f->skill)
            return false;
        strcpy(f->name, name);
        strcpy(f->split, splits[i]);
        memcpy(f->skill, name, n);
        return true;
    }
    return false;
}

void corpus_files_name(struct corpus_file *f, const char *skill,
                       const char *split, long part)
{
    memset(f, 0, sizeof *f);
    snprintf(f->skill, sizeof f->skill, "%s", skill);
    snprintf(f->split, sizeof f->split, "%s", split);
    f->part = part;
    if (part == 0)
        snprintf(f->name, sizeof f->name, "%s.%s.h5", f->skill, f->split);
    else
        snprintf(f->name, sizeof f->name, "%s.%s.%05ld.h5", f->skill, f->split,
                 part);
}

static int by_skill(const void *a, const void *b)
{
    const struct corpus_file *x = a, *y = b;
    int order = strcmp(x->skill, y->skill);

    if (order == 0)
        order = strcmp(x->split, y->split);
    return order ? order : (x->part > y->part) - (x->part < y->part);
}

struct problem corpus_files_list(const char *directory,
                                 struct corpus_file **files, long *n)
{
    DIR *d = opendir(directory);
    struct corpus_file f;
    struct dirent *e;
    long room = 16;

    *n = 0;
    *files = NULL;
    if (!d)
        return problem("%s cannot be opened as a directory: %s", directory,
                       strerror(errno));
    *files = malloc((size_t)room * sizeof f);
    CHECK(*files, "no memory to list %s", directory);
    while ((e = readdir(d))) {
        if (!corpus_files_parse(&f, e->d_name))
            continue;
        if (*n == room) {
            room *= 2;
            *files = realloc(*files, (size_t)room * sizeof f);
            CHECK(*files, "no memory to list %s", directory);
        }
        (*files)[(*n)++] = f;
    }
    closedir(d);
    qsort(*files, (size_t)*n, sizeof f, by_skill);
    return NO_PROBLEM;
}

struct problem corpus_files_skills(const char *directory, const char *split,
                                   char ***skills, long *n)
{
    struct corpus_file *file;
    long files;
    struct problem p = corpus_files_list(directory, &file, &files);

    *n = 0;
    *skills = NULL;
    if (is_problem(&p))
        return p;
    *skills = calloc((size_t)files + 1, sizeof **skills);
    CHECK(*skills, "no memory for the skills of %s", directory);
    for (long i = 0; i < files; i++) {
        if (strcmp(file[i].split, split) != 0 ||
            (*n > 0 && strcmp((*skills)[*n - 1], file[i].skill) == 0))
            continue;
        (*skills)[*n] = strdup(file[i].skill);
        CHECK((*skills)[*n], "no memory for the skills of %s", directory);
        ++*n;
    }
    free(file);
    return p;
}

void corpus_files_skills_free(char **skills, long n)
{
    for (long i = 0; i < n; i++)
        free(skills[i]);
    free(skills);
}
