/* What is wrong with a tokenizer.json is said, special ids follow the files
 * beside it, and any text comes back.    ranks: 1 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/sha256.h"
#include "io/text/tokenizer.h"
#include "io/text/tokenizer_file.h"
#include "io/text/unicode.h"
#include "kernels/base/check.h"
#include "kernels/base/rng.h"
#include "tests/lib/tap.h"
#include "tests/lib/tokenizer_files.h"

static const char base[] =
    "{\"added_tokens\": [{\"id\": 3, \"content\": \"<s>\"},"
    " {\"id\": 4, \"content\": \"</s>\"}], \"normalizer\": null,"
    " \"pre_tokenizer\": {\"type\": \"Metaspace\", \"replacement\": \"_\"},"
    " \"decoder\": {\"type\": \"Fuse\"}, \"model\": {\"type\": \"BPE\","
    " \"vocab\": {\"a\": 0, \"b\": 1, \"ab\": 2}, \"merges\": [\"a b\"]}}";

/* base with one text in it replaced; malloc'd. */
static char *changed(const char *from, const char *to)
{
    const char *at = strstr(base, from);
    char *json = malloc(sizeof base + strlen(to));

    CHECK(at && json, "no %s in the base", from);
    sprintf(json, "%.*s%s%s", (int)(at - base), base, to, at + strlen(from));
    return json;
}

/* One place is changed, and the sentence that says so. */
static const struct {
    const char *from, *to, *why;
} faults[] = {
    {"BPE", "Unigram", "model Unigram is not supported; BPE is"},
    {"\"model\"", "\"modell\"", "there is no \"model\""},
    {"\"vocab\"", "\"words\"", "model BPE has no \"vocab\""},
    {"\"b\": 1", "\"b\": 1.5", "the id of \"b\" is not an integer"},
    {"\"ab\": 2", "\"ab\": 3", "\"ab\" has id 3, but with 3 ids"},
    {"\"ab\": 2", "\"ab\": 1", "which another token has too; id 2 is missing"},
    {"\"ab\": 2", "\"ab\": -1", "\"ab\" has id -1"},
    {"a b", "a  b", "merge 0: it is not a pair of texts"},
    {"a b", "a", "merge 0: it is not a pair of texts"},
    {"a b", "a c", "merges \"a\" and \"c\", and \"c\" is not in"},
    {"a b", "c b", "merges \"c\" and \"b\", and \"c\" is not in"},
    {"\"a b\"", "[\"b\", \"a\"]", "and \"ba\" is not in \"vocab\""},
    {"\"a b\"", "[\"b\"]", "merge 0: it is not a pair of texts"},
    {"[\"a b\"]", "7", "model BPE has no array \"merges\""},
    {"\"type\": \"BPE\"", "\"dropout\": 0.1", "\"dropout\""},
    {"\"type\": \"BPE\"", "\"end_of_word_suffix\": \"</w>\"",
     "\"end_of_word_suffix\" is not supported"},
    {"\"type\": \"BPE\"", "\"unk_token\": \"?\"",
     "\"unk_token\" is not in its \"vocab\""},
    {"\"type\": \"BPE\"", "\"fuse_unk\": 1",
     "\"fuse_unk\" is not true or false"},
    {"\"id\": 4", "\"id\": 5", "\"</s>\" has id 5, not 4"},
    {"\"id\": 4", "\"id\": 3", "\"</s>\" has id 3, not 4"},
    {"\"content\": \"<s>\"",
     "\"content\": \"</s>\", \"lstrip\": true}, {\"id\": 3, \"content\": "
     "\"</s>\"",
     "\"</s>\" appears twice in"},
    {"null",
     "{\"type\": \"Replace\", \"content\": \"\", \"pattern\": "
     "{\"String\": \"/\"}}",
     "\"</s>\" has the same normal form as another"},
    {"\"</s>\"", "\"a\"", "\"a\" has id 4, not 0"},
    {"\"id\": 4,", "", "\"</s>\" has no \"id\""},
    {"\"content\": \"<s>\"", "\"text\": \"\"", "has no \"content\""},
    {"\"content\": \"<s>\"", "\"content\": \"<s>\", \"lstrip\": 0",
     "\"lstrip\" is not true or false"},
    {"null", "{\"type\": \"Lowercase\"}",
     "normalizer Lowercase is not supported"},
    {"null",
     "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFC\"},"
     " {\"type\": \"NFKC\"}]}",
     "normalizer NFKC is not supported"},
    {"null",
     "{\"type\": \"Replace\", \"content\": \"\", \"pattern\": "
     "{\"Regex\": \"a\"}}",
     "a text, not a regular expression"},
    {"Metaspace", "Whitespace", "pre_tokenizer Whitespace is not support"},
    {"\"Metaspace\"",
     "\"Split\", \"behavior\": \"Isolated\","
     " \"pattern\": {\"Regex\": \"\\\\w+\"}",
     "Split by \"\\w+\" is not supported"},
    {"\"replacement\": \"_\"",
     "\"replacement\": \"_\", \"add_prefix_space\": false", "must be never"},
    {"\"_\"", "\"__ __\"", "is not one character"},
    {"\"_\"", "\"ab\"", "is not one character"},
    {"null, \"pre_tokenizer\": {",
     "{\"type\": \"Replace\", \"content\": \"\", \"pattern\": "
     "{\"String\": \"a\"}}, \"pre_tokenizer\": {\"prepend_scheme\": "
     "\"first\", ",
     "\"prepend_scheme\" first is supported only without"},
    {"null, \"pre_tokenizer\": {",
     "{\"type\": \"Prepend\", \"prepend\": \"_\"}, \"pre_tokenizer\": "
     "{\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": "
     "\"Digits\"}, {\"type\": \"Metaspace\", \"replacement\": \"_\", "
     "\"prepend_scheme\": \"first\"}]}, \"unread\": {",
     "\"prepend_scheme\" first is supported only without"},
    {"Fuse", "WordPiece", "decoder WordPiece is not supported"},
    {"Fuse", "ByteLevel", "only one of them is ByteLevel"},
    {"{\"type\": \"Fuse\"}", "{}", "a decoder has no \"type\""},
    {"}}", "}", "not JSON"},
    {"<s>", "\\ud800", "half of a surrogate pair"},
    {"<s>", "\xff", "not JSON"},
};

