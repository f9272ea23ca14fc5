/* Every row of the table of settings is honest: it fills its own field, keeps
 * to its range, and survives writing and reading.    ranks: 1 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/rng.h"
#include "src/settings_row.h"
#include "tests/lib/tap.h"

enum { TEXT_SIZE = 256 };

static uint64_t draws;

static uint64_t draw(void)
{
    return rng_bits(77, draws++);
}

static struct problem give(struct settings *s, const char *key,
                           const char *value)
{
    char argument[2 * TEXT_SIZE];

    snprintf(argument, sizeof argument, "%s=%s", key, value);
    return settings_read_argument(s, argument);
}

/* The run file of s, malloc'd. */
static char *write_all(const struct settings *s, size_t *n)
{
    char *text = NULL;
    FILE *f = open_memstream(&text, n);

    settings_write(s, f);
    fclose(f);
    return text;
}

/* A finite double of any size between the bounds, with all of its bits. */
static double random_double(const struct settings_row *row)
{
    double most = isinf(row->max) ? 1e300 : row->max, x;

    do
        x = row->min +
            ldexp((double)(draw() >> 11), -53 - (int)(draw() % 60)) *
                (draw() % 4 ? fmin(most, 1) : most);
    while (x <= row->min || x >= row->max);
    return x;
}

static void random_word(const char *choices, char *text)
{
    long n = 1, skip;

    for (const char *c = choices; *c; c++)
        n += *c == '|';
    for (skip = (long)(draw() % (uint64_t)n); skip > 0; skip--)
        choices += strcspn(choices, "|") + 1;
    snprintf(text, TEXT_SIZE, "%.*s", (int)strcspn(choices, "|"), choices);
}

/* Signs that mean something to the reader of run files, among others. */
static void random_text(char *text)
{
    static const char signs[] = "a=#;[] \t,@.%\\\"'\xc3\xa9|z";
    size_t n = draw() % 40;

    for (size_t i = 0; i < n; i++)
        text[i] = signs[draw() % (sizeof signs - 1)];
    text[n] = '\0';
}

static bool is_whole(const struct settings_row *row)
{
    return row->type == SETTINGS_LONG || row->type == SETTINGS_DURATION;
}

/* A value of the row's range; it may be the default. */
static void random_value(const struct settings_row *row, char *text)
{
    if (is_whole(row))
        snprintf(
            text, TEXT_SIZE, "%ld",
            (long)(row->min +
                   (double)(draw() % (uint64_t)(row->max - row->min + 1))));
    else if (row->type == SETTINGS_DOUBLE)
        snprintf(text, TEXT_SIZE, "%.17g", random_double(row));
    else if (row->type == SETTINGS_BOOL)
        strcpy(text, draw() % 2 ? "yes" : "no");
    else if (row->choices)
        random_word(row->choices, text);
    else
        random_text(text);
}

static bool equal(const struct settings_row *row, const struct settings *a,
                  const struct settings *b)
{
    const void *x = (const char *)a + row->offset;
    const void *y = (const char *)b + row->offset;

    switch (row->type) {
    case SETTINGS_LONG:
    case SETTINGS_DURATION:
        return *(const long *)x == *(const long *)y;
    case SETTINGS_DOUBLE:
        return *(const double *)x == *(const double *)y;
    case SETTINGS_BOOL:
        return *(const bool *)x == *(const bool *)y;
    case SETTINGS_CHOICE:
        return *(const int *)x == *(const int *)y;
    case SETTINGS_TEXT:
        return strcmp(*(char *const *)x, *(char *const *)y) == 0;
    }
    return false;
}

static const char *first_difference(const struct settings *a,
                                    const struct settings *b)
{
    for (int i = 0; i < settings_table_rows; i++)
        if (!equal(&settings_table[i], a, b))
            return settings_table[i].key;
    return NULL;
}

