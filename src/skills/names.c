#include "src/skills/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/check.h"

void names_add(struct names *names, const char *name)
{
    names->at = realloc(names->at, (size_t)(names->n + 1) * sizeof *names->at);
    CHECK(names->at, "no memory for %d names", names->n + 1);
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
        if (!strcmp(names->at[i], name))
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
    char *copy = strdup(list), *rest = copy, *word;

    CHECK(copy, "no memory for a list of skills");
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

static struct problem check(const struct names *names, int i, const char *place,
                            const struct names *known)
{
    char all[512];

    list_known(known, all, sizeof all);
    if (names_find(known, names->at[i]) < 0)
        return problem("%s: there is no skill \"%s\"; there are %s", place,
                       names->at[i], all);
    if (names_find(names, names->at[i]) < i)
        return problem("%s: skill \"%s\" stands there twice", place,
                       names->at[i]);
    return NO_PROBLEM;
}

struct problem names_choose(struct names *names, const char *text,
                            const char *place, const struct names *known)
{
    struct problem p = NO_PROBLEM;

    *names = (struct names){0};
    names_split(names, text);
    if (*text && !names->n)
        return problem("%s: \"%s\" names no skill", place, text);
    for (int i = 0; i < names->n && !is_problem(&p); i++)
        p = check(names, i, place, known);
    for (int i = 0; !*text && i < known->n; i++)
        names_add(names, known->at[i]);
    return p;
}
