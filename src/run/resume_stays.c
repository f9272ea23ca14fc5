#include "src/run/resume_stays.h"

#include <stdlib.h>

#include "src/log.h"

struct problem resume_stays_check(const struct settings *before,
                                  const struct settings *now,
                                  const char *where)
{
    struct problem wrong = NO_PROBLEM;
    struct settings_change change;

    for (int row = 0; settings_next_change(before, now, &row, &change);) {
        if (change.stays && !is_problem(&wrong))
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
