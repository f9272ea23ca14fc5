/* A damaged tokenizer.json is refused, or is another tokenizer; any bytes are
 * refused, or are a text.  Nothing else happens.    ranks: 1 */
#include <stdlib.h>
#include <string.h>

#include "io/text/tokenizer_encode.h"
#include "io/text/tokenizer_file.h"
#include "kernels/base/check.h"
#include "kernels/base/rng.h"
#include "tests/lib/tap.h"
#include "tests/lib/tokenizer_files.h"

enum { DAMAGES = 1200, STRINGS = 20000, MOST = 64 };

struct sampler_draw {
    uint64_t seed, n;
};

static size_t draw(struct sampler_draw *d, size_t below)
{
    return (size_t)(rng_bits(d->seed, d->n++) % below);
}

/* Words of the format, where damage is most likely to be sensible. */
static const char *const word[] = {"null",
                                   "true",
                                   "{}",
                                   "[]",
                                   "\"\"",
                                   "-1",
                                   "0",
                                   "1e99",
                                   "\"ab\"",
                                   "[\"a\", \"b\"]",
                                   "18446744073709551615",
                                   "\\u0000",
                                   "BPE",
                                   "\xc3",
                                   "▁",
                                   "\"a b\""};

/* Cuts [from, end) out and puts a text there; the JSON has room for it. */
static size_t splice(char *json, size_t n, size_t from, size_t end,
                     const char *text, size_t bytes)
{
    memmove(json + from + bytes, json + end, n - end);
    memcpy(json + from, text, bytes);
    return n - (end - from) + bytes;
}

static size_t value_end(const char *json, size_t n, size_t at)
{
    while (at < n && !strchr(",]}", json[at]))
        at++;
    return at;
}

/* One damage; the length that is left. */
static size_t damage(char *json, size_t n, struct sampler_draw *d)
{
    size_t at = draw(d, n), other = draw(d, n), span = 1 + draw(d, MOST);
    const char *text = word[draw(d, sizeof word / sizeof *word)];
    char piece[MOST];

    if (at + span > n)
        span = n - at;
    switch (draw(d, 6)) {
    case 0:
        json[at] = (char)(json[at] ^ 1 << draw(d, 8));
        return n;
    case 1:
        return splice(json, n, at, at + span, "", 0);
    case 2:
        return draw(d, 20) ? n : at;
    case 3:
        return splice(json, n, at, value_end(json, n, at), text, strlen(text));
    case 4:
        memcpy(piece, json + at, span);
        return splice(json, n, other, other, piece, span);
    default:
        json[at] = "0123456789\",:[]{} \\a"[draw(d, 20)];
        return n;
    }
}

/* The ids of a text, if it has any, are those of the vocabulary. */
static bool holds(struct tokenizer_file *f, const char *text, size_t n,
                  struct tokenizer_ids *ids)
{
    struct problem wrong;

    ids->n = 0;
    wrong = tokenizer_encode_text(f, text, n, ids);
    if (is_problem(&wrong))
        return ids->n == 0;
    for (long i = 0; i < ids->n; i++)
        if (ids->at[i] < 0 || ids->at[i] >= f->pieces.n ||
            f->pieces.entry[ids->at[i]].bytes < 0)
            return false;
    return true;
}

static void test_damaged(const char *kind)
{
    size_t n, left;
    char *json = tokenizer_files_read(kind, &n), *copy = malloc(n + 10 * MOST);
    struct tokenizer_ids ids = {0};
    long refused = 0, broken = 0;

    CHECK(copy, "no memory");
    for (uint64_t seed = 0; seed < DAMAGES; seed++) {
        struct sampler_draw d = {.seed = seed + 77};
        size_t damages = 1 + draw(&d, 4);
        struct tokenizer_file f;
        struct problem wrong;

        memcpy(copy, json, n);
        left = n;
        for (size_t i = 0; i < damages && left > 0; i++)
            left = damage(copy, left, &d);
        wrong = tokenizer_file_read(&f, copy, left);
        refused += is_problem(&wrong);
        for (uint64_t i = 0; i < 3 && !is_problem(&wrong); i++) {
            char text[MOST + 8];
            size_t bytes = tokenizer_files_text(text, MOST, seed + i);

            broken += !holds(&f, text, bytes, &ids);
        }
        tokenizer_file_free(&f);
    }
    ok(broken == 0 && refused > DAMAGES / 3 && refused < DAMAGES - 20,
       "%s: of %d damages %ld are refused, %ld give other ids than there are",
       kind, DAMAGES, refused, broken);
    tokenizer_ids_free(&ids);
    free(copy);
    free(json);
}

static void test_strings(const char *kind)
{
    struct tokenizer t = tokenizer_files_open(kind);
    struct tokenizer_ids ids = {0};
    long broken = 0;

    for (uint64_t seed = 0; seed < STRINGS; seed++) {
        struct sampler_draw d = {.seed = seed};
        char text[2 * MOST];
        size_t n = tokenizer_files_text(text, draw(&d, MOST), seed);

        /* Half of them are damaged. */
        if (n > 0 && draw(&d, 2))
            text[draw(&d, n)] = (char)draw(&d, 256);
        if (n > 0 && draw(&d, 4) == 0)
            n -= 1;
        broken += !holds(t.file, text, n, &ids);
    }
    ok(broken == 0, "%s: of %d strings of bytes %ld break a rule", kind,
       STRINGS, broken);
    tokenizer_ids_free(&ids);
    tokenizer_close(&t);
}

int main(int argc, char **argv)
{
    static const char *const kind[] = {"neox", "llama3", "added", "llama2",
                                       "metaspace"};

    world_start(&argc, &argv);
    for (size_t i = 0; i < sizeof kind / sizeof *kind; i++) {
        test_damaged(kind[i]);
        test_strings(kind[i]);
    }
    tap_done();
    world_stop();
    return 0;
}
