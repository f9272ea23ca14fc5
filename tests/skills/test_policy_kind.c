/* A policy is one file and one row: one that is not ours, with a state of its
 * own, is asked, shown losses, saved and restored at any step like ours.
 *    ranks: 1 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mpi/world.h"
#include "src/skills/policy.h"
#include "tests/lib/policy_case.h"
#include "tests/lib/tap.h"

enum { ROUNDS = 9, SKILLS = 3 };

/* Its turn moves on by how much the losses fell in all. */
struct turns {
    double last;
    int64_t turn, seen;
    double *room; /* taken at the start */
};

static int started, freed;

static struct problem start(struct policy *p, const int64_t *windows)
{
    struct turns *t = p->own;

    (void)windows;
    t->room = calloc(SKILLS, sizeof *t->room);
    started++;
    return NO_PROBLEM;
}

static void observe(struct policy *p, const double *losses)
{
    struct turns *t = p->own;
    double sum = 0;

    for (int i = 0; i < SKILLS; i++)
        sum += losses[i];
    t->turn += sum < t->last ? 1 : 2;
    t->last = sum;
    t->seen++;
}

static void mix(struct policy *p)
{
    struct turns *t = p->own;

    for (int i = 0; i < SKILLS; i++)
        t->room[i] = i == t->turn % SKILLS ? 1 + (double)t->seen : 1;
    for (int i = 0; i < SKILLS; i++)
        p->p[i] = t->room[i] / (SKILLS + (double)t->seen);
}

static void state(struct policy *p, struct arrays *a)
{
    struct turns *t = p->own;

    arrays_add(a, "mixture/policy/last", H5_F64, 1, 1, &t->last);
    arrays_add(a, "mixture/policy/turn", H5_I64, 1, 1, &t->turn);
    arrays_add(a, "mixture/policy/seen", H5_I64, 1, 1, &t->seen);
}

static void release(struct policy *p)
{
    free(((struct turns *)p->own)->room);
    freed++;
}

static const struct policy_kind turns = {
    .name = "turns",
    .bytes = sizeof(struct turns),
    .start = start,
    .mix = mix,
    .observe = observe,
    .state = state,
    .free = release,
};

static void open_one(struct policy *p, const struct settings *s)
{
    struct names names = policy_case_names("a,b,c");
    struct problem wrong =
        policy_init_kind(p, &turns, s, &names, &names, NULL);

    if (is_problem(&wrong))
        printf("# %s\n", wrong.text);
    names_free(&names);
}

/* Rounds [first, end) of one step each. */
static void run(struct policy *p, int first, int end, double (*shares)[SKILLS])
{
    for (int r = first; r < end; r++) {
        const double losses[SKILLS] = {3, 2 + (r * 7) % 5, 1};

        policy_observe(p, r, losses);
        memcpy(shares[r], policy_next(p).p, sizeof *shares);
    }
}

int main(int argc, char **argv)
{
    double whole[ROUNDS][SKILLS], parts[ROUNDS][SKILLS];
    struct settings s;
    struct policy p;
    int same = 0, distinct = 0;

    world_start(&argc, &argv);
    settings_init(&s);
    s.mixture.rounds = s.train.steps = ROUNDS;
    open_one(&p, &s);
    run(&p, 0, ROUNDS, whole);
    policy_free(&p);
    for (int stop = 0; stop <= ROUNDS; stop++) {
        struct policy before, after;

        open_one(&before, &s);
        open_one(&after, &s);
        run(&before, 0, stop, parts);
        policy_case_carry_over(&after, &before);
        run(&after, stop, ROUNDS, parts);
        same += memcmp(whole, parts, sizeof whole) == 0;
        policy_free(&before);
        policy_free(&after);
    }
    for (int r = 1; r < ROUNDS; r++)
        distinct += memcmp(whole[r], whole[r - 1], sizeof *whole) != 0;
    ok(same == ROUNDS + 1, "of %d stops %d change nothing", ROUNDS + 1, same);
    ok(distinct == ROUNDS - 1, "its mixtures follow what it was shown");
    ok(started == 2 * ROUNDS + 3 && freed == started,
       "started %d times, freed %d times", started, freed);
    settings_free(&s);
    tap_done();
    world_stop();
    return 0;
}
