/* Ids are those of Hugging Face's library, and so are the texts that they give
 * back.    ranks: 1
 *
 * With arguments, tries TOKENIZER.json VECTORS.jsonl ... instead of what is
 * kept in tests/golden and in SKILLET_DATA. */
#include "io/text/tokenizer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "io/json.h"
#include "io/json_value.h"
#include "io/lines.h"
#include "io/text/unicode.h"
#include "kernels/base/check.h"
#include "tests/lib/tap.h"

struct tally {
    long texts, wrong_ids, wrong_texts;
    long first; /* line that is wrong */
};

static bool same_ids(const struct tokenizer_ids *ids,
                     const struct json_value *want)
{
    if (ids->n != json_value_size(want))
        return false;
    for (long i = 0; i < ids->n; i++) {
        long id;

        if (!json_value_integer(json_value_element(want, i), &id) ||
            id != ids->at[i])
            return false;
    }
    return true;
}

static bool same_text(const struct tokenizer *t,
                      const struct tokenizer_ids *ids, const char *want,
                      size_t n)
{
    char *text;
    size_t bytes;
    struct problem wrong = tokenizer_decode(t, ids->at, ids->n, &text, &bytes);
    bool is_same =
        !is_problem(&wrong) && bytes == n && memcmp(text, want, n) == 0;

    free(text);
    return is_same;
}

/* What a text comes back as: what the vector says, else its normal form, which
 * is the text itself but for the real NeoX tokenizer. */
static bool comes_back(const struct tokenizer *t,
                       const struct tokenizer_ids *ids,
                       const struct json_value *v)
{
    size_t n;
    const char *text = json_value_text(json_value_member(v, "decoded"), &n);
    struct bytes normal = {0};
    bool is_same;

    if (text)
        return same_text(t, ids, text, n);
    text = json_value_text(json_value_member(v, "text"), &n);
    unicode_add_nfc(&normal, text, n);
    is_same =
        same_text(t, ids, text, n) || same_text(t, ids, normal.at, normal.n);
    bytes_free(&normal);
    return is_same;
}

/* A vector: text, ids and, where it differs from the text, decoded. */
static void try_line(const struct tokenizer *t, const char *line, size_t bytes,
                     struct tokenizer_ids *ids, struct tally *y)
{
    struct json_line *j;
    struct problem wrong = json_line_parse(&j, line, bytes);
    const struct json_value *v = json_value_of(j);
    const char *text;
    size_t n;
    long failures = y->wrong_ids + y->wrong_texts;

    CHECK(!is_problem(&wrong), "%s", wrong.text);
    text = json_value_text(json_value_member(v, "text"), &n);
    CHECK(text, "a vector without a text");
    ids->n = 0;
    wrong = tokenizer_encode(t, text, n, ids);
    y->texts++;
    y->wrong_ids +=
        is_problem(&wrong) || !same_ids(ids, json_value_member(v, "ids"));
    y->wrong_texts += !comes_back(t, ids, v);
    if (failures == 0 && y->wrong_ids + y->wrong_texts > 0)
        y->first = y->texts;
    json_line_free(j);
}

static void try_file(const char *tokenizer, const char *vectors, long least)
{
    struct tokenizer t;
    struct tokenizer_ids ids = {0};
    struct tally y = {0};
    struct lines *l;
    struct problem wrong = tokenizer_open(&t, tokenizer);
    const char *line;
    size_t n;

    CHECK(!is_problem(&wrong), "%s", wrong.text);
    wrong = lines_open(&l, vectors);
    while (!is_problem(&wrong) && lines_next(l, &line, &n, &wrong))
        try_line(&t, line, n, &ids, &y);
    lines_close(l);
    ok(!is_problem(&wrong) && y.texts >= least && y.wrong_ids == 0 &&
           y.wrong_texts == 0,
       "%s: of %ld texts %ld have other ids, %ld come back otherwise; the "
       "first is line %ld %s",
       vectors, y.texts, y.wrong_ids, y.wrong_texts, y.first, wrong.text);
    tokenizer_ids_free(&ids);
    tokenizer_close(&t);
}

