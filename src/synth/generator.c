#include "src/synth/generator.h"

#include <stddef.h>
#include <string.h>

#include "src/synth/addition.h"
#include "src/synth/lego.h"

static const struct generator table[] = {
    {"lego", lego_skills, lego_sentence, lego_sentences, false,
     "lower synth.train, or raise synth.variables"},
    {"addition", addition_skills, addition_sentence, addition_sentences, true,
     "lower synth.validation and synth.test"},
};

const struct generator *generator_find(const char *name)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}
