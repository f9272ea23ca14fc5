/* LEGO says what its skills ask, by a reader of the texts that knows nothing
 * of how they are made; samples are uniform, and none is in two splits of a
 * skill.  ranks: 1 2 4 */
#include <string.h>

#include "io/shards/split.h"
#include "src/synth/lego.h"
#include "tests/lib/chance.h"
#include "tests/lib/synth_set.h"
#include "tests/lib/tap.h"
#include "tests/lib/words.h"

enum { LETTERS = 26 };

/* What a sentence of LEGO says; clauses in the order of the text. */
struct puzzle {
    int k;
    int letter[LETTERS], parent[LETTERS]; /* of each clause; -1: none */
    int given[LETTERS];                   /* the value, or 1 for "not" */
    int asked, answer;
};

static bool take_clause(const char **at, struct puzzle *z)
{
    int i = z->k++;

    if (z->k > LETTERS)
        return false;
    z->parent[i] = -1;
    if (!words_take(at, " "))
        return words_take_one(at, 'a', LETTERS, &z->letter[i]) &&
               words_take(at, " = val ") &&
               words_take_one(at, '0', 2, &z->given[i]);
    if (!words_take_one(at, 'a', LETTERS, &z->letter[i]) ||
        !words_take(at, " = "))
        return false;
    z->given[i] = words_take(at, "not ");
    return (z->given[i] || words_take(at, "val ")) &&
           words_take_one(at, 'a', LETTERS, &z->parent[i]);
}

static bool parse(const struct text *t, struct puzzle *z)
{
    const char *at = t->at;

    z->k = 0;
    if (!words_take(&at, "Input: ") || !take_clause(&at, z))
        return false;
    while (words_take(&at, " , "))
        if (!take_clause(&at, z))
            return false;
    if (!words_take(&at, ". Output: ") ||
        !words_take_one(&at, 'a', LETTERS, &z->asked) ||
        !words_take(&at, " = val") || at != t->answer ||
        !words_take(&at, " ") || !words_take_one(&at, '0', 2, &z->answer) ||
        at != t->after)
        return false;
    return words_take(&at, ", ") && *at == '\0';
}

/* Whether the clauses below that of `letter` form the graph below variable
 * `place`, and the asked one is the variable `skill`. */
static bool fits(const struct puzzle *z, int letter, int place, int skill,
                 bool is_tree)
{
    int first = is_tree ? 2 * place + 1 : place + 1, n = is_tree ? 2 : 1;
    int child[LETTERS], children = 0;

    if ((letter == z->asked) != (place == skill))
        return false;
    for (int i = 0; i < z->k; i++)
        if (z->parent[i] == letter)
            child[children++] = z->letter[i];
    if (n > z->k - first)
        n = z->k > first ? z->k - first : 0;
    if (children != n)
        return false;
    if (n < 2)
        return n == 0 || fits(z, child[0], first, skill, is_tree);
    for (int i = 0; i < 2; i++)
        if (fits(z, child[i], first, skill, is_tree) &&
            fits(z, child[1 - i], first + 1, skill, is_tree))
            return true;
    return false;
}

/* The value of a letter from the clauses, however they are ordered. */
static int value_of(const struct puzzle *z, int letter)
{
    for (int i = 0; i < z->k; i++)
        if (z->letter[i] == letter)
            return z->parent[i] < 0 ? z->given[i]
                                    : z->given[i] ^ value_of(z, z->parent[i]);
    return -1;
}

static bool is_solved(const struct puzzle *z, int k, int skill, bool is_tree)
{
    unsigned seen = 0;
    int root = -1;

    for (int i = 0; i < z->k; i++) {
        seen |= 1u << z->letter[i];
        if (z->parent[i] < 0)
            root = z->letter[i];
    }
    /* k letters below one root are a tree, so value_of ends. */
    return z->k == k && __builtin_popcount(seen) == k && root >= 0 &&
           fits(z, root, 0, skill, is_tree) &&
           value_of(z, z->asked) == z->answer;
}

/* How often letters stand at each place of a chain of five, and in its first
 * two, and how often there are its values and its orders of clauses. */
struct tally {
    long letter[5][LETTERS], pair[LETTERS * LETTERS], value[32], order[120];
};

static void count(const struct puzzle *z, struct tally *t)
{
    int variable[5] = {0}, at = -1, letter[5], values = 0, order = 0;

    for (int v = 0; v < 5; v++)
        for (int i = 0; i < 5; i++)
            if (z->parent[i] == at) {
                variable[i] = v;
                at = letter[v] = z->letter[i];
                break;
            }
    for (int v = 0; v < 5; v++) {
        t->letter[v][letter[v]]++;
        values |= value_of(z, letter[v]) << v;
    }
    for (int i = 0; i < 5; i++) {
        int smaller = 0;

        for (int j = i + 1; j < 5; j++)
            smaller += variable[j] < variable[i];
        order = order * (5 - i) + smaller;
    }
    t->pair[letter[0] * LETTERS + letter[1]]++;
    t->value[values]++;
    t->order[order]++;
}

