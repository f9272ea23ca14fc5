/* Shards by other programs, each wrong in one thing, are refused with a
 * sentence that names it, and so is what is no shard.    ranks: 1 2 */
#include <stdint.h>
#include <string.h>

#include "io/h5.h"
#include "io/shards/shard_open.h"
#include "io/sum.h"
#include "tests/lib/shard_files.h"

struct recipe {
    const char *wrong;
    const char *format, *layout;
    const char *missing; /* attribute or dataset */
    int64_t version, vocabulary, end_of_text, begin_of_text;
    enum h5_number tokens;
    uint64_t sums, document_sums, documents[4];
    uint16_t token; /* the last one */
    bool has_answers;
    enum h5_number answers;
    uint64_t answer_sums, rows, columns;
    struct shard_answer answer[3];
};

static const struct recipe right = {.wrong = "nothing",
                                    .format = "skillet-shard",
                                    .layout = "packed",
                                    .missing = "",
                                    .version = 1,
                                    .vocabulary = 257,
                                    .end_of_text = 256,
                                    .begin_of_text = -1,
                                    .tokens = H5_U16,
                                    .sums = 1,
                                    .document_sums = 1,
                                    .documents = {0, 2, 5, 8},
                                    .token = 8,
                                    .answers = H5_U32,
                                    .answer_sums = 1,
                                    .rows = 3,
                                    .columns = 2,
                                    .answer = {{1, 1}, {1, 2}, {2, 1}}};

static void text(struct h5 *f, const struct recipe *r, const char *name,
                 const char *value)
{
    if (strcmp(r->missing, name) != 0)
        settled(h5_text_write(f, name, value));
}

static void number(struct h5 *f, const struct recipe *r, const char *name,
                   int64_t value)
{
    if (strcmp(r->missing, name) != 0)
        settled(h5_number_write(f, name, value));
}

static uint64_t dataset(struct h5 *f, const struct recipe *r, const char *name,
                        enum h5_number type, uint64_t n, uint64_t columns)
{
    struct h5_dataset d = {type, columns > 1 ? 2 : 1, {n, columns}, 0};

    if (strcmp(r->missing, name) == 0)
        return 0;
    settled(h5_dataset_create(f, name, &d));
    return d.at;
}

static void add_answers(struct h5 *f, const struct recipe *r, const char *path)
{
    uint64_t sum = sum_bytes(r->answer, sizeof r->answer, 0), at, sums_at;

    at = dataset(f, r, "answers", r->answers, r->rows, r->columns);
    sums_at = dataset(f, r, "answer_sums", H5_U64, r->answer_sums, 1);
    settled(h5_close(f));
    shard_files_overwrite(path, at, r->answer, sizeof r->answer);
    if (sums_at)
        shard_files_overwrite(path, sums_at, &sum, sizeof sum);
}

static void cook(const struct recipe *r, const char *path)
{
    uint16_t token[8] = {1, 2, 3, 4, 5, 6, 7, r->token};
    uint64_t sum = sum_bytes(token, sizeof token, 0);
    uint64_t document_sum = sum_bytes(r->documents, sizeof r->documents, 0);
    uint64_t tokens_at, documents_at, sums_at, document_sums_at;
    struct h5 f;

    settled(h5_create(&f, path, 0));
    text(&f, r, "format", r->format);
    text(&f, r, "skill", "cooking");
    text(&f, r, "title", "Cooking");
    text(&f, r, "split", "train");
    text(&f, r, "tokenizer", "bytes");
    text(&f, r, "tokenizer_sha256", "");
    text(&f, r, "layout", r->layout);
    number(&f, r, "version", r->version);
    number(&f, r, "vocabulary_size", r->vocabulary);
    number(&f, r, "end_of_text", r->end_of_text);
    number(&f, r, "begin_of_text", r->begin_of_text);
    tokens_at = dataset(&f, r, "tokens", r->tokens, 8, 1);
    documents_at = dataset(&f, r, "documents", H5_U64, 4, 1);
    sums_at = dataset(&f, r, "sums", H5_U64, r->sums, 1);
    document_sums_at =
        dataset(&f, r, "document_sums", H5_U64, r->document_sums, 1);
    if (r->has_answers)
        add_answers(&f, r, path);
    else
        settled(h5_close(&f));
    if (tokens_at)
        shard_files_overwrite(path, tokens_at, token, sizeof token);
    if (documents_at)
        shard_files_overwrite(path, documents_at, r->documents,
                              sizeof r->documents);
    if (sums_at)
        shard_files_overwrite(path, sums_at, &sum, sizeof sum);
    if (document_sums_at)
        shard_files_overwrite(path, document_sums_at, &document_sum,
                              sizeof document_sum);
}

static void check_wrong(const struct recipe *r, const char *path,
                        const char *named)
{
    struct shard s;
    struct shard_file f;
    uint64_t offset[4];
    int32_t out[8];
    struct problem wrong;

    cook(r, path);
    wrong = shard_open(&s, path);
    if (!is_problem(&wrong)) {
        settled(shard_attach(&f, &s));
        wrong = shard_read_tokens(&f, 0, 8, out);
        if (!is_problem(&wrong))
            wrong = shard_read_documents(&f, 0, 4, offset);
        if (!is_problem(&wrong))
            wrong = shard_verify(&f, 0, shard_blocks(&s));
        shard_detach(&f);
    }
    ok(is_problem(&wrong) && strstr(wrong.text, path) &&
           strstr(wrong.text, named),
       "wrong %s: %s", r->wrong,
       strrchr(is_problem(&wrong) ? wrong.text : "/", '/'));
}

