#include "src/skills/random.h"

#include "src/skills/weights.h"

static struct problem start(struct policy *p, const int64_t *windows)
{
    const struct settings *s = p->settings;
    double all = 0;

    if (*s->mixture.weights)
        return weights_read(p->p, s->mixture.weights,
                            settings_place(s, "mixture.weights"), &p->skills);
    if (!windows)
        return problem("mixture.policy=random needs mixture.weights in a "
                       "replay, which has no data to count");
    for (int i = 0; i < p->skills.n; i++)
        all += (double)windows[p->fixed.place[i]];
    for (int i = 0; i < p->skills.n; i++)
        p->p[i] = (double)windows[p->fixed.place[i]] / all;
    return NO_PROBLEM;
}

const struct policy_kind random_kind = {
    .name = "random",
    .help = "shares by the sizes of the skills, or as given",
    .start = start,
};
