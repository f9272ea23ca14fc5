#include "io/ini.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/base/memory.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Cuts blanks off both ends, in place. */
static char *trim(char *text)
{
    char *end = text + strlen(text);

    while (end > text && is_blank(end[-1]))
        end--;
    *end = '\0';
    while (is_blank(*text))
        text++;
    return text;
}

static long count_lines(const char *bytes, size_t n)
{
    long lines = 1;

    for (size_t i = 0; i < n; i++)
        lines += bytes[i] == '\n';
    return lines;
}

static struct problem check_bytes(const char *name, const char *bytes,
                                  size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)bytes[i];

        if ((c < ' ' && !strchr("\t\r\n", c)) || c == '\0' || c == 127)
            return problem("%s:%ld: contains the byte 0x%02x: this is not "
                           "a text file",
                           name, count_lines(bytes, i), c);
    }
    return NO_PROBLEM;
}

static struct problem read_section(const char *name, long line, char *text,
                                   struct ini_entry *entry)
{
    size_t length = strlen(text);

    if (text[length - 1] != ']' || strchr(text, ']') != text + length - 1)
        return problem("%s:%ld: '%.80s' is not a section: write [name] on "
                       "a line of its own",
                       name, line, text);
    text[length - 1] = '\0';
    *entry = (struct ini_entry){.section = trim(text + 1), .line = line};
    if (*entry->section == '\0')
        return problem("%s:%ld: a section without a name", name, line);
    return NO_PROBLEM;
}

static struct problem read_value(const char *name, long line, char *text,
                                 const char *section, struct ini_entry *entry)
{
    char *sign = strchr(text, '=');

    if (!sign)
        return problem("%s:%ld: '%.80s' is not a setting: write key = value",
                       name, line, text);
    *sign = '\0';
    *entry = (struct ini_entry){section, trim(text), trim(sign + 1), line};
    if (*entry->key == '\0')
        return problem("%s:%ld: no key before '='", name, line);
    if (!section)
        return problem("%s:%ld: the key %.80s comes before any [section]",
                       name, line, entry->key);
    return NO_PROBLEM;
}

static struct problem read_lines(struct ini *ini, const char *name)
{
    const char *section = NULL;
    char *next = ini->text;
    struct problem wrong = NO_PROBLEM;

    for (long line = 1; next && !is_problem(&wrong); line++) {
        struct ini_entry *entry = &ini->entries[ini->n];
        char *end = strchr(next, '\n'), *text;

        if (end)
            *end = '\0';
        text = trim(next);
        next = end ? end + 1 : NULL;
        if (*text == '\0' || *text == '#' || *text == ';')
            continue;
        if (*text == '[') {
            wrong = read_section(name, line, text, entry);
            section = entry->section;
        } else {
            wrong = read_value(name, line, text, section, entry);
        }
        ini->n++;
    }
    return wrong;
}

static int by_name_and_line(const void *left, const void *right)
{
    const struct ini_entry *a = *(const struct ini_entry *const *)left;
    const struct ini_entry *b = *(const struct ini_entry *const *)right;
    int order = strcmp(a->section, b->section);

    if (order == 0)
        order = strcmp(a->key, b->key);
    return order ? order : (a->line > b->line) - (a->line < b->line);
}

static bool same_name(const struct ini_entry *a, const struct ini_entry *b)
{
    return strcmp(a->section, b->section) == 0 && strcmp(a->key, b->key) == 0;
}

/* Of several doubled keys, the one whose second line comes first. */
static struct problem check_doubles(const struct ini *ini, const char *name)
{
    const struct ini_entry **keys =
        memory_take((size_t)ini->n, sizeof *keys, "keys");
    const struct ini_entry *first = NULL, *second = NULL;
    long n = 0;

    for (long i = 0; i < ini->n; i++)
        if (ini->entries[i].key)
            keys[n++] = &ini->entries[i];
    qsort(keys, (size_t)n, sizeof *keys, by_name_and_line);
    for (long i = 1; i < n; i++)
        if (same_name(keys[i - 1], keys[i]) &&
            (!second || keys[i]->line < second->line))
            first = keys[i - 1], second = keys[i];
    free(keys);
    if (!second)
        return NO_PROBLEM;
    return problem(
        "%s:%ld: %.80s.%.80s was already given in line %ld: keep one", name,
        second->line, second->section, second->key, first->line);
}

struct problem ini_read(struct ini *ini, const char *name, const char *bytes,
                        size_t n)
{
    struct problem wrong = check_bytes(name, bytes, n);

    *ini = (struct ini){0};
    if (is_problem(&wrong))
        return wrong;
    ini->text = memory_take(n + 1, 1, "bytes of a run file");
    ini->entries = memory_take((size_t)count_lines(bytes, n),
                               sizeof *ini->entries, "lines");
    memcpy(ini->text, bytes, n);
    wrong = read_lines(ini, name);
    if (!is_problem(&wrong))
        wrong = check_doubles(ini, name);
    if (is_problem(&wrong))
        ini_free(ini);
    return wrong;
}

void ini_free(struct ini *ini)
{
    free(ini->entries);
    free(ini->text);
    *ini = (struct ini){0};
}
