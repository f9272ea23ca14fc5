/* The order of the data: every window once an epoch, counts kept by round.
 * ranks: 1 */
#include <stdlib.h>
#include <string.h>

#include "src/trainer/sampler.h"
#include "tests/lib/tap.h"

enum { SKILLS = 3, ROUNDS = 7 };

static const int64_t windows[SKILLS] = {5, 17, 1};
static const int64_t counts[ROUNDS][SKILLS] = {
    {4, 10, 0}, {3, 24, 2}, {0, 0, 1}, {13, 1, 0},
    {1, 33, 3}, {9, 0, 0},  {5, 17, 4}};

static void check_epochs(void)
{
    struct sampler s;
    int64_t seen[SKILLS][17] = {0}, drawn[SKILLS] = {0};
    bool kept = true, fair = true, in_range = true;
    struct names names = {0};

    names_split(&names, "a, b,c");
    sampler_init(&s, &names, windows, 42);
    for (int round = 0; round < ROUNDS; round++) {
        int64_t got[SKILLS] = {0};

        sampler_advance(&s, counts[round]);
        for (int64_t j = 0; j < s.samples; j++) {
            struct sampler_draw d = sampler_draw(&s, j);

            in_range &= d.window >= 0 && d.window < windows[d.skill];
            got[d.skill]++;
            seen[d.skill][d.window]++;
        }
        kept &= memcmp(got, counts[round], sizeof got) == 0;
        /* After n draws every window came floor(n/w) or ceiling(n/w) times. */
        for (int k = 0; k < SKILLS; k++) {
            drawn[k] += got[k];
            for (int64_t w = 0; w < windows[k]; w++) {
                int64_t times = seen[k][w];

                fair &= times == drawn[k] / windows[k] ||
                        times == (drawn[k] + windows[k] - 1) / windows[k];
            }
        }
    }
    ok(in_range, "windows are in range");
    ok(kept, "each round draws its counts");
    ok(fair, "no window comes again before all of its skill came");
    sampler_free(&s);
    names_free(&names);
}

static bool same_order(uint64_t seed_a, uint64_t seed_b, int round_b)
{
    static const int64_t large[1] = {1000}, count[1] = {200};
    struct sampler a, b;
    struct names names = {0};
    int64_t order[200];
    bool same = true;

    names_add(&names, "x");
    sampler_init(&a, &names, large, seed_a);
    sampler_init(&b, &names, large, seed_b);
    sampler_advance(&a, count);
    for (int i = 0; i <= round_b; i++)
        sampler_advance(&b, count);
    /* Backwards in one: a draw does not depend on those before. */
    for (int64_t j = 199; j >= 0; j--)
        order[j] = sampler_draw(&a, j).window;
    for (int64_t j = 0; j < 200; j++)
        same &= sampler_draw(&b, j).window == order[j];
    sampler_free(&a);
    sampler_free(&b);
    names_free(&names);
    return same;
}

/* Skills of a round are mixed, not one after another: with two skills of equal
 * count, a neighbour is of the other skill about half the time (n = 2000, five
 * deviations of 22). */
static void check_mixed(void)
{
    static const int64_t many[2] = {5000, 5000}, half[2] = {1000, 1000};
    struct names names = {0};
    struct sampler s;
    int changes = 0;

    names_split(&names, "x,y");
    sampler_init(&s, &names, many, 1);
    sampler_advance(&s, half);
    for (int64_t j = 1; j < s.samples; j++)
        changes += sampler_draw(&s, j).skill != sampler_draw(&s, j - 1).skill;
    ok(changes > 888 && changes < 1112, "skills are mixed: %d changes of 1999",
       changes);
    sampler_free(&s);
    names_free(&names);
}

/* A skill's windows do not depend on its place among the skills. */
static bool same_by_name(const char *list, int place)
{
    static const int64_t many[2] = {1000, 1000};
    struct names alone = {0}, both = {0};
    struct sampler a, b;
    int64_t count[2] = {0};
    bool same = true;

    names_split(&alone, "y");
    names_split(&both, list);
    count[place] = 50;
    sampler_init(&a, &alone, many, 9);
    sampler_init(&b, &both, many, 9);
    sampler_advance(&a, (int64_t[1]){50});
    sampler_advance(&b, count);
    for (int64_t j = 0; j < 50; j++)
        same &= sampler_draw(&a, j).window == sampler_draw(&b, j).window;
    sampler_free(&a);
    sampler_free(&b);
    names_free(&alone);
    names_free(&both);
    return same;
}

/* Ten thousand skills, most of them without samples in a round. */
static void check_many(void)
{
    enum { K = 10000 };
    struct names names = {0};
    int64_t *many = calloc(K, sizeof *many), *count = calloc(K, sizeof *count);
    int64_t *got = calloc(K, sizeof *got);
    struct sampler s;

    for (int i = 0; i < K; i++) {
        char name[16];

        snprintf(name, sizeof name, "s%d", i);
        names_add(&names, name);
        many[i] = 1 + i % 7;
        count[i] = i % 10 == 3 ? i % 4 : 0;
    }
    sampler_init(&s, &names, many, 5);
    sampler_advance(&s, count);
    for (int64_t j = 0; j < s.samples; j++)
        got[sampler_draw(&s, j).skill]++;
    ok(memcmp(got, count, K * sizeof *got) == 0,
       "each of 10,000 skills has its count of %ld samples", (long)s.samples);
    sampler_free(&s);
    names_free(&names);
    free(many), free(count), free(got);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    check_epochs();
    ok(same_order(3, 3, 0), "the same seed gives the same order");
    ok(!same_order(3, 4, 0), "another seed gives another");
    ok(!same_order(3, 3, 1), "another round gives another");
    ok(same_by_name("x,y", 1) && same_by_name("y,x", 0),
       "a skill has its windows by its name");
    ok(!same_by_name("x,y", 0), "another skill has others");
    check_mixed();
    check_many();
    tap_done();
    world_stop();
    return 0;
}