static void try_kept(void)
{
    static const char *const kind[] = {"gpt2",  "neox",   "llama3",   "qwen2",
                                       "added", "llama2", "metaspace"};
    const char *root = getenv("top_srcdir");
    char tokenizer[1024], vectors[1032];

    for (size_t i = 0; i < sizeof kind / sizeof *kind; i++) {
        snprintf(tokenizer, sizeof tokenizer,
                 "%s/tests/golden/tokenizers/%s.json", root ? root : ".",
                 kind[i]);
        snprintf(vectors, sizeof vectors, "%sl", tokenizer);
        try_file(tokenizer, vectors, 80);
    }
}

/* As llama.cpp publishes them: texts, each ended by a line of its own, and a
 * line of ids for each. */
static void try_llama_cpp(const char *tokenizer, const char *path)
{
    static const char end[] = "\n__ggml_vocab_test__\n";
    struct tokenizer t;
    struct tokenizer_ids ids = {0};
    char name[2056], *text, *want;
    size_t n, m;
    long texts = 0, failures = 0;
    struct problem wrong = tokenizer_open(&t, tokenizer);

    CHECK(!is_problem(&wrong), "%s", wrong.text);
    snprintf(name, sizeof name, "%s.inp", path);
    wrong = file_read(name, &text, &n);
    CHECK(!is_problem(&wrong), "%s", wrong.text);
    snprintf(name, sizeof name, "%s.out", path);
    wrong = file_read(name, &want, &m);
    CHECK(!is_problem(&wrong), "%s", wrong.text);
    for (char *at = text, *id = want, *stop; (stop = strstr(at, end));
         at = stop + strlen(end), texts++) {
        char *line = strchr(id, '\n');
        bool is_same = true;

        ids.n = 0;
        wrong = tokenizer_encode(&t, at, (size_t)(stop - at), &ids);
        for (long i = 0; i < ids.n; i++)
            is_same = is_same && strtol(id, &id, 10) == ids.at[i];
        failures += is_problem(&wrong) || !is_same || id != line;
        id = line + 1;
    }
    ok(texts == 46 && failures == 0, "%s: of %ld texts %ld have other ids",
       path, texts, failures);
    free(text);
    free(want);
    tokenizer_ids_free(&ids);
    tokenizer_close(&t);
}

/* Real tokenizers, whose licences keep them out of this tree. */
static void try_real(void)
{
    static const struct {
        const char *tokenizer, *vectors;
        long least;
    } real[] = {
        {"tokenizers/20B_tokenizer.json", "neox_vectors.jsonl.zst", 505},
        {"tokenizers/20B_tokenizer.json", "neox_published_vectors.jsonl", 20},
        {"tokenizers/gpt2_tokenizer.json", "gpt2_vectors.jsonl.zst", 505},
        {"tokenizers/mistral_v1_tokenizer.json", "mistral_vectors.jsonl.zst",
         505},
        {"checkpoints/stories260K-hf", "stories_vectors.jsonl.zst", 505},
    };
    const char *root = getenv("top_srcdir"), *data = getenv("SKILLET_DATA");
    char shared[1024], tokenizer[2048], vectors[2048];

    snprintf(shared, sizeof shared, "%s/../shared/data", root ? root : ".");
    for (size_t i = 0; i < sizeof real / sizeof *real; i++) {
        snprintf(tokenizer, sizeof tokenizer, "%s/%s", data ? data : shared,
                 real[i].tokenizer);
        snprintf(vectors, sizeof vectors, "%s/tokenizers/%s",
                 data ? data : shared, real[i].vectors);
        if (access(tokenizer, R_OK) == 0 && access(vectors, R_OK) == 0)
            try_file(tokenizer, vectors, real[i].least);
        else
            skip(1, "SKILLET_DATA has no such tokenizer");
    }
    snprintf(tokenizer, sizeof tokenizer, "%s/tokenizers/gpt2_tokenizer.json",
             data ? data : shared);
    snprintf(vectors, sizeof vectors, "%s/tokenizers/gpt2_llama.cpp",
             data ? data : shared);
    if (access(tokenizer, R_OK) == 0)
        try_llama_cpp(tokenizer, vectors);
    else
        skip(1, "SKILLET_DATA has no such tokenizer");
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    for (int i = 1; i + 1 < argc; i += 2)
        try_file(argv[i], argv[i + 1], 1);
    if (argc < 2) {
        try_kept();
        try_real();
    }
    tap_done();
    world_stop();
    return 0;
}