/* Random values everywhere, written and read back by a fresh table. */
static void test_round_trip(void)
{
    const char *lost = NULL;
    struct problem wrong = NO_PROBLEM;

    for (int turn = 0; turn < 200 && !lost && !is_problem(&wrong); turn++) {
        struct settings a, b;
        char value[TEXT_SIZE], *text;
        size_t n;

        settings_init(&a);
        settings_init(&b);
        for (int i = 0; i < settings_table_rows && !is_problem(&wrong); i++) {
            random_value(&settings_table[i], value);
            wrong = give(&a, settings_table[i].key, value);
        }
        text = write_all(&a, &n);
        if (!is_problem(&wrong))
            wrong = settings_read_text(&b, "written", text, n);
        lost = first_difference(&a, &b);
        free(text);
        settings_free(&a);
        settings_free(&b);
    }
    ok(!is_problem(&wrong), "random values are accepted: %s", wrong.text);
    ok(!lost, "random values survive writing and reading: %s",
       lost ? lost : "all");
}

static const char *other_value(const struct settings_row *row, char *text)
{
    do
        random_value(row, text);
    while (strcmp(text, row->initial) == 0 ||
           (row->type == SETTINGS_DOUBLE &&
            strtod(text, NULL) == strtod(row->initial, NULL)));
    return text;
}

static bool has_one_value(const struct settings_row *row)
{
    return row->choices && !strchr(row->choices, '|');
}

/* Bytes of the struct outside the field of row i that are not those of the
 * defaults. */
static long changed_outside(int i, const struct settings *a,
                            const struct settings *b)
{
    static const size_t size[] = {
        [SETTINGS_LONG] = sizeof(long),     [SETTINGS_DOUBLE] = sizeof(double),
        [SETTINGS_BOOL] = sizeof(bool),     [SETTINGS_CHOICE] = sizeof(int),
        [SETTINGS_DURATION] = sizeof(long), [SETTINGS_TEXT] = sizeof(char *)};
    const struct settings_row *row = &settings_table[i];
    const unsigned char *x = (const void *)a, *y = (const void *)b;
    long n = 0;

    for (size_t at = 0; at < sizeof *a; at++)
        if (at < row->offset || at >= row->offset + size[row->type])
            n += x[at] != y[at];
    return n;
}

/* `section.name` of the row's key must be the member it is stored in; a row
 * that shares its field with another would be seen here. */
static void test_own_field(void)
{
    const char *bad = NULL;
    char value[TEXT_SIZE];

    for (int i = 0; i < settings_table_rows && !bad; i++) {
        const struct settings_row *row = &settings_table[i];
        struct settings before, s, unset;
        struct problem wrong;

        settings_init(&unset);
        settings_init(&s);
        memcpy(&before, &s, sizeof s);
        if (!has_one_value(row)) {
            wrong = give(&s, row->key, other_value(row, value));
            if (is_problem(&wrong) || changed_outside(i, &before, &s) != 0 ||
                equal(row, &s, &unset))
                bad = row->key;
        }
        settings_free(&unset);
        settings_free(&s);
    }
    ok(!bad, "setting a key changes its own field alone: %s",
       bad ? bad : "all");
}

/* Distinct values in all rows stay apart, which two rows of one field do not
 * allow. */
static void test_fields_apart(void)
{
    const char *bad = NULL;

    for (int i = 0; i < settings_table_rows; i++)
        for (int j = 0; j < i; j++)
            if (settings_table[i].offset == settings_table[j].offset ||
                strcmp(settings_table[i].key, settings_table[j].key) == 0)
                bad = settings_table[i].key;
    ok(!bad, "no two rows share a key or a field: %s", bad ? bad : "all");
}