static void test_refused(void)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        char *json = changed(faults[i].from, faults[i].to);
        struct tokenizer_file f;
        struct problem wrong = tokenizer_file_read(&f, json, strlen(json));

        ok(strstr(wrong.text, faults[i].why), "%s", wrong.text);
        tokenizer_file_free(&f);
        free(json);
    }
}

static void write_file(const char *directory, const char *name,
                       const char *text)
{
    char path[1200];
    FILE *to;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    unlink(path);
    if (!text)
        return;
    to = fopen(path, "w");
    CHECK(to && fputs(text, to) >= 0 && fclose(to) == 0, "cannot write %s",
          path);
}

static void test_special(void)
{
    static const struct {
        const char *tokenizer_config, *config;
        long end, begin;
        const char *why;
    } files[] = {
        {NULL, NULL, 4, 3, ""},
        {"{}", NULL, 4, -1, ""},
        {"{\"eos_token\": \"b\", \"bos_token\": \"a\"}", NULL, 1, -1, ""},
        {"{\"eos_token\": {\"content\": \"ab\"}, \"bos_token\": {\"content\": "
         "\"a\"}, \"add_bos_token\": true}",
         NULL, 2, 0, ""},
        {"{\"eos_token\": null, \"tokenizer_class\": \"LlamaTokenizerFast\"}",
         "{\"eos_token_id\": 1}", -1, 3, ""},
        {"{\"add_bos_token\": false}",
         "{\"eos_token_id\": 1, \"bos_token_id\": 0, \"model_type\": "
         "\"llama\"}",
         1, -1, ""},
        {NULL,
         "{\"eos_token_id\": [2, 1], \"bos_token_id\": 0, \"model_type\": "
         "\"llama\"}",
         2, 0, ""},
        {NULL, "{\"eos_token_id\": 2, \"model_type\": \"gpt_neox\"}", 2, -1,
         ""},
        {"{\"eos_token\": \"c\"}", NULL, -1, -1,
         "tokenizer_config.json: \"eos_token\" is not a token of the "
         "vocabulary, "
         "\"c\""},
        {NULL, "{\"eos_token_id\": 5}", -1, -1,
         "config.json: \"eos_token_id\" is not an id from 0 to 4"},
        {"{\"add_bos_token\": 1}", NULL, 4, -1, "\"add_bos_token\" is not"},
        {"{", NULL, -1, -1, "tokenizer_config.json: not JSON"},
    };
    const char *parent = getenv("TMPDIR");
    char directory[1024];

    snprintf(directory, sizeof directory, "%s/special.XXXXXX",
             parent ? parent : "/tmp");
    CHECK(mkdtemp(directory), "cannot make %s", directory);
    write_file(directory, "tokenizer.json", base);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct tokenizer t;
        struct problem wrong;

        write_file(directory, "tokenizer_config.json",
                   files[i].tokenizer_config);
        write_file(directory, "config.json", files[i].config);
        wrong = tokenizer_open(&t, directory);
        ok(files[i].why[0] ? strstr(wrong.text, files[i].why) != NULL
                           : !is_problem(&wrong) && t.vocabulary_size == 5 &&
                                 t.end_of_text == files[i].end &&
                                 t.begin_of_text == files[i].begin,
           "%s, %s: end of text %ld, begin %ld %s",
           files[i].tokenizer_config ? files[i].tokenizer_config : "no file",
           files[i].config ? files[i].config : "no file", t.end_of_text,
           t.begin_of_text, wrong.text);
        tokenizer_close(&t);
    }
}

