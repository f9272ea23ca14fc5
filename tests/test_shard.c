/* What ranks write into a shard together is what every rank reads, and no
 * damaged file is taken for a whole one.    ranks: 1 2 4 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/h5.h"
#include "io/shard_write.h"
#include "io/sum.h"
#include "kernels/check.h"
#include "tests/tap.h"

static uint64_t state;
static char directory[512];

static uint64_t next(void)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return state >> 33;
}

static int rank(void)
{
    return group_rank(group_world());
}

static struct problem settled(struct problem p)
{
    CHECK(!is_problem(&p), "%s", p.text);
    return p;
}

/* ---- a shard, and what stands in it ---- */

struct content {
    struct shard head;
    int32_t *token;
    uint64_t *offset;
};

static struct content content_init(const char *name, long tokens,
                                   long vocabulary)
{
    struct content c = {.head = {.skill = "cooking",
                                 .title = "Cooking",
                                 .split = "train",
                                 .tokenizer = "bytes",
                                 .vocabulary_size = vocabulary,
                                 .end_of_text = vocabulary - 1,
                                 .begin_of_text = -1,
                                 .tokens = tokens}};
    long at = 0;

    snprintf(c.head.path, sizeof c.head.path, "%s/%s", directory, name);
    c.token = malloc((size_t)tokens * sizeof *c.token);
    c.offset = malloc((size_t)(tokens + 1) * sizeof *c.offset);
    CHECK(c.token && c.offset, "no memory");
    for (long i = 0; i < tokens; i++)
        c.token[i] = (int32_t)(next() % (uint64_t)vocabulary);
    c.token[0] = (int32_t)vocabulary - 1;
    while (at < tokens) {
        c.offset[c.head.documents++] = (uint64_t)at;
        at += 1 + (long)(next() % 3000);
    }
    c.offset[c.head.documents] = (uint64_t)tokens;
    return c;
}

static void content_free(struct content *c)
{
    free(c->token);
    free(c->offset);
}

static void write_share(const struct content *c, long from, long to)
{
    struct shard_writer w;
    long width = c->head.token_bytes;
    char *raw = malloc((size_t)((to - from) * width) + 1);
    long documents = c->head.documents + 1, size = group_size(group_world());
    long low = documents * rank() / size,
         high = documents * (rank() + 1) / size;

    CHECK(raw, "no memory");
    for (long i = from; i < to; i++)
        memcpy(raw + (i - from) * width, &c->token[i], (size_t)width);
    settled(shard_write_open(&w, &c->head));
    settled(shard_write_tokens(&w, from, to - from, raw));
    settled(shard_write_documents(&w, low, high - low, c->offset + low));
    settled(shard_write_close(&w));
    free(raw);
}

/* All ranks write their part. */
static void write_together(struct content *c)
{
    struct group *g = group_world();
    long size = group_size(g), blocks;
    struct shard_writer w;

    if (rank() == 0)
        settled(shard_write_create(&c->head, "one.jsonl"));
    group_broadcast(g, &c->head, sizeof c->head);
    write_share(c, c->head.tokens * rank() / size,
                c->head.tokens * (rank() + 1) / size);
    group_barrier(g);
    blocks = shard_blocks(&c->head);
    settled(shard_write_open(&w, &c->head));
    for (long i = rank(); i < blocks; i += size)
        settled(shard_write_sums(&w, i, 1));
    settled(shard_write_close(&w));
    group_barrier(g);
    if (rank() == 0) {
        settled(shard_write_seal(&c->head));
        settled(shard_write_publish(&c->head));
    }
    group_barrier(g);
}

