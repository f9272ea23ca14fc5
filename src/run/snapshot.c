#include "src/run/snapshot.h"

#include <stdio.h>
#include <stdlib.h>

#include "kernels/base/check.h"
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

static struct problem list_beside(struct trainer *t, int64_t metrics_bytes,
                                  struct beside *b)
{
    struct problem wrong = NO_PROBLEM;
    size_t bytes;

    *b = (struct beside){.state.metrics_bytes = metrics_bytes};
    if (group_rank(t->grid.all) == 0) {
        run_state_list(t, &b->state, &b->arrays);
        wrong = run_state_given(t, &b->arrays, &b->fingerprint);
        b->settings = settings_text(t->settings, &bytes);
        run_state_environment(&t->grid, b->environment);
        arrays_add(&b->arrays, "settings", H5_TEXT, 1, bytes + 1, b->settings);
        arrays_add(&b->arrays, "environment", H5_TEXT, 1,
                   RUN_STATE_ENVIRONMENT, b->environment);
    }
    return group_agree(t->grid.all, wrong);
}

static void free_beside(struct beside *b)
{
    arrays_free(&b->arrays);
    free(b->settings);
    free(b->fingerprint);
}

struct problem snapshot_save(struct trainer *t, int64_t metrics_bytes)
{
    struct beside beside;
    struct save save = {&t->model.parameters, &t->grid, &beside.arrays};
    struct problem wrong = list_beside(t, metrics_bytes, &beside);

    if (!is_problem(&wrong))
        wrong = save_write(&save, t->settings->output.directory, t->at.done,
                           (int64_t)t->tokens);
    free_beside(&beside);
    return wrong;
}

struct problem snapshot_start(struct trainer *t, int64_t metrics_bytes,
                              struct save_background *b)
{
    struct beside beside;
    struct save save = {&t->model.parameters, &t->grid, &beside.arrays};
    struct problem wrong = list_beside(t, metrics_bytes, &beside);

    if (!is_problem(&wrong))
        wrong = save_background_start(b, &save, t->settings->output.directory,
                                      t->at.done, (int64_t)t->tokens);
    free_beside(&beside);
    return wrong;
}
