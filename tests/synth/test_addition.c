/* Sums are right, uniform and as published, and no question of one split of a
 * skill is in another.    ranks: 1 2 4 */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/chance.h"
#include "tests/lib/synth_set.h"
#include "tests/lib/tap.h"
#include "tests/lib/words.h"

enum { NUMBERS = 999 };

static bool take_number(const char **at, int *x)
{
    *x = 0;
    for (int i = 0; i < 3; i++) {
        int digit;

        if (!words_take(at, " ") || !words_take_one(at, '0', 10, &digit))
            return false;
        *x = 10 * *x + digit;
    }
    return true;
}

/* How often there are the two numbers, and pairs of their last digits. */
struct tally {
    long number[2][1000], digits[100];
};

static bool is_right(const struct text *t, int skill, void *context)
{
    struct tally *tally = context;
    const char *at = t->at;
    int a, b, digit, result, sum;

    if (!words_take(&at, "Input: A =") || !take_number(&at, &a) ||
        !words_take(&at, " +") || !take_number(&at, &b) ||
        !words_take(&at, " , A ") || !words_take_one(&at, '0', 3, &digit) ||
        !words_take(&at, " = ? Output:") || at != t->answer ||
        !words_take(&at, " ") || !words_take_one(&at, '0', 10, &result))
        return false;
    tally->number[0][a]++;
    tally->number[1][b]++;
    tally->digits[a % 10 * 10 + b % 10]++;
    sum = a + b;
    for (int i = 0; i < digit; i++)
        sum /= 10;
    return at == t->after && *at == '\0' && digit == skill &&
           result == sum % 10;
}

static void test_addition(void)
{
    static struct tally tally;
    struct names skills = {0};
    struct found found;

    names_split(&skills, "addition-ones,addition-tens,addition-hundreds");
    synth_set_make("addition", "synth.train=20000", "synth.validation=20000",
                   "synth.test=1000", "synth.seed=4", NULL);
    found = synth_set_read("addition", &skills, 19, 18, is_right, &tally);
    ok(found.samples == 123000, "%ld samples", found.samples);
    ok(found.wrong == 0, "%ld of them are no sum", found.wrong);
    ok(found.is_alike, "each has 19 tokens and its answer at place 18");
    ok(found.across == 0, "%ld stand in two splits", found.across);
    /* 20000^2 / 2 / 999^2 = 200 in training and validation of each skill; a
     * deviation is 35 for the six of them. */
    ok(labs(found.within - 1200) < 210,
       "%ld stand twice in one: about 1200 are expected", found.within);
    chance_uniform(tally.number[0], 1000, NUMBERS, "first numbers");
    chance_uniform(tally.number[1], 1000, NUMBERS, "second numbers");
    chance_uniform(tally.digits, 100, 100, "pairs of last digits");
    ok(tally.number[0][0] && tally.number[0][998] && !tally.number[0][999] &&
           !tally.number[1][999],
       "numbers are 0 to 998");
    names_free(&skills);
    synth_set_remove();
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    place_begin();
    test_addition();
    place_end();
    tap_done();
    world_stop();
    return 0;
}
