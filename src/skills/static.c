#include "src/skills/static.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/check.h"
#include "src/skills/skill_it.h"

/* One "NAME:WEIGHT", or "WEIGHT" for skill number `place`. */
static struct problem read_weight(double *weights, char *word, int place,
                                  const char *where, const struct names *train)
{
    char *colon = strrchr(word, ':'), *end;
    const char *number = colon ? colon + 1 : word;
    double weight = strtod(number, &end);

    end += strspn(end, " \t");
    if (end == number || *end || !isfinite(weight) || weight < 0)
        return problem("%s: \"%s\" is no weight; give NAME:WEIGHT with a "
                       "number of at least 0",
                       where, word);
    if (colon) {
        *colon = '\0';
        word += strspn(word, " \t");
        place = names_find(train, word);
        if (place < 0)
            return problem("%s: there is no training skill \"%s\"", where,
                           word);
    }
    if (place >= train->n || weights[place] >= 0)
        return problem("%s: more weights than the %d training skills, or one "
                       "of them twice",
                       where, train->n);
    weights[place] = weight;
    return NO_PROBLEM;
}

static struct problem check_sum(const double *weights, const char *where,
                                const struct names *train)
{
    double sum = 0;

    for (int i = 0; i < train->n; i++) {
        if (weights[i] < 0)
            return problem("%s: skill \"%s\" has no weight; give one for every "
                           "training skill (0 leaves it out)",
                           where, train->at[i]);
        sum += weights[i];
    }
    if (!(sum > 0) || !isfinite(sum))
        return problem("%s: the weights sum to %g; give at least one above 0",
                       where, sum);
    return NO_PROBLEM;
}

static struct problem read_weights(struct policy *p, const struct settings *s,
                                   const struct names *train)
{
    const char *where = settings_place(s, "mixture.weights");
    char *list = strdup(s->mixture.weights), *rest = list, *word;
    struct problem wrong = NO_PROBLEM;

    CHECK(list, "no memory for the weights of a mixture");
    for (int i = 0; i < p->k; i++)
        p->p[i] = -1;
    for (int i = 0; !is_problem(&wrong) && (word = strsep(&rest, ",")); i++)
        wrong = read_weight(p->p, word, i, where, train);
    if (!is_problem(&wrong))
        wrong = check_sum(p->p, where, train);
    free(list);
    return wrong;
}

struct problem static_start(struct policy *p, const struct settings *s,
                            const struct names *train)
{
    struct problem wrong;
    double sum = 0;

    if (!*s->mixture.weights && !p->graph.at)
        return problem("mixture.policy=static needs mixture.weights or "
                       "mixture.graph");
    if (!*s->mixture.weights) {
        skill_it_mix(p);
        return NO_PROBLEM;
    }
    wrong = read_weights(p, s, train);
    for (int i = 0; i < p->k; i++)
        sum += p->p[i];
    for (int i = 0; i < p->k; i++)
        p->p[i] /= sum;
    return wrong;
}

/* It was set at the start. */
void static_mix(struct policy *p)
{
    (void)p;
}
