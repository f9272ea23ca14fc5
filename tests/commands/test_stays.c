/* The settings that a run which resumes may not change are these.
 * ranks: 1 */
#include <string.h>

#include "mpi/world.h"
#include "src/settings_row.h"
#include "tests/lib/tap.h"

/* What a run that resumes may not change, in the order of the table.  A path
 * may: what is there is compared instead. */
static void check_stays(void)
{
    static const char *const stays[] = {
        "model.architecture",
        "model.layers",
        "model.hidden",
        "model.heads",
        "model.intermediate",
        "model.vocabulary",
        "model.context",
        "model.rotary_fraction",
        "model.rotary_base",
        "model.parallel_residual",
        "model.tied",
        "model.activation",
        "data.mask",
        "skills.train",
        "skills.evaluate",
        "mixture.policy",
        "mixture.weights",
        "mixture.eta",
        "mixture.eta_schedule",
        "mixture.window",
        "mixture.window_unit",
        "mixture.window_reduce",
        "mixture.initial",
        "mixture.prior",
        "mixture.initial_loss",
        "mixture.relative_loss",
        "mixture.edge_decay",
        "mixture.lone_skills",
        "mixture.floor",
        "mixture.epoch_cap",
        "mixture.counts",
        "mixture.fixed",
        "graph.negative",
        "train.global_batch",
        "train.sequence_length",
        "train.seed",
        "train.loss",
        "train.loss_denominator",
        "evaluate.loss",
    };
    size_t n = 0, wrong = 0;

    for (int row = 0; row < settings_table_rows; row++)
        if (settings_table[row].stays) {
            wrong += n >= sizeof stays / sizeof *stays ||
                     strcmp(settings_table[row].key, stays[n]) != 0;
            n++;
        }
    ok(n == sizeof stays / sizeof *stays && wrong == 0,
       "%zu settings stay when a run resumes", n);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    check_stays();
    tap_done();
    world_stop();
    return 0;
}