/* The right recipe, r, with a change; the problem must name `named`. */
#define WRONG(what, named, ...)                                               \
    do {                                                                      \
        r = right;                                                            \
        r.wrong = what;                                                       \
        __VA_ARGS__;                                                          \
        check_wrong(&r, path, named);                                         \
    } while (0)

/* A recipe of samples with answers. */
#define WRONG_SAMPLES(what, named, ...)                                       \
    WRONG(what, named, r.layout = "samples"; r.has_answers = true; __VA_ARGS__)

static void check_samples(const char *path)
{
    struct recipe r = right;

    r.layout = "samples";
    cook(&r, path);
    ok(!shard_files_found(path), "samples without answers are read");
    r.has_answers = true;
    cook(&r, path);
    ok(!shard_files_found(path), "samples with answers are read");
    r.missing = "answer_sums";
    cook(&r, path);
    ok(!shard_files_found(path), "sums of answers may be missing");
    WRONG("layout for answers", "samples", r.has_answers = true);
    WRONG_SAMPLES("type of answers", "uint32", r.answers = H5_U64);
    WRONG_SAMPLES("number of answers", "2 rows", r.rows = 2);
    WRONG_SAMPLES("number of answers", "4 rows", r.rows = 4);
    WRONG_SAMPLES("width of answers", "[n, 2]", r.columns = 3);
    WRONG_SAMPLES("width of answers", "[n, 2]", r.columns = 1);
    WRONG_SAMPLES("number of answer sums", "answer_sums", r.answer_sums = 2);
    WRONG_SAMPLES("answer", "sample 0", r.answer[0].first = 0);
    WRONG_SAMPLES("answer", "sample 0", r.answer[0].first = 2);
    WRONG_SAMPLES("answer", "sample 1", r.answer[1].length = 0);
    WRONG_SAMPLES("answer", "sample 1", r.answer[1].length = 3);
    WRONG_SAMPLES("answer", "sample 2", r.answer[2].length = UINT32_MAX);
    WRONG_SAMPLES("answer", "sample 2", r.answer[2].first = UINT32_MAX);
    WRONG_SAMPLES("sample", "sample 0", r.documents[1] = 1);
    WRONG("sample", "sample 2", r.layout = "samples"; r.documents[2] = 7);
}

static void check_recipes(const char *path)
{
    static const char *const needed[] = {
        "format",      "version",       "skill",  "title",
        "split",       "tokenizer",     "layout", "tokenizer_sha256",
        "end_of_text", "begin_of_text", "tokens", "vocabulary_size",
        "documents",   "sums"};
    struct recipe r = right;

    cook(&r, path);
    ok(!shard_files_found(path), "a right shard without a seal is read");
    r.missing = "document_sums";
    cook(&r, path);
    ok(!shard_files_found(path), "sums of documents may be missing");
    WRONG("format", "format", r.format = "skillet-checkpoint");
    WRONG("version", "version", r.version = 2);
    WRONG("layout", "stacked", r.layout = "stacked");
    WRONG("vocabulary", "vocabulary_size", r.vocabulary = 0);
    WRONG("end of text", "end_of_text", r.end_of_text = 257);
    WRONG("begin of text", "begin_of_text", r.begin_of_text = 257);
    WRONG("type of tokens", "tokens", r.tokens = H5_U32);
    WRONG("type of tokens", "tokens", r.tokens = H5_F32);
    WRONG("number of sums", "sums", r.sums = 2);
    WRONG("number of document sums", "document_sums", r.document_sums = 2);
    WRONG("first document", "documents[0]", r.documents[0] = 1);
    WRONG("document", "documents[2]", r.documents[2] = 2);
    WRONG("document", "documents[2]", r.documents[1] = 7);
    WRONG("last document", "token", r.documents[3] = 7);
    WRONG("last document", "token", r.documents[3] = 9);
    WRONG("document", "documents[1]", r.documents[1] = 9);
    WRONG("id", "vocabulary", r.token = 257);
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        WRONG("(missing)", needed[i], r.missing = needed[i]);
    check_samples(path);
}

static void check_foreign(const char *path)
{
    struct shard s;
    struct problem wrong;

    shard_files_store(path, "", 0);
    wrong = shard_open(&s, path);
    ok(is_problem(&wrong), "an empty file is refused");
    shard_files_store(
        path, "{\"text\": \"this is a line of text, not a shard at all\"}",
        53);
    wrong = shard_open(&s, path);
    ok(is_problem(&wrong), "a text file is refused");
    wrong = shard_open(&s, directory);
    ok(is_problem(&wrong), "a directory is refused");
    unlink(path);
    wrong = shard_open(&s, path);
    ok(is_problem(&wrong), "a missing file is refused");
}

int main(int argc, char **argv)
{
    char mine[600];

    world_start(&argc, &argv);
    place_begin();
    snprintf(mine, sizeof mine, "%s/mine.%d.h5", directory, rank());
    check_recipes(mine);
    check_foreign(mine);
    place_end();
    tap_done();
    world_stop();
    return 0;
}
