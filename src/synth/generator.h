#ifndef SRC_SYNTH_GENERATOR_H
#define SRC_SYNTH_GENERATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "src/settings.h"
#include "src/skills/names.h"
#include "src/synth/sentence.h"

/* One row a generator of skills; its name is also that of its vocabulary
 * (io/text/symbols.h).  All sentences of a run have the same number of
 * tokens. */
struct generator {
    const char *name;
    void (*skills)(const struct settings *s, struct names *names); /* adds */
    void (*sentence)(const struct settings *s, int skill, uint64_t candidate,
                     struct sentence *out);
    double (*sentences)(const struct settings *s);
    bool may_repeat;    /* a sentence in a split */
    const char *remedy; /* where too many different ones are asked for */
};

/* NULL where there is none of the name. */
const struct generator *generator_find(const char *name);

#endif