static void test_members(void)
{
    struct settings s;
    struct problem wrong;

    settings_init(&s);
    wrong = settings_read_argument(&s, "train.minimum_learning_rate=0.125");
    ok(!is_problem(&wrong) && s.train.minimum_learning_rate == 0.125 &&
           s.train.learning_rate == 3e-4,
       "a key fills the member of its name");
    wrong = settings_read_argument(&s, "train.schedule=cosine");
    ok(!is_problem(&wrong) && s.train.schedule == SCHEDULE_COSINE,
       "a choice is the place of its word");
    wrong = settings_read_argument(&s, "train.precision=double");
    ok(!is_problem(&wrong) && s.train.precision == PRECISION_DOUBLE,
       "precision follows its enum");
    wrong = settings_read_argument(&s, "tokenize.on_error=skip");
    ok(!is_problem(&wrong) && s.tokenize.on_error == ON_ERROR_SKIP,
       "on_error follows its enum");
    wrong = settings_read_argument(&s, "mixture.window_reduce=sum");
    ok(!is_problem(&wrong) && s.mixture.window_reduce == WINDOW_SUM,
       "window_reduce follows its enum");
    settings_free(&s);
}

/* The default of every row is in its range, and written as it would be. */
static void test_defaults(void)
{
    const char *bad = NULL;
    struct settings s;

    settings_init(&s);
    for (int i = 0; i < settings_table_rows; i++) {
        struct problem wrong =
            give(&s, settings_table[i].key, settings_table[i].initial);

        if (is_problem(&wrong))
            bad = settings_table[i].key;
    }
    ok(!bad, "defaults are in range: %s", bad ? bad : "all");
    settings_free(&s);
}

/* Whether `value` is taken; a refusal must name key, value and range, and
 * change nothing. */
static bool takes(const struct settings_row *row, const char *value,
                  bool *fair)
{
    struct settings s, unset;
    struct problem wrong;
    char range[TEXT_SIZE];

    settings_init(&s);
    settings_init(&unset);
    wrong = give(&s, row->key, value);
    if (is_problem(&wrong))
        *fair =
            *fair && !first_difference(&s, &unset) &&
            strstr(wrong.text, row->key) && strstr(wrong.text, value) &&
            strstr(wrong.text, settings_row_range(row, range, sizeof range));
    settings_free(&s);
    settings_free(&unset);
    return !is_problem(&wrong);
}

static void put_number(const struct settings_row *row, double x, char *text)
{
    if (is_whole(row))
        snprintf(text, TEXT_SIZE, "%ld", (long)x);
    else
        snprintf(text, TEXT_SIZE, "%.17g", x);
}

static double next(const struct settings_row *row, double x, double towards)
{
    if (is_whole(row))
        return x + (towards > x ? 1 : -1);
    return nextafter(x, towards);
}

/* The numbers on and next to each bound. */
static bool bounds_hold(const struct settings_row *row, bool *fair)
{
    bool min_is_in = !(row->open & SETTINGS_OPEN_MIN);
    bool max_is_in = !(row->open & SETTINGS_OPEN_MAX);
    char text[TEXT_SIZE];
    bool good;

    put_number(row, row->min, text);
    good = takes(row, text, fair) == min_is_in;
    put_number(row, next(row, row->min, -INFINITY), text);
    good = good && !takes(row, text, fair);
    put_number(row, next(row, row->min, INFINITY), text);
    good = good && takes(row, text, fair);
    if (isinf(row->max))
        return good;
    put_number(row, row->max, text);
    good = good && takes(row, text, fair) == max_is_in;
    put_number(row, next(row, row->max, INFINITY), text);
    return good && !takes(row, text, fair);
}

static void test_ranges(void)
{
    static const char *const never[] = {"1x", "x1",  "inf",   "nan",
                                        "--", "0x8", "1 2",   "1e999",
                                        "",   "yes", "FLOAT", "1,5"};
    const char *bad = NULL, *loose = NULL;
    bool fair = true;

    for (int i = 0; i < settings_table_rows; i++) {
        const struct settings_row *row = &settings_table[i];
        bool is_number = is_whole(row) || row->type == SETTINGS_DOUBLE;

        if (is_number && !bounds_hold(row, &fair))
            bad = row->key;
        for (size_t j = 0; j < sizeof never / sizeof *never; j++) {
            bool fits = (row->type == SETTINGS_TEXT && !row->choices) ||
                        (row->type == SETTINGS_BOOL && j == 9);

            if (takes(row, never[j], &fair) != fits)
                loose = row->key;
        }
    }
    ok(!bad, "numbers end at their bounds: %s", bad ? bad : "all");
    ok(!loose, "no row takes what is no value of its type: %s",
       loose ? loose : "all");
    ok(fair, "a refusal names key, value and range, and changes nothing");
}

