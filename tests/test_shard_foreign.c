/* Shards by other programs, each wrong in one thing, are refused with a
 * sentence that names it, and so is what is no shard.    ranks: 1 2 */
#include <stdint.h>
#include <string.h>

#include "io/h5.h"
#include "io/sum.h"
#include "tests/shard_files.h"

struct recipe {
    const char *wrong;
    const char *format, *layout;
    const char *missing; /* attribute or dataset */
    int64_t version, vocabulary, end_of_text, begin_of_text;
    enum h5_number tokens;
    uint64_t sums, document_sums, documents[4];
    uint16_t token; /* the last one */
};

static const struct recipe right = {
    "nothing", "skillet-shard", "packed", "", 1, 257, 256, -1, H5_U16, 1,
    1,         {0, 2, 5, 8},    8};

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
                        enum h5_number type, uint64_t n)
{
    struct h5_dataset d = {type, 1, {n, 1}, 0};

    if (strcmp(r->missing, name) == 0)
        return 0;
    settled(h5_dataset_create(f, name, &d));
    return d.at;
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
    tokens_at = dataset(&f, r, "tokens", r->tokens, 8);
    documents_at = dataset(&f, r, "documents", H5_U64, 4);
    sums_at = dataset(&f, r, "sums", H5_U64, r->sums);
    document_sums_at =
        dataset(&f, r, "document_sums", H5_U64, r->document_sums);
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
    struct problem p;

    cook(r, path);
    p = shard_open(&s, path);
    if (!is_problem(&p)) {
        settled(shard_attach(&f, &s));
        p = shard_read_tokens(&f, 0, 8, out);
        if (!is_problem(&p))
            p = shard_read_documents(&f, 0, 4, offset);
        shard_detach(&f);
    }
    ok(is_problem(&p) && strstr(p.text, path) && strstr(p.text, named),
       "wrong %s: %s", r->wrong, strrchr(is_problem(&p) ? p.text : "/", '/'));
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
#define WRONG(what, named, ...)                                                \
    do {                                                                       \
        r = right;                                                             \
        r.wrong = what;                                                        \
        __VA_ARGS__;                                                           \
        check_wrong(&r, path, named);                                          \
    } while (0)
    WRONG("format", "format", r.format = "skillet-checkpoint");
    WRONG("version", "version", r.version = 2);
    WRONG("layout", "samples", r.layout = "samples");
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
#undef WRONG
}

static void check_foreign(const char *path)
{
    struct shard s;
    struct problem p;

    shard_files_store(path, "", 0);
    p = shard_open(&s, path);
    ok(is_problem(&p), "an empty file is refused");
    shard_files_store(
        path, "{\"text\": \"this is a line of text, not a shard at all\"}", 53);
    p = shard_open(&s, path);
    ok(is_problem(&p), "a text file is refused");
    p = shard_open(&s, directory);
    ok(is_problem(&p), "a directory is refused");
    unlink(path);
    p = shard_open(&s, path);
    ok(is_problem(&p), "a missing file is refused");
}

int main(int argc, char **argv)
{
    char mine[600];

    world_start(&argc, &argv);
    shard_files_begin();
    snprintf(mine, sizeof mine, "%s/mine.%d.h5", directory, rank());
    check_recipes(mine);
    check_foreign(mine);
    group_barrier(group_world());
    CHECK(rank() != 0 || rmdir(directory) == 0, "%s is not empty", directory);
    tap_done();
    world_stop();
    return 0;
}
