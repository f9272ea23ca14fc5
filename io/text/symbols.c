#include "io/text/symbols.h"

#include <string.h>

static const char *const lego[] = {
    " a", " b", " c", " d", " e", " f",    " g",      " h",   " i",   " j",
    " k", " l", " m", " n", " o", " p",    " q",      " r",   " s",   " t",
    " u", " v", " w", " x", " y", " z",    " =",      " val", " not", " 0",
    " 1", " ,", ",",  ".",  " ",  "Input", " Output", ":"};

static const char *const addition[] = {
    "Input", ":",  " A", " =", " 0", " 1", " 2", " 3", " 4",
    " 5",    " 6", " 7", " 8", " 9", " +", " ,", " ?", " Output"};

static const struct symbols table[] = {
    {"lego", lego, sizeof lego / sizeof *lego},
    {"addition", addition, sizeof addition / sizeof *addition}};

const struct symbols *symbols_find(const char *name)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

int symbols_match(const struct symbols *s, const char *text, size_t n)
{
    size_t longest = 0;
    int id = -1;

    for (int i = 0; i < s->n; i++) {
        size_t m = strlen(s->text[i]);

        if (m > longest && m <= n && memcmp(s->text[i], text, m) == 0) {
            longest = m;
            id = i;
        }
    }
    return id;
}