/* As schedulers write them. */
static void test_durations(void)
{
    static const struct {
        const char *text;
        long seconds; /* -1: no duration */
    } cases[] = {
        {"90", 90},        {"1:30", 90},        {"90:00", 5400},
        {"1:00:00", 3600}, {"23:59:59", 86399}, {"1-02:03:04", 93784},
        {"0-00:00:01", 1}, {"1:2:3:4", -1},     {"1-2:3", -1},
        {"1-", -1},        {"1-2", -1},         {":30", -1},
        {"30:", -1},       {"1:-2:3", -1},      {"1:2-3:4", -1},
        {"UNLIMITED", 0},  {"1:00:00:", -1},    {"99999999999", -1},
        {"NOT_SET", 0},    {"UNLIMITED1", -1},
    };
    const char *bad = NULL;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char argument[64];
        struct settings s;
        struct problem wrong;

        settings_init(&s);
        snprintf(argument, sizeof argument, "train.time_limit=%s",
                 cases[i].text);
        wrong = settings_read_argument(&s, argument);
        if (is_problem(&wrong) != (cases[i].seconds < 0) ||
            (cases[i].seconds >= 0 && s.train.time_limit != cases[i].seconds))
            bad = cases[i].text;
        settings_free(&s);
    }
    ok(!bad, "durations are read as schedulers write them: %s",
       bad ? bad : "all");
}

/* One wrong letter leads back to the key it was. */
static void test_suggestions(void)
{
    const char *bad = NULL;
    struct settings s;
    char typed[TEXT_SIZE], hint[TEXT_SIZE];

    settings_init(&s);
    for (int i = 0; i < settings_table_rows; i++) {
        const char *key = settings_table[i].key;
        struct problem wrong;

        /* A letter less before the last, and one changed in the section. */
        snprintf(typed, sizeof typed, "%.*s%s", (int)strlen(key) - 2, key,
                 key + strlen(key) - 1);
        typed[1] = 'q';
        wrong = give(&s, typed, "1");
        snprintf(hint, sizeof hint, "did you mean %s?", key);
        if (!strstr(wrong.text, hint) || !strstr(wrong.text, typed))
            bad = key;
    }
    ok(!bad, "a mistyped key leads to the one meant: %s", bad ? bad : "all");

    struct problem wrong = settings_read_argument(&s, "train.lr=1");
    ok(strstr(wrong.text, "did you mean train.learning_rate?") != NULL, "%s",
       wrong.text);
    wrong = settings_read_argument(&s, "train.layers=1");
    ok(strstr(wrong.text, "did you mean model.layers?") != NULL, "%s",
       wrong.text);
    settings_free(&s);
}

static void test_help(void)
{
    char *text = NULL, *line, *rest;
    const char *missing = NULL;
    size_t n, longest = 0;
    FILE *f = open_memstream(&text, &n);

    settings_help(f);
    fclose(f);
    for (int i = 0; i < settings_table_rows; i++) {
        char key[TEXT_SIZE];

        snprintf(key, sizeof key, "\n%s ", settings_table[i].key);
        if (!strstr(text, key))
            missing = settings_table[i].key;
    }
    for (rest = text; (line = strsep(&rest, "\n"));)
        longest = strlen(line) > longest ? strlen(line) : longest;
    ok(!missing, "help lists every key: %s", missing ? missing : "all");
    ok(longest > 60 && longest <= 80, "help keeps to 80 columns: %zu",
       longest);
    free(text);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    test_defaults();
    test_own_field();
    test_fields_apart();
    test_members();
    test_round_trip();
    test_ranges();
    test_durations();
    test_suggestions();
    test_help();
    tap_done();
    world_stop();
    return 0;
}
