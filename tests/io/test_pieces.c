/* Texts are cut as the regular expressions of known tokenizers cut them.
 *    ranks: 1
 *
 * With an argument, tries that file instead of the one in tests/golden. */
#include "io/text/pieces.h"

#include <stdlib.h>
#include <string.h>

#include "io/json.h"
#include "io/json_value.h"
#include "io/lines.h"
#include "kernels/base/check.h"
#include "tests/lib/tap.h"

#define TAIL "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
#define HEAD "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"

static struct pattern {
    const char *name, *regex;
    struct pieces rule;
    long texts, pieces, wrong;
} pattern[] = {
    {.name = "gpt2",
     .regex = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| "
              "?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"},
    {.name = "llama3", .regex = HEAD "\\p{N}{1,3}" TAIL},
    {.name = "qwen2", .regex = HEAD "\\p{N}" TAIL},
};

enum { PATTERNS = sizeof pattern / sizeof *pattern };

static bool cuts(struct pattern *p, const char *text, size_t n,
                 const struct json_value *want)
{
    size_t at = 0;
    long i = 0, length;

    for (; at < n && json_value_integer(json_value_element(want, i), &length);
         i++) {
        size_t bytes = pieces_first(&p->rule, text + at, n - at);

        if (bytes != (size_t)length)
            return false;
        at += bytes;
    }
    p->pieces += i;
    return at == n && i == json_value_size(want);
}

static void try_line(const char *line, size_t bytes)
{
    struct json_line *j;
    struct problem wrong = json_line_parse(&j, line, bytes);
    const struct json_value *v = json_value_of(j);
    size_t n;
    const char *text = json_value_text(json_value_member(v, "text"), &n);

    CHECK(!is_problem(&wrong) && text, "no text %s", wrong.text);
    for (int i = 0; i < PATTERNS; i++) {
        pattern[i].texts++;
        pattern[i].wrong +=
            !cuts(&pattern[i], text, n, json_value_member(v, pattern[i].name));
    }
    json_line_free(j);
}

int main(int argc, char **argv)
{
    const char *root = getenv("top_srcdir"), *line;
    struct lines *l;
    struct pieces unknown;
    struct problem wrong;
    char path[1024];
    size_t n;

    world_start(&argc, &argv);
    for (int i = 0; i < PATTERNS; i++)
        CHECK(pieces_find(&pattern[i].rule, pattern[i].regex), "%s is unknown",
              pattern[i].name);
    snprintf(path, sizeof path, "%s/tests/golden/tokenizers/split.jsonl",
             root ? root : ".");
    wrong = lines_open(&l, argc > 1 ? argv[1] : path);
    while (!is_problem(&wrong) && lines_next(l, &line, &n, &wrong))
        try_line(line, n);
    lines_close(l);
    for (int i = 0; i < PATTERNS; i++)
        ok(!is_problem(&wrong) && pattern[i].texts >= 100 &&
               pattern[i].pieces > pattern[i].texts && pattern[i].wrong == 0,
           "%s: of %ld texts %ld are cut otherwise %s", pattern[i].name,
           pattern[i].texts, pattern[i].wrong, wrong.text);
    ok(!pieces_find(&unknown, "\\s+"), "other expressions are unknown");
    tap_done();
    world_stop();
    return 0;
}
