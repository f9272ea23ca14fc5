#include "src/skills/static.h"

#include "src/skills/skill_it.h"
#include "src/skills/weights.h"

static struct problem start(struct policy *p, const int64_t *windows)
{
    const struct settings *s = p->settings;
    struct problem wrong;

    if (*s->mixture.weights)
        return weights_read(p->p, s->mixture.weights,
                            settings_place(s, "mixture.weights"), &p->skills);
    if (!*s->mixture.graph)
        return problem("mixture.policy=static needs mixture.weights or "
                       "mixture.graph");
    wrong = skill_it_start(p, windows);
    if (!is_problem(&wrong))
        skill_it_mix(p);
    return wrong;
}

const struct policy_kind static_kind = {
    .name = "static",
    .help = "one mixture for the whole run, given or of the graph",
    .start = start,
    .bytes = sizeof(struct skill_it),
    .free = skill_it_free,
};