struct set {
    int variables;
    bool is_tree;
    struct tally *tally; /* or NULL */
};

static bool is_right(const struct text *t, int skill, void *context)
{
    const struct set *set = context;
    struct puzzle z;

    if (!parse(t, &z) || !is_solved(&z, set->variables, skill, set->is_tree))
        return false;
    if (set->tally)
        count(&z, set->tally);
    return true;
}

static void check_set(struct set set, long samples)
{
    long tokens = 6 * set.variables + 9;
    struct names skills = {0};
    struct found found;

    for (int i = 1; i <= set.variables; i++) {
        char name[20];

        snprintf(name, sizeof name, "lego-%d", i);
        names_add(&skills, name);
    }
    found =
        synth_set_read("lego", &skills, tokens, tokens - 3, is_right, &set);
    ok(found.samples == samples * set.variables, "%ld samples of %d skills",
       found.samples, set.variables);
    ok(found.wrong == 0, "%ld of them do not say what their skill asks",
       found.wrong);
    ok(found.is_alike, "each has %ld tokens and its answer at place %ld",
       tokens, tokens - 3);
    ok(found.across == 0, "%ld stand in two splits", found.across);
    ok(found.within == 0, "%ld stand twice in one", found.within);
    names_free(&skills);
    synth_set_remove();
}

static void test_lego(void)
{
    struct tally tally = {0};

    synth_set_make("lego", "synth.train=5000", "synth.seed=3", NULL);
    check_set((struct set){5, false, &tally}, 5200);
    for (int v = 0; v < 5; v++)
        chance_uniform(tally.letter[v], LETTERS, LETTERS, "letters");
    chance_uniform(tally.pair, LETTERS * LETTERS, LETTERS * (LETTERS - 1),
                   "pairs of letters");
    chance_uniform(tally.value, 32, 32, "values");
    chance_uniform(tally.order, 120, 120, "orders of clauses");
    synth_set_make("lego", "synth.variables=6", "synth.graph=tree",
                   "synth.train=200", NULL);
    check_set((struct set){6, true, NULL}, 400);
    /* Half of all the sentences that there are: many candidates come again. */
    synth_set_make("lego", "synth.variables=2", "synth.train=1800",
                   "synth.validation=300", "synth.test=500", NULL);
    check_set((struct set){2, false, NULL}, 2600);
}

static void test_longest(void)
{
    struct settings s;
    struct sentence x;
    struct text t = {x.text, NULL, NULL};

    settings_init(&s);
    s.synth.variables = LETTERS;
    lego_sentence(&s, LETTERS - 1, 0, &x);
    t.answer = x.text + x.answer;
    t.after = t.answer + 2;
    ok(is_right(&t, LETTERS - 1, &(struct set){LETTERS, false, NULL}),
       "26 variables: %s", x.text);
    settings_free(&s);
}

/* The samples at the same place that ask about the same clauses. */
static long count_same(const struct texts *x, const struct texts *y)
{
    long same = 0;

    for (long i = 0; i < x->n && i < y->n; i++) {
        size_t n = strcspn(x->text[i].at, ".");

        same += strncmp(x->text[i].at, y->text[i].at, n) == 0;
    }
    return same;
}

static struct texts validation(const char *seed, const char *train,
                               const char *skill)
{
    struct texts x;

    synth_set_make("lego", seed, train, NULL);
    x = synth_set_texts("lego", skill, SPLIT_VALIDATION);
    synth_set_remove();
    return x;
}

/* What a sample depends on: not on the size of the splits behind its own. */
static void test_seeds(void)
{
    struct texts x[] = {validation("synth.seed=1", "synth.train=1", "lego-1"),
                        validation("synth.seed=1", "synth.train=9", "lego-1"),
                        validation("synth.seed=2", "synth.train=1", "lego-1"),
                        validation("synth.seed=1", "synth.train=1", "lego-2")};

    ok(count_same(&x[0], &x[1]) == 100, "more training, the same validation");
    ok(count_same(&x[0], &x[2]) == 0, "another seed, other samples");
    ok(count_same(&x[0], &x[3]) == 0, "another skill, other samples");
    for (size_t i = 0; i < sizeof x / sizeof *x; i++)
        synth_set_free(&x[i]);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    place_begin();
    test_lego();
    test_longest();
    test_seeds();
    place_end();
    tap_done();
    world_stop();
    return 0;
}
