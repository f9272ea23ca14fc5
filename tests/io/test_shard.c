/* What ranks write into a shard together is what every rank reads, and no
 * damaged file is taken for a whole one.    ranks: 1 2 4 */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "io/shards/shard_open.h"
#include "io/shards/shard_write.h"
#include "tests/lib/shard_files.h"

static uint64_t state;

static uint64_t next(void)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return state >> 33;
}

/* A shard, and what stands in it. */
struct content {
    struct shard head;
    int32_t *token;
    uint64_t *offset;
    struct shard_answer *answer;
};

/* Documents have from `shortest` to `shortest` + `spread` - 1 tokens, the last
 * one perhaps more. */
static void cut_documents(struct content *c, long shortest, long spread)
{
    long at = 0;

    while (c->head.tokens - at >= shortest) {
        c->offset[c->head.documents++] = (uint64_t)at;
        at += shortest + (long)(next() % (uint64_t)spread);
    }
    c->offset[c->head.documents] = (uint64_t)c->head.tokens;
}

static void add_answers(struct content *c)
{
    c->head.has_answers = true;
    for (long i = 0; i < c->head.documents; i++) {
        uint64_t room = c->offset[i + 1] - c->offset[i];
        uint32_t first = 1 + (uint32_t)(next() % (room - 1));

        c->answer[i] = (struct shard_answer){
            first, 1 + (uint32_t)(next() % (room - first))};
    }
}

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

    state = (uint64_t)tokens; /* the same on every rank */
    snprintf(c.head.path.text, sizeof c.head.path.text, "%s/%s", directory,
             name);
    c.token = malloc((size_t)tokens * sizeof *c.token);
    c.offset = malloc((size_t)(tokens + 1) * sizeof *c.offset);
    c.answer = malloc((size_t)tokens * sizeof *c.answer);
    CHECK(c.token && c.offset && c.answer, "no memory");
    for (long i = 0; i < tokens; i++)
        c.token[i] = (int32_t)(next() % (uint64_t)vocabulary);
    c.token[0] = (int32_t)vocabulary - 1;
    return c;
}

static struct content packed(const char *name, long tokens, long vocabulary)
{
    struct content c = content_init(name, tokens, vocabulary);

    cut_documents(&c, 1, 3000);
    return c;
}

static struct content samples(const char *name, long tokens, long spread)
{
    struct content c = content_init(name, tokens, 257);

    c.head.layout = SHARD_SAMPLES;
    cut_documents(&c, 2, spread);
    return c;
}

static struct content answered(const char *name, long tokens, long spread)
{
    struct content c = samples(name, tokens, spread);

    add_answers(&c);
    return c;
}