static void check_same(long tokens, long vocabulary)
{
    struct content c = content_init("same.h5", tokens, vocabulary);
    struct shard s;
    struct shard_file f;
    int32_t *out = malloc((size_t)tokens * sizeof *out);
    uint64_t *offset = malloc((size_t)(tokens + 1) * sizeof *offset);
    long wrong = 0;

    CHECK(out && offset, "no memory");
    write_together(&c);
    if (rank() == 0)
        settled(shard_open(&s, c.head.path));
    group_broadcast(group_world(), &s, sizeof s);
    settled(shard_attach(&f, &s));
    ok(memcmp(&s, &c.head, sizeof s) == 0,
       "the header of %ld tokens of %ld ids is read as written", tokens,
       vocabulary);
    settled(shard_read_documents(&f, 0, s.documents + 1, offset));
    ok(memcmp(offset, c.offset, (size_t)(s.documents + 1) * 8) == 0,
       "the documents are read as written");
    for (int i = 0; i < 40; i++) {
        long first = (long)(next() % (uint64_t)tokens);
        long n = (long)(next() % (uint64_t)(tokens - first)) + 1;

        n = i % 2 ? n : n % 1000;
        settled(shard_read_tokens(&f, first, n, out));
        wrong += memcmp(out, c.token + first, (size_t)n * sizeof *out) != 0;
    }
    ok(wrong == 0, "%ld of 40 windows are not read as written", wrong);
    shard_detach(&f);
    free(out);
    free(offset);
    content_free(&c);
}

/* ---- damage: each rank has a copy of its own ---- */

static char *load(const char *path, size_t *n)
{
    struct stat st;
    char *at;
    int fd = open(path, O_RDONLY);

    CHECK(fd >= 0 && fstat(fd, &st) == 0, "no %s", path);
    *n = (size_t)st.st_size;
    at = malloc(*n);
    CHECK(at && read(fd, at, *n) == (ssize_t)*n, "cannot read %s", path);
    close(fd);
    return at;
}

static void store(const char *path, const char *at, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

    CHECK(fd >= 0 && write(fd, at, n) == (ssize_t)n, "cannot write %s", path);
    close(fd);
}

/* Whether opening and reading all of it finds a problem. */
static bool is_found(const char *path)
{
    struct shard s;
    struct shard_file f;
    struct problem p = shard_open(&s, path);
    int32_t *out;

    if (is_problem(&p))
        return true;
    settled(shard_attach(&f, &s));
    out = malloc((size_t)s.tokens * sizeof *out);
    p = shard_read_tokens(&f, 0, s.tokens, out);
    shard_detach(&f);
    free(out);
    return is_problem(&p);
}

static void overwrite(const char *path, size_t at, const void *from, size_t n)
{
    int fd = open(path, O_WRONLY);

    CHECK(fd >= 0 && pwrite(fd, from, n, (off_t)at) == (ssize_t)n,
          "cannot write %s", path);
    close(fd);
}

static void check_header_damage(const struct content *c, const char *path)
{
    size_t n, end = c->head.tokens_at;
    char *whole = load(c->head.path, &n);
    long missed = 0, tried = 0;

    store(path, whole, n);
    ok(!is_found(path), "the undamaged copy is whole");
    for (size_t i = (size_t)rank(); i < n; i += i < end ? 1 : 97) {
        char byte = whole[i] ^ (char)(1 << next() % 8);

        overwrite(path, i, &byte, 1);
        missed += !is_found(path);
        overwrite(path, i, whole + i, 1);
        tried++;
    }
    ok(missed == 0, "%ld of %ld flipped bits are missed", missed, tried);
    missed = tried = 0;
    for (size_t m = 0; m < n; m += m < end ? 61 : 997) {
        store(path, whole, m);
        missed += !is_found(path);
        tried++;
    }
    ok(missed == 0, "%ld of %ld truncated files are missed", missed, tried);
    store(path, whole, n);
    overwrite(path, n, "x", 1);
    ok(is_found(path), "a byte too many is found");
    free(whole);
}

static void check_swapped_tokens(const struct content *c, const char *path)
{
    size_t n;
    char *whole = load(c->head.path, &n);
    long missed = 0, tried = 0;

    store(path, whole, n);
    for (int i = 0; i < 100; i++) {
        size_t a = c->head.tokens_at + 2 * (next() % (size_t)c->head.tokens);
        size_t b = c->head.tokens_at + 2 * (next() % (size_t)c->head.tokens);

        if (memcmp(whole + a, whole + b, 2) == 0)
            continue;
        overwrite(path, a, whole + b, 2);
        overwrite(path, b, whole + a, 2);
        missed += !is_found(path);
        overwrite(path, a, whole + a, 2);
        overwrite(path, b, whole + b, 2);
        tried++;
    }
    ok(missed == 0, "%ld of %ld swapped tokens are missed", missed, tried);
    free(whole);
}

