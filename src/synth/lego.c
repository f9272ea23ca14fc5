#include "src/synth/lego.h"

#include <stdio.h>
#include <string.h>

#include "src/synth/draws.h"

enum { LETTERS = 26 };

struct lego {
    enum settings_synth_graph graph;
    int letter[LETTERS], value[LETTERS]; /* of each variable */
};

void lego_skills(const struct settings *s, struct names *names)
{
    char name[SKILL_NAME_BYTES];

    for (int i = 1; i <= s->synth.variables; i++) {
        snprintf(name, sizeof name, "lego-%d", i);
        names_add(names, name);
    }
}

static void add_clause(const struct lego *l, int i, struct sentence *out)
{
    int parent = l->graph == SYNTH_TREE ? (i - 1) / 2 : i - 1;

    if (i == 0)
        sentence_add(out, "%c = val %d , ", 'a' + l->letter[0], l->value[0]);
    else
        sentence_add(out, " %c = %s %c , ", 'a' + l->letter[i],
                     l->value[i] == l->value[parent] ? "val" : "not",
                     'a' + l->letter[parent]);
}

void lego_sentence(const struct settings *s, int skill, uint64_t candidate,
                   struct sentence *out)
{
    struct draws d = draws_begin(s->synth.seed, "lego", skill, candidate);
    int k = (int)s->synth.variables, order[LETTERS];
    struct lego l = {.graph = s->synth.graph};

    draws_choose(&d, k, LETTERS, l.letter);
    for (int i = 0; i < k; i++)
        l.value[i] = draws_next(&d, 2);
    draws_choose(&d, k, k, order);

    out->bytes = 0;
    sentence_add(out, "Input: ");
    for (int i = 0; i < k; i++)
        add_clause(&l, order[i], out);
    out->bytes -= strlen(" , ");
    sentence_add(out, ". Output: %c = val", 'a' + l.letter[skill]);
    out->answer = out->bytes;
    sentence_add(out, " %d, ", l.value[skill]);
}

double lego_sentences(const struct settings *s)
{
    double n = 1;

    for (long i = 0; i < s->synth.variables; i++) {
        n *= (double)(LETTERS - i) * 2 * (double)(i + 1);
        if (s->synth.graph == SYNTH_TREE && 2 * i + 2 < s->synth.variables)
            n /= 2;
    }
    return n;
}