static void content_free(struct content *c)
{
    free(c->token);
    free(c->offset);
    free(c->answer);
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
    high = high < c->head.documents ? high : c->head.documents;
    if (c->head.has_answers)
        settled(shard_write_answers(&w, low, high - low, c->answer + low));
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

static void check_answers(struct shard_file *f, const struct content *c)
{
    struct shard_answer *out = malloc((size_t)c->head.documents * sizeof *out);
    long wrong = 0;

    CHECK(out, "no memory");
    for (int i = 0; i < 40; i++) {
        long first = (long)(next() % (uint64_t)c->head.documents);
        long n = (long)(next() % (uint64_t)(c->head.documents - first)) + 1;

        settled(shard_read_answers(f, first, n, out));
        wrong += memcmp(out, c->answer + first, (size_t)n * sizeof *out) != 0;
    }
    ok(wrong == 0, "%ld of 40 stretches of answers differ from those written",
       wrong);
    free(out);
}

static void check_same(struct content c)
{
    long tokens = c.head.tokens;
    struct shard s;
    struct shard_file f;
    struct problem sound;
    int32_t *out = malloc((size_t)tokens * sizeof *out);
    uint64_t *offset = malloc((size_t)(tokens + 1) * sizeof *offset);
    long wrong = 0;

    CHECK(out && offset, "no memory");
    write_together(&c);
    if (rank() == 0)
        settled(shard_open(&s, c.head.path.text));
    group_broadcast(group_world(), &s, sizeof s);
    settled(shard_attach(&f, &s));
    sound = shard_verify(&f, 0, shard_blocks(&s));
    ok(memcmp(&s, &c.head, sizeof s) == 0,
       "the header of %ld tokens of %ld ids (%s%s) is read as written", tokens,
       s.vocabulary_size, shard_layout_name(s.layout),
       s.has_answers ? " with answers" : "");
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
    if (s.has_answers)
        check_answers(&f, &c);
    ok(!is_problem(&sound), "all of it is sound: %s", sound.text);
    shard_detach(&f);
    free(out);
    free(offset);
    content_free(&c);
}

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

static void check_header_damage(const struct content *c, const char *path)
{
    size_t n, end = c->head.tokens_at;
    char *whole = load(c->head.path.text, &n);
    size_t size = (size_t)group_size(group_world());
    long missed = 0, tried = 0;

    shard_files_store(path, whole, n);
    ok(!shard_files_found(path), "the undamaged copy is whole");
    for (size_t i = (size_t)rank(); i < n; i += i < end ? size : 97) {
        char byte = whole[i] ^ (char)(1 << next() % 8);

        shard_files_overwrite(path, i, &byte, 1);
        missed += !shard_files_found(path);
        shard_files_overwrite(path, i, whole + i, 1);
        tried++;
    }
    ok(missed == 0, "%ld of %ld flipped bits are missed", missed, tried);
    missed = tried = 0;
    for (size_t m = 0; m < n; m += m < end ? 61 : 997) {
        shard_files_store(path, whole, m);
        missed += !shard_files_found(path);
        tried++;
    }
    ok(missed == 0, "%ld of %ld truncated files are missed", missed, tried);
    shard_files_store(path, whole, n);
    shard_files_overwrite(path, n, "x", 1);
    ok(shard_files_found(path), "a byte too many is found");
    free(whole);
}

static void check_swapped_tokens(const struct content *c, const char *path)
{
    size_t n;
    char *whole = load(c->head.path.text, &n);
    long missed = 0, tried = 0;

    shard_files_store(path, whole, n);
    for (int i = 0; i < 100; i++) {
        size_t a = c->head.tokens_at + 2 * (next() % (size_t)c->head.tokens);
        size_t b = c->head.tokens_at + 2 * (next() % (size_t)c->head.tokens);

        if (memcmp(whole + a, whole + b, 2) == 0)
            continue;
        shard_files_overwrite(path, a, whole + b, 2);
        shard_files_overwrite(path, b, whole + a, 2);
        missed += !shard_files_found(path);
        shard_files_overwrite(path, a, whole + a, 2);
        shard_files_overwrite(path, b, whole + b, 2);
        tried++;
    }
    ok(missed == 0, "%ld of %ld swapped tokens are missed", missed, tried);
    free(whole);
}

/* A shard whose offsets fill three blocks opens whatever the middle one holds;
 * the damage shows where it is read. */
static void check_document_blocks(void)
{
    struct content c = packed("blocks.h5", 3 * SHARD_OFFSETS, 257);
    uint64_t *out = malloc((size_t)c.head.tokens * sizeof *out), bad;
    long middle = SHARD_OFFSETS + 777;
    struct shard_file f;
    struct shard s;
    struct problem first, last, wrong;

    CHECK(out, "no memory");
    for (long i = 0; i <= c.head.tokens; i++)
        c.offset[i] = (uint64_t)i;
    c.head.documents = c.head.tokens;
    write_together(&c);
    bad = (uint64_t)middle + 1; /* as large as the next one */
    if (rank() == 0)
        shard_files_overwrite(c.head.path.text,
                              c.head.documents_at + 8 * (size_t)middle, &bad,
                              sizeof bad);
    group_barrier(group_world());
    settled(shard_open(&s, c.head.path.text));
    settled(shard_attach(&f, &s));
    first = shard_read_documents(&f, 5, 1000, out);
    ok(!is_problem(&first) && out[0] == 5 && out[999] == 1004,
       "documents of a whole block are read beside a damaged one");
    last = shard_read_documents(&f, 2 * SHARD_OFFSETS, SHARD_OFFSETS, out);
    ok(!is_problem(&last), "and behind it");
    wrong = shard_read_documents(&f, SHARD_OFFSETS, 1, out);
    ok(strstr(wrong.text, "documents 131072 to 262144 do not match their sum"),
       "the damaged block is found");
    wrong = shard_verify(&f, 0, shard_blocks(&s));
    ok(is_problem(&wrong), "and by verifying all");
    shard_detach(&f);
    free(out);
    content_free(&c);
}

/* A changed answer shows where it is read, not before: opening does not read
 * answers, of which there may be many. */
static void check_answer_block(void)
{
    struct content c = answered("blocks.h5", 30011, 50);
    struct shard_answer one, bad = {60, 1};
    struct shard_file f;
    struct shard s;
    struct problem wrong;

    write_together(&c);
    if (rank() == 0)
        shard_files_overwrite(c.head.path.text,
                              c.head.answers_at + 7 * sizeof bad, &bad,
                              sizeof bad);
    group_barrier(group_world());
    settled(shard_open(&s, c.head.path.text));
    settled(shard_attach(&f, &s));
    wrong = shard_read_answers(&f, 9, 1, &one);
    ok(strstr(wrong.text, "answers 0 to"), "a changed answer is found: %s",
       strchr(is_problem(&wrong) ? wrong.text : " nothing", ' '));
    shard_detach(&f);
    group_barrier(group_world());
    content_free(&c);
}

/* Small ones, whose bytes are flipped one by one. */
static void check_damage(struct content c)
{
    char mine[600];

    write_together(&c);
    snprintf(mine, sizeof mine, "%s/mine.%d.h5", directory, rank());
    check_header_damage(&c, mine);
    check_swapped_tokens(&c, mine);
    unlink(mine);
    group_barrier(group_world());
    CHECK(rank() != 0 || unlink(c.head.path.text) == 0, "no %s",
          c.head.path.text);
    content_free(&c);
}

int main(int argc, char **argv)
{
    char path[600];

    world_start(&argc, &argv);
    place_begin();
    check_same(packed("same.h5", 2 * SHARD_BLOCK + 12345, 257));
    check_same(packed("same.h5", SHARD_BLOCK, 65536));
    check_same(packed("same.h5", 30001, 65537));
    check_same(packed("same.h5", 1, 257));
    check_same(samples("same.h5", 12345, 50));
    check_same(answered("same.h5", 2 * SHARD_ANSWERS + 12345, 1));
    check_same(answered("same.h5", 2, 1));
    check_damage(packed("small.h5", 20011, 257));
    check_damage(answered("small.h5", 900, 2));
    check_answer_block();
    check_document_blocks();

    group_barrier(group_world());
    if (rank() == 0) {
        snprintf(path, sizeof path, "%s/same.h5", directory);
        unlink(path);
        snprintf(path, sizeof path, "%s/blocks.h5", directory);
        unlink(path);
    }
    place_end();
    tap_done();
    world_stop();
    return 0;
}
