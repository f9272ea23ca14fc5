#include "io/shards/corpus_files.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/shards/split.h"
#include "kernels/base/memory.h"

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
    size_t n = strlen(name);

    memset(f, 0, sizeof *f);
    if (n >= sizeof f->name || !cut(name, &n, ".h5"))
        return false;
    f->part = cut_part(name, &n);
    for (int i = 0; i < SPLITS; i++) {
        char ending[20];

        snprintf(ending, sizeof ending, ".%s", split_names[i]);
        if (!cut(name, &n, ending))
            continue;
        if (n >= sizeof f->skill)
            return false;
        strcpy(f->name, name);
        strcpy(f->split, split_names[i]);
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

struct problem corpus_files_list(struct corpus_files *files,
                                 const char *directory)
{
    DIR *d = opendir(directory);
    struct corpus_file f;
    struct dirent *e;
    long room = 16;

    *files = (struct corpus_files){.directory = directory};
    if (!d)
        return problem("%s cannot be opened as a directory: %s", directory,
                       strerror(errno));
    files->at = memory_take((size_t)room, sizeof f, "files");
    while ((e = readdir(d))) {
        if (!corpus_files_parse(&f, e->d_name))
            continue;
        if (files->n == room) {
            room *= 2;
            files->at =
                memory_grow(files->at, (size_t)room, sizeof f, "files");
        }
        files->at[files->n++] = f;
    }
    closedir(d);
    qsort(files->at, (size_t)files->n, sizeof f, by_skill);
    return NO_PROBLEM;
}

void corpus_files_free(struct corpus_files *files)
{
    free(files->at);
    *files = (struct corpus_files){0};
}

/* The first place that does not come before f. */
static long place_of(const struct corpus_files *files,
                     const struct corpus_file *f)
{
    long low = 0, high = files->n;

    while (low < high) {
        long middle = low + (high - low) / 2;

        if (by_skill(&files->at[middle], f) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct corpus_file *corpus_files_find(const struct corpus_files *files,
                                            const char *skill,
                                            const char *split, long *n)
{
    struct corpus_file f;
    long first, end;

    corpus_files_name(&f, skill, split, 0);
    first = place_of(files, &f);
    f.part = LONG_MAX;
    end = place_of(files, &f);
    *n = end - first;
    return &files->at[first];
}

void corpus_files_skills(const struct corpus_files *files, const char *split,
                         char ***skills, long *n)
{
    const struct corpus_file *file = files->at;

    *n = 0;
    *skills = memory_take((size_t)files->n, sizeof **skills, "skills");
    for (long i = 0; i < files->n; i++) {
        if (strcmp(file[i].split, split) != 0 ||
            (*n > 0 && strcmp((*skills)[*n - 1], file[i].skill) == 0))
            continue;
        (*skills)[(*n)++] = memory_text(file[i].skill);
    }
}

void corpus_files_skills_free(char **skills, long n)
{
    for (long i = 0; i < n; i++)
        free(skills[i]);
    free(skills);
}
