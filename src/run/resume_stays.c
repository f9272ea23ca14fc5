#include "src/run/resume_stays.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "src/log.h"

/* Keys, or sections that end with a dot.  A path does not count: what stands
 * there is compared. */
static const char *const stays[] = {
    "model.",
    "data.",
    "skills.",
    "mixture.",
    "graph.",
    "train.global_batch",
    "train.sequence_length",
    "train.seed",
    "train.loss",
    "train.loss_denominator",
    "evaluate.loss",
};
static const char *const may_change[] = {
    "model.init",     "data.directory", "mixture.graph",
    "mixture.rounds", "mixture.replay",
};

static bool is_listed(const char *key, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(list[i]);
        bool is_section = list[i][length - 1] == '.';

        if (is_section ? !strncmp(key, list[i], length)
                       : !strcmp(key, list[i]))
            return true;
    }
    return false;
}

static bool must_stay(const char *key)
{
    return is_listed(key, stays, sizeof stays / sizeof *stays) &&
           !is_listed(key, may_change, sizeof may_change / sizeof *may_change);
}

struct problem resume_stays_check(const struct settings *before,
                                  const struct settings *now,
                                  const char *where)
{
    struct problem wrong = NO_PROBLEM;
    struct settings_change change;

    for (int row = 0; settings_next_change(before, now, &row, &change);) {
        if (must_stay(change.key) && !is_problem(&wrong))
            wrong = problem("%s: \"%.200s\" is not the \"%.200s\" of "
                            "%.600s, from which this run would resume; "
                            "give that, or another output.directory",
                            settings_place(now, change.key), change.to,
                            change.from, where);
        free(change.from);
        free(change.to);
    }
    return wrong;
}

void resume_stays_tell(const struct settings *before,
                       const struct settings *now)
{
    struct settings_change change;

    for (int row = 0; settings_next_change(before, now, &row, &change);) {
        log_line("resumes with %s = %s, before: %s", change.key, change.to,
                 change.from);
        free(change.from);
        free(change.to);
    }
}
