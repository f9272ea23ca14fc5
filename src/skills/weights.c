#include "src/skills/weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/memory.h"

enum { BY_NAME_ALONE = -1 };

/* A list as it is read. */
struct list {
    double *weights;
    const char *where;
    const struct names *names;
    struct names_index index;
};

/* One "NAME:NUMBER", or "NUMBER" for skill number `place`. */
static struct problem read_word(const struct list *list, char *word, int place)
{
    char *colon = strrchr(word, ':'), *end;
    const char *number = colon ? colon + 1 : word;
    double weight = strtod(number, &end);

    if (end == number || end[strspn(end, " \t")] || !isfinite(weight) ||
        weight < 0 || (!colon && place == BY_NAME_ALONE))
        return problem("%s: \"%s\" is not a weight; give NAME:NUMBER with "
                       "a number of at least 0",
                       list->where, word);
    if (colon) {
        *colon = '\0';
        word += strspn(word, " \t");
        place = names_index_find(&list->index, word);
        if (place < 0)
            return problem("%s: \"%s\" is not one of the %d training "
                           "skills that get a weight here",
                           list->where, word, list->names->n);
    }
    if (place >= list->names->n || list->weights[place] >= 0)
        return problem("%s: more weights than the %d training skills, or "
                       "one skill given twice",
                       list->where, list->names->n);
    list->weights[place] = weight;
    return NO_PROBLEM;
}

static struct problem read_words(const struct list *list, const char *text,
                                 int place)
{
    char *copy = memory_text(text), *rest = copy, *word;
    struct problem wrong = NO_PROBLEM;
    for (int i = 0; i < list->names->n; i++)
        list->weights[i] = -1;
    while (!is_problem(&wrong) && (word = strsep(&rest, ","))) {
        wrong = read_word(list, word, place);
        place += place != BY_NAME_ALONE;
    }
    free(copy);
    return wrong;
}

static struct problem scale(const struct list *list)
{
    double sum = 0;

    for (int i = 0; i < list->names->n; i++) {
        if (list->weights[i] < 0)
            return problem(
                "%s: skill \"%s\" has no weight; give one for every "
                "training skill (0 leaves it out)",
                list->where, list->names->at[i]);
        sum += list->weights[i];
    }
    if (!(sum > 0) || !isfinite(sum))
        return problem("%s: the weights sum to %g; give at least one above 0",
                       list->where, sum);
    for (int i = 0; i < list->names->n; i++)
        list->weights[i] /= sum;
    return NO_PROBLEM;
}

struct problem weights_read(double *weights, const char *text,
                            const char *where, const struct names *names)
{
    struct list list = {weights, where, names, {0}};
    struct problem wrong;

    names_index_init(&list.index, names);
    wrong = read_words(&list, text, 0);
    names_index_free(&list.index);
    return is_problem(&wrong) ? wrong : scale(&list);
}

struct problem weights_read_some(double *weights, const char *text,
                                 const char *where, const struct names *names)
{
    struct list list = {weights, where, names, {0}};
    struct problem wrong;

    names_index_init(&list.index, names);
    wrong = read_words(&list, text, BY_NAME_ALONE);
    names_index_free(&list.index);
    return wrong;
}
