/* Trainers of teams of ranks, side by side: each has the losses that it has on
 * ranks of its own, and what is wrong with one is a value, known to its ranks
 * alone, while the others train.    ranks: 2 4 */
#include <math.h>
#include <string.h>

#include "tests/lib/trainers.h"
#include "tests/lib/tap.h"

static const char *const base[] = {
    "model.layers=1",       "model.hidden=16",         "model.heads=2",
    "model.vocabulary=40",  "model.context=8",         "train.steps=6",
    "train.global_batch=4", "train.sequence_length=8", "train.warmup_steps=0",
    "skills.train=a,b,c",   "evaluate.windows=4",      NULL};
static const char *const online[] = {"mixture.policy=skill-it",
                                     "mixture.rounds=3", "train.seed=2", NULL};
static const char *const plain[] = {"mixture.policy=random", "train.seed=3",
                                    NULL};

enum { STEPS = 6 };

/* All that trainer_next asks for. */
static struct problem train_all(struct trainer *t, double *losses)
{
    struct problem wrong = NO_PROBLEM;

    while (!is_problem(&wrong)) {
        switch (trainer_next(t)) {
        case TRAINER_ROUND:
            trainer_round(t);
            break;
        case TRAINER_EVALUATION:
            wrong = trainer_evaluate(t);
            break;
        case TRAINER_STEP:
            *losses++ = trainer_step(t).loss;
            break;
        case TRAINER_DONE:
            return wrong;
        }
    }
    return wrong;
}

/* The losses of all steps, then those of the last evaluation. */
static struct problem train(struct group *g, const char *const *more,
                            double losses[STEPS + 3])
{
    struct settings s;
    struct trainer t;
    struct problem wrong;

    settings_init(&s);
    trainers_set(&s, base);
    trainers_set(&s, more);
    wrong = trainer_open(&t, &s, g);
    if (!is_problem(&wrong)) {
        trainer_build(&t);
        model_randomise(&t.model, s.train.seed);
        trainer_begin(&t);
        wrong = train_all(&t, losses);
        memcpy(losses + STEPS, t.losses, 3 * sizeof *losses);
        trainer_close(&t);
    }
    settings_free(&s);
    return wrong;
}

static double worst(const double *a, const double *b)
{
    double e = 0;

    for (int i = 0; i < STEPS + 3; i++)
        e = worse(e, fabs(a[i] - b[i]) / fabs(b[i]));
    return e;
}

/* Each rank alone has trained both, so it knows what either team must get. */
static void check_side_by_side(struct group *team, int number)
{
    struct group *alone =
        group_split(group_world(), group_rank(group_world()));
    double here[STEPS + 3], there[STEPS + 3], e;
    const char *const *more = number ? plain : online;
    struct problem wrong = train(alone, more, there);

    ok(!is_problem(&wrong), "alone: %s", wrong.text);
    wrong = train(team, more, here);
    e = is_problem(&wrong) ? INFINITY : worst(here, there);
    group_sum(group_world(), &e, 1);
    ok(e < 1e-12, "two trainers side by side, off by %.1e", e);
    group_free(alone);
}

/* The second team is asked for what cannot be: its problem is its own. */
static void check_failure(struct group *team, int number, const char *setting,
                          const char *says)
{
    const char *const more[] = {number ? setting : "train.seed=4", NULL};
    double losses[STEPS + 3];
    struct problem wrong = train(team, more, losses);
    bool is_right = number ? strstr(wrong.text, says) != NULL
                           : !is_problem(&wrong) && losses[STEPS - 1] > 0;

    ok(!group_any(group_world(), !is_right), "one team fails by %s: %s",
       setting, says);
}

int main(int argc, char **argv)
{
    int number;
    struct group *team;

    world_start(&argc, &argv);
    number = group_rank(group_world()) * 2 >= group_size(group_world());
    team = group_split(group_world(), number);
    check_side_by_side(team, number);
    check_failure(team, number, "data.directory=/nowhere", "/nowhere");
    check_failure(team, number, "parallel.tensor=3", "does not divide");
    check_failure(team, number, "train.rewarm_at=5,4", "train.rewarm_at");
    check_failure(team, number, "model.rotary_fraction=0.4", "rotary");
    check_failure(team, number, "mixture.policy=static", "mixture");
    check_failure(team, number, "train.learning_rate=1e300", "not finite");
    group_free(team);
    tap_done();
    world_stop();
    return 0;
}
