#include "src/skills/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/memory.h"

void names_add(struct names *names, const char *name)
{
    names->at = memory_grow(names->at, (size_t)names->n + 1, sizeof *names->at,
                            "names");
    memset(names->at[names->n], 0, sizeof *names->at);
    snprintf(names->at[names->n++], sizeof *names->at, "%s", name);
}

void names_free(struct names *names)
{
    free(names->at);
    *names = (struct names){0};
}

int names_find(const struct names *names, const char *name)
{
    for (int i = 0; i < names->n; i++)
        if (strcmp(names->at[i], name) == 0)
            return i;
    return -1;
}

static void list_known(const struct names *known, char *text, size_t bytes)
{
    size_t used = 0;

    text[0] = '\0';
    for (int i = 0; i < known->n && used < bytes; i++)
        used += (size_t)snprintf(text + used, bytes - used, "%s%s",
                                 i ? ", " : "", known->at[i]);
}

void names_split(struct names *names, const char *list)
{
    char *copy = memory_text(list), *rest = copy, *word;

    while ((word = strsep(&rest, ","))) {
        size_t n;

        word += strspn(word, " \t");
        for (n = strlen(word); n > 0 && strchr(" \t", word[n - 1]); n--)
            word[n - 1] = '\0';
        if (*word)
            names_add(names, word);
    }
    free(copy);
}

static int by_name(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    int order = strcmp(x, y);

    /* Equal names in the order of the list. */
    return order ? order : (x > y) - (x < y);
}

void names_index_init(struct names_index *x, const struct names *names)
{
    size_t n = (size_t)names->n;

    x->names = names;
    x->sorted = memory_take(n, sizeof *x->sorted, "sorted names");
    for (size_t i = 0; i < n; i++)
        x->sorted[i] = names->at[i];
    qsort(x->sorted, n, sizeof *x->sorted, by_name);
}

void names_index_free(struct names_index *x)
{
    free(x->sorted);
}

static int place_of(const struct names_index *x, const char *name)
{
    return (int)((name - x->names->at[0]) / SKILL_NAME_BYTES);
}

int names_index_find(const struct names_index *x, const char *name)
{
    int from = 0, to = x->names->n;

    while (from < to) {
        int middle = (from + to) / 2;
        int order = strcmp(x->sorted[middle], name);

        if (order == 0)
            return place_of(x, x->sorted[middle]);
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return -1;
}

int names_index_repeated(const struct names_index *x)
{
    for (int i = 1; i < x->names->n; i++)
        if (strcmp(x->sorted[i - 1], x->sorted[i]) == 0)
            return place_of(x, x->sorted[i]);
    return -1;
}

static struct problem check_known(const struct names *names, const char *place,
                                  const struct names *known)
{
    struct names_index index;
    int i = 0;
    char all[512];

    names_index_init(&index, known);
    while (i < names->n && names_index_find(&index, names->at[i]) >= 0)
        i++;
    names_index_free(&index);
    if (i == names->n)
        return NO_PROBLEM;
    list_known(known, all, sizeof all);
    return problem("%s: there is no skill \"%s\"; there are %s", place,
                   names->at[i], all);
}

static struct problem check_once(const struct names *names, const char *place)
{
    struct names_index index;
    int i;

    names_index_init(&index, names);
    i = names_index_repeated(&index);
    names_index_free(&index);
    if (i >= 0)
        return problem("%s: skill \"%s\" is given twice", place, names->at[i]);
    return NO_PROBLEM;
}

struct problem names_choose(struct names *names, const char *text,
                            const char *place, const struct names *known)
{
    struct problem wrong;

    *names = (struct names){0};
    names_split(names, text);
    if (*text && !names->n)
        return problem("%s: \"%s\" is not the name of a skill", place, text);
    wrong = check_known(names, place, known);
    if (!is_problem(&wrong))
        wrong = check_once(names, place);
    for (int i = 0; !*text && i < known->n; i++)
        names_add(names, known->at[i]);
    return wrong;
}