static void test_no_text(void)
{
    static const char *const no_text[] = {"\xff",
                                          "a\xc3",
                                          "\xed\xa0\x80",
                                          "a\xc0\xaf",
                                          "b\xe2\x82",
                                          "\xf4\x90\x80\x80",
                                          "long enough\x80..."};
    struct tokenizer t = tokenizer_files_open("llama3");
    struct tokenizer_ids ids = {0};
    long refused = 0;

    for (size_t i = 0; i < sizeof no_text / sizeof *no_text; i++) {
        struct problem wrong =
            tokenizer_encode(&t, no_text[i], strlen(no_text[i]), &ids);

        refused += strstr(wrong.text, "is not UTF-8") && ids.n == 0;
    }
    ok(refused == sizeof no_text / sizeof *no_text,
       "%ld texts that are not UTF-8 are refused", refused);
    tokenizer_ids_free(&ids);
    tokenizer_close(&t);
}

/* Byte-level tokenizers know every byte. */
static void test_comes_back(const char *kind)
{
    struct tokenizer t = tokenizer_files_open(kind);
    struct tokenizer_ids ids = {0};
    long failures = 0;
    enum { TEXTS = 3000 };

    for (uint64_t seed = 0; seed < TEXTS; seed++) {
        char text[300], *back = NULL;
        size_t n = tokenizer_files_text(text, rng_bits(seed, 0) % 200, seed),
               m;
        struct bytes want = {0};
        struct problem wrong;

        unicode_add_nfc(&want, text, strcmp(kind, "qwen2") == 0 ? n : 0);
        if (want.n == 0)
            bytes_add(&want, text, n);
        ids.n = 0;
        wrong = tokenizer_encode(&t, text, n, &ids);
        if (!is_problem(&wrong))
            wrong = tokenizer_decode(&t, ids.at, ids.n, &back, &m);
        failures +=
            is_problem(&wrong) || m != want.n || memcmp(back, want.at, m) != 0;
        free(back);
        bytes_free(&want);
    }
    ok(failures == 0, "%s: of %d texts of any characters %ld do not come back",
       kind, TEXTS, failures);
    tokenizer_ids_free(&ids);
    tokenizer_close(&t);
}

/* Sorting the marks of a letter, or searching the text again from each blank,
 * would take hours if it were quadratic. */
static void test_long(const char *kind, const char *piece)
{
    enum { PIECES = 300000 };
    struct tokenizer t = tokenizer_files_open(kind);
    struct tokenizer_ids ids = {0};
    size_t n = strlen(piece);
    char *text = malloc(PIECES * n);
    struct problem wrong;

    CHECK(text, "no memory");
    for (size_t i = 0; i < PIECES; i++)
        memcpy(text + i * n, piece, n);
    wrong = tokenizer_encode(&t, text, PIECES * n, &ids);
    ok(!is_problem(&wrong) && ids.n > 0, "%s: %d times \"%s\" are %ld ids",
       kind, PIECES, piece, ids.n);
    free(text);
    tokenizer_ids_free(&ids);
    tokenizer_close(&t);
}

static void test_sha256(void)
{
    static const struct {
        char byte;
        size_t n;
        const char *hex;
    } known[] = {
        {'a', 0,
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {'a', 55,
         "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
        {'a', 56,
         "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"},
        {'a', 64,
         "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
        {'a', 1000000,
         "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    };
    char *text = malloc(1000000), hex[65];

    CHECK(text, "no memory");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        memset(text, known[i].byte, known[i].n);
        sha256_hex(text, known[i].n, hex);
        ok(strcmp(hex, known[i].hex) == 0, "the SHA-256 of %zu bytes is %s",
           known[i].n, hex);
    }
    free(text);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    test_refused();
    test_special();
    test_no_text();
    test_comes_back("gpt2");
    test_comes_back("llama3");
    test_comes_back("qwen2");
    test_long("qwen2", "\xcc\x81\xcc\x96");
    test_long("llama3", "  ");
    test_long("added", "<bot");
    test_long("added", "\v");
    test_long("neox", "   x");
    test_long("llama2", "ao");
    test_sha256();
    tap_done();
    world_stop();
    return 0;
}
