#include "src/settings.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "io/ini.h"
#include "kernels/base/check.h"
#include "kernels/base/memory.h"
#include "kernels/base/nearest.h"
#include "src/settings_row.h"

enum { ANY_TEXT = 128 }; /* room for a key or a range */

void settings_init(struct settings *s)
{
    *s = (struct settings){0};
    s->places = memory_take((size_t)settings_table_rows, sizeof *s->places,
                            "settings");
    for (int i = 0; i < settings_table_rows; i++) {
        bool good =
            settings_row_set(&settings_table[i], s, settings_table[i].initial);

        assert(good);
        (void)good;
    }
}

void settings_free(struct settings *s)
{
    for (int i = 0; i < settings_table_rows; i++) {
        const struct settings_row *row = &settings_table[i];

        free(s->places[i]);
        if (row->type == SETTINGS_TEXT)
            free(*(char **)((char *)s + row->offset));
    }
    free(s->places);
    *s = (struct settings){0};
}

/* A text of any length, malloc'd. */
__attribute__((format(printf, 1, 2), nonnull(1))) static char *
format(const char *fmt, ...)
{
    va_list ap;
    char *text;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    text = memory_take((size_t)n + 1, 1, "bytes of a text");
    va_start(ap, fmt);
    vsnprintf(text, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return text;
}

static int find_row(const char *key)
{
    for (int i = 0; i < settings_table_rows; i++)
        if (strcmp(settings_table[i].key, key) == 0)
            return i;
    return -1;
}

/* The section of a key, without its dot. */
static const char *section_of(const char *key, char section[ANY_TEXT])
{
    snprintf(section, ANY_TEXT, "%.*s", (int)strcspn(key, "."), key);
    return section;
}

static const char *name_of(const char *key)
{
    const char *dot = strchr(key, '.');

    return dot ? dot + 1 : key;
}

/* A wrong section costs little, so that train.layers leads to model.layers. */
static long distance(const char *typed, const char *valid)
{
    char a[ANY_TEXT], b[ANY_TEXT];
    long sections =
        nearest_distance(section_of(typed, a), section_of(valid, b));

    return nearest_distance(name_of(typed), name_of(valid)) +
           (sections < 3 ? sections : 3);
}

static const char *nearest_key(const char *typed)
{
    int best = 0;

    for (int i = 1; i < settings_table_rows; i++)
        if (distance(typed, settings_table[i].key) <
            distance(typed, settings_table[best].key))
            best = i;
    return settings_table[best].key;
}

/* The section that is typed, or else the nearest. */
static const char *nearest_section(const char *typed, char best[ANY_TEXT])
{
    section_of(settings_table[0].key, best);
    for (int i = 1; i < settings_table_rows; i++) {
        char section[ANY_TEXT];

        section_of(settings_table[i].key, section);
        if (nearest_distance(typed, section) < nearest_distance(typed, best))
            strcpy(best, section);
    }
    return best;
}

static struct problem out_of_range(const char *place, const char *value,
                                   const struct settings_row *row)
{
    char text[ANY_TEXT];

    return problem("%s=%.80s: must be %s", place, value,
                   settings_row_range(row, text, sizeof text));
}

static void set_place(struct settings *s, int row, const char *place)
{
    free(s->places[row]);
    s->places[row] = place ? memory_text(place) : NULL;
}

static struct problem read_entry(struct settings *s, const char *name,
                                 const struct ini_entry *entry)
{
    char *place =
        format("%s:%ld: %s.%s", name, entry->line, entry->section, entry->key);
    const char *key = strstr(place + strlen(name), ": ") + 2;
    struct problem wrong = NO_PROBLEM;
    int row = find_row(key);

    if (row < 0)
        wrong = problem("%.300s:%ld: unknown setting %.80s: did you mean %s?",
                        name, entry->line, key, nearest_key(key));
    else if (!settings_row_set(&settings_table[row], s, entry->value))
        wrong = out_of_range(place, entry->value, &settings_table[row]);
    else
        set_place(s, row, place);
    free(place);
    return wrong;
}

static struct problem read_section(const char *name,
                                   const struct ini_entry *entry)
{
    char best[ANY_TEXT];

    nearest_section(entry->section, best);
    if (strcmp(best, entry->section) == 0)
        return NO_PROBLEM;
    return problem("%.300s:%ld: unknown section [%.80s]: did you mean [%s]?",
                   name, entry->line, entry->section, best);
}

struct problem settings_read_text(struct settings *s, const char *name,
                                  const char *bytes, size_t n)
{
    struct ini ini;
    struct problem wrong = ini_read(&ini, name, bytes, n);

    if (is_problem(&wrong))
        return wrong;
    for (long i = 0; i < ini.n && !is_problem(&wrong); i++)
        wrong = ini.entries[i].key ? read_entry(s, name, &ini.entries[i])
                                   : read_section(name, &ini.entries[i]);
    ini_free(&ini);
    return wrong;
}

struct problem settings_read_file(struct settings *s, const char *path)
{
    char *bytes;
    size_t n;
    struct problem wrong = file_read(path, &bytes, &n);

    if (is_problem(&wrong))
        return wrong;
    wrong = settings_read_text(s, path, bytes, n);
    free(bytes);
    return wrong;
}

/* The value of "key=value" without blanks at its ends, as a run file would
 * have it. */
static char *value_of(const char *argument)
{
    const char *value = strchr(argument, '=') + 1;
    size_t n;

    value += strspn(value, " \t");
    for (n = strlen(value); n > 0 && strchr(" \t", value[n - 1]); n--)
        ;
    return format("%.*s", (int)n, value);
}

struct problem settings_read_argument(struct settings *s, const char *argument)
{
    struct problem wrong = NO_PROBLEM;
    char *key = format("%.*s", (int)strcspn(argument, "="), argument);
    char *value = value_of(argument);
    int row = find_row(key);

    if (row < 0)
        wrong = problem("unknown setting %.80s: did you mean %s?", key,
                        nearest_key(key));
    else if (!settings_row_set(&settings_table[row], s, value))
        wrong = out_of_range(key, value, &settings_table[row]);
    else
        set_place(s, row, NULL);
    free(key);
    free(value);
    return wrong;
}

bool settings_is_argument(const char *argument)
{
    size_t n = strspn(argument, "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

    return n > 0 && argument[0] != '-' && argument[n] == '=';
}

bool settings_is_run_file(const char *argument)
{
    size_t n = strlen(argument);

    return n > 4 && strcmp(argument + n - 4, ".ini") == 0 &&
           !settings_is_argument(argument);
}

const char *settings_place(const struct settings *s, const char *key)
{
    int row = find_row(key);

    assert(row >= 0);
    return s->places[row] ? s->places[row] : key;
}

/* True if row i is the first of its section. */
static bool opens_section(int i)
{
    char a[ANY_TEXT], b[ANY_TEXT];

    return i == 0 || strcmp(section_of(settings_table[i - 1].key, a),
                            section_of(settings_table[i].key, b)) != 0;
}

static void write_section(int i, FILE *to)
{
    char section[ANY_TEXT];

    if (opens_section(i))
        fprintf(to, "%s[%s]\n", i ? "\n" : "",
                section_of(settings_table[i].key, section));
}

void settings_write(const struct settings *s, FILE *to)
{
    for (int i = 0; i < settings_table_rows; i++) {
        const struct settings_row *row = &settings_table[i];

        write_section(i, to);
        fprintf(to, "%s = ", name_of(row->key));
        settings_row_print(row, s, to);
        fputc('\n', to);
    }
}

static char *value_text(const struct settings *s, int row)
{
    char *text = NULL;
    size_t n;
    FILE *to = open_memstream(&text, &n);

    CHECK(to, "no memory for the text of a setting");
    settings_row_print(&settings_table[row], s, to);
    CHECK(fclose(to) == 0, "no memory for the text of a setting");
    return text;
}

bool settings_next_change(const struct settings *a, const struct settings *b,
                          int *row, struct settings_change *change)
{
    for (; *row < settings_table_rows; (*row)++) {
        *change = (struct settings_change){
            settings_table[*row].key, settings_table[*row].stays,
            value_text(a, *row), value_text(b, *row)};
        if (strcmp(change->from, change->to) != 0) {
            (*row)++;
            return true;
        }
        free(change->from);
        free(change->to);
    }
    return false;
}

/* Words from column `left` to 80; the cursor stands at `left`. */
static void write_words(const char *text, int left, FILE *to)
{
    int at = left;

    while (*text) {
        int n = (int)strcspn(text, " ");

        if (at > left && at + 1 + n > 80) {
            fprintf(to, "\n%*s", left, "");
            at = left;
        } else if (at > left) {
            fputc(' ', to);
            at++;
        }
        fprintf(to, "%.*s", n, text);
        at += n;
        text += n + strspn(text + n, " ");
    }
    fputc('\n', to);
}

void settings_help(FILE *to)
{
    enum { LEFT = 30 };

    for (int i = 0; i < settings_table_rows; i++) {
        const struct settings_row *row = &settings_table[i];
        char range[ANY_TEXT];
        char *text = format("%s (%s; %s%s)", row->help,
                            settings_row_range(row, range, sizeof range),
                            *row->initial ? "default " : "empty by default",
                            row->initial);

        write_section(i, to);
        fprintf(to, "%-*s", LEFT, row->key);
        write_words(text, LEFT, to);
        free(text);
    }
}
