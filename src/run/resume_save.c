#include <stdio.h>
#include <stdlib.h>

#include "kernels/base/check.h"
#include "src/run/resume.h"
#include "src/run/run_state.h"

static char *settings_text(const struct settings *s, size_t *bytes)
{
    char *text = NULL;
    FILE *to = open_memstream(&text, bytes);

    CHECK(to, "no memory for the settings");
    settings_write(s, to);
    CHECK(fclose(to) == 0, "no memory for the settings");
    return text;
}

/* What rank 0 saves beside the model, and what of it lives only so long. */
struct beside {
    struct arrays arrays;
    struct run_state state;
    char environment[RUN_STATE_ENVIRONMENT], *settings;
    uint64_t *fingerprint;
};

static struct problem list_beside(struct run *run, struct beside *b)
{
    struct problem wrong = NO_PROBLEM;
    size_t bytes;

    *b = (struct beside){.state.tokens = run->report.tokens};
    if (group_rank(run->grid.all) == 0) {
        report_sync(&run->report);
        b->state.metrics_bytes = metrics_bytes(&run->report.metrics);
        run_state_list(run, &b->state, &b->arrays);
        wrong = run_state_given(run, &b->arrays, &b->fingerprint);
        b->settings = settings_text(run->settings, &bytes);
        run_state_environment(run, b->environment);
        arrays_add(&b->arrays, "settings", H5_TEXT, 1, bytes + 1, b->settings);
        arrays_add(&b->arrays, "environment", H5_TEXT, 1,
                   RUN_STATE_ENVIRONMENT, b->environment);
    }
    return group_agree(run->grid.all, wrong);
}

static void free_beside(struct beside *b)
{
    arrays_free(&b->arrays);
    free(b->settings);
    free(b->fingerprint);
}

struct problem resume_save(struct run *run)
{
    struct beside beside;
    struct save save = {&run->model.parameters, &run->grid, &beside.arrays};
    struct problem wrong = list_beside(run, &beside);

    if (!is_problem(&wrong))
        wrong = save_write(&save, run->settings->output.directory,
                           run->at.done, (int64_t)run->report.tokens);
    free_beside(&beside);
    return wrong;
}

struct problem resume_save_background(struct run *run,
                                      struct save_background *b)
{
    struct beside beside;
    struct save save = {&run->model.parameters, &run->grid, &beside.arrays};
    struct problem wrong = list_beside(run, &beside);

    if (!is_problem(&wrong))
        wrong =
            save_background_start(b, &save, run->settings->output.directory,
                                  run->at.done, (int64_t)run->report.tokens);
    free_beside(&beside);
    return wrong;
}