/* ---- shards by other programs, each wrong in one thing ---- */

struct recipe {
    const char *wrong;
    const char *format, *layout;
    const char *missing; /* attribute or dataset */
    int64_t version, vocabulary, end_of_text, begin_of_text;
    enum h5_number tokens;
    uint64_t sums, documents[4];
    uint16_t token; /* the last one */
};

static const struct recipe right = {
    "nothing", "skillet-shard", "packed", "",           1, 257, 256,
    -1,        H5_U16,          1,        {0, 2, 5, 8}, 8};

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
    uint64_t tokens_at, documents_at, sums_at;
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
    settled(h5_close(&f));
    if (tokens_at)
        overwrite(path, tokens_at, token, sizeof token);
    if (documents_at)
        overwrite(path, documents_at, r->documents, sizeof r->documents);
    if (sums_at)
        overwrite(path, sums_at, &sum, sizeof sum);
}

static void check_wrong(const struct recipe *r, const char *path,
                        const char *named)
{
    struct shard s;
    struct shard_file f;
    int32_t out[8];
    struct problem p;

    cook(r, path);
    p = shard_open(&s, path);
    if (!is_problem(&p)) {
        settled(shard_attach(&f, &s));
        p = shard_read_tokens(&f, 0, 8, out);
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
    ok(!is_found(path), "a right shard without a seal is read");
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
    WRONG("first document", "documents[0]", r.documents[0] = 1);
    WRONG("document", "documents[2]", r.documents[2] = 2);
    WRONG("document", "documents[2]", r.documents[1] = 7);
    WRONG("last document", "token", r.documents[3] = 7);
    WRONG("last document", "token", r.documents[3] = 9);
    WRONG("id", "vocabulary", r.token = 257);
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        WRONG("(missing)", needed[i], r.missing = needed[i]);
#undef WRONG
}

static void check_foreign(const char *path)
{
    struct shard s;
    struct problem p;

    store(path, "", 0);
    p = shard_open(&s, path);
    ok(is_problem(&p), "an empty file is refused");
    store(path, "{\"text\": \"this is a line of text, not a shard at all\"}",
          53);
    p = shard_open(&s, path);
    ok(is_problem(&p), "a text file is refused");
    p = shard_open(&s, directory);
    ok(is_problem(&p), "a directory is refused");
    unlink(path);
    p = shard_open(&s, path);
    ok(is_problem(&p), "a missing file is refused");
}

/* The ranks share rank 0's directory; each works on a file of its own. */
static void make_directory(void)
{
    const char *parent = getenv("TMPDIR");

    if (rank() == 0) {
        snprintf(directory, sizeof directory, "%s/test_shard.XXXXXX",
                 parent ? parent : "/tmp");
        CHECK(mkdtemp(directory), "no directory %s", directory);
    }
    group_broadcast(group_world(), directory, sizeof directory);
}

int main(int argc, char **argv)
{
    struct content c;
    char mine[600];

    world_start(&argc, &argv);
    make_directory();
    check_same(2 * SHARD_BLOCK + 12345, 257);
    check_same(SHARD_BLOCK, 65536);
    check_same(30001, 65537);
    check_same(1, 257);

    c = content_init("small.h5", 20011, 257);
    write_together(&c);
    snprintf(mine, sizeof mine, "%s/mine.%d.h5", directory, rank());
    check_header_damage(&c, mine);
    check_swapped_tokens(&c, mine);
    check_recipes(mine);
    check_foreign(mine);
    content_free(&c);

    group_barrier(group_world());
    if (rank() == 0) {
        unlink(c.head.path);
        strcpy(strrchr(c.head.path, '/'), "/same.h5");
        unlink(c.head.path);
        CHECK(rmdir(directory) == 0, "%s is not empty", directory);
    }
    tap_done();
    world_stop();
    return 0;
}
