/* The stream of a skill is its documents one after another, with end-of-text
 * between and begin-of-text before them, over all parts, wherever a rank begins
 * to read.    ranks: 1 2 4 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/corpus.h"
#include "io/corpus_files.h"
#include "io/shard_write.h"
#include "kernels/check.h"
#include "tests/tap.h"

enum { PARTS = 3, WINDOWS = 300 };

static uint64_t state = 7;
static char directory[512];

static long next(long below)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (long)((state >> 33) % (uint64_t)below);
}

static bool is_root(void)
{
    return group_rank(group_world()) == 0;
}

static void settled(struct problem p)
{
    CHECK(!is_problem(&p), "%s", p.text);
}

/* The stream, built the plain way while the parts are written. */
struct stream {
    int32_t *at;
    long n;
};

static void push(struct stream *s, long id)
{
    if (id >= 0)
        s->at[s->n++] = (int32_t)id;
}

static struct shard header(const char *split, long part, long end, long begin)
{
    struct shard s = {.skill = "cooking",
                      .title = "cooking",
                      .tokenizer = "bytes",
                      .vocabulary_size = 257,
                      .end_of_text = end,
                      .begin_of_text = begin};
    struct corpus_file f;

    corpus_files_name(&f, s.skill, split, part);
    strcpy(s.split, split);
    snprintf(s.path, sizeof s.path, "%s/%s", directory, f.name);
    return s;
}

/* Rank 0 writes a part; all ranks make its stream. */
static void write_part(struct shard s, long documents, struct stream *stream,
                       bool is_last)
{
    uint64_t *offset = calloc((size_t)documents + 1, sizeof *offset);
    uint16_t *token = malloc((size_t)documents * 40 * sizeof *token);
    struct shard_writer w;

    CHECK(offset && token, "no memory");
    for (long d = 0; d < documents; d++) {
        long n = 1 + next(next(50) ? 8 : 40);

        push(stream, s.begin_of_text);
        for (long i = 0; i < n; i++) {
            token[s.tokens] = (uint16_t)next(256);
            push(stream, token[s.tokens++]);
        }
        offset[d + 1] = (uint64_t)s.tokens;
        if (!is_last || d + 1 < documents)
            push(stream, s.end_of_text);
    }
    s.documents = documents;
    if (is_root()) {
        settled(shard_write_create(&s, ""));
        settled(shard_write_open(&w, &s));
        settled(shard_write_tokens(&w, 0, s.tokens, token));
        settled(shard_write_documents(&w, 0, documents + 1, offset));
        settled(shard_write_sums(&w, 0, shard_blocks(&s)));
        settled(shard_write_close(&w));
        settled(shard_write_seal(&s));
        settled(shard_write_publish(&s));
    }
    free(token);
    free(offset);
}

static void check_windows(struct corpus *c, const struct stream *s,
                          const char *what)
{
    int32_t *out = malloc((size_t)s->n * sizeof *out);
    long wrong = 0;

    CHECK(out, "no memory");
    /* Each rank reads windows of its own. */
    for (int i = 0; i < group_rank(group_world()); i++)
        next(2);
    for (int i = 0; i < WINDOWS; i++) {
        long first = next(s->n), n = next(i % 3 ? 64 : s->n) + 1;

        n = n < s->n - first ? n : s->n - first;
        settled(corpus_read(c, first, n, out));
        wrong += memcmp(out, s->at + first, (size_t)n * sizeof *out) != 0;
    }
    settled(corpus_read(c, 0, s->n, out));
    wrong += memcmp(out, s->at, (size_t)s->n * sizeof *out) != 0;
    ok(wrong == 0, "%ld of %d windows differ from the documents (%s)", wrong,
       WINDOWS + 1, what);
    free(out);
    state = 7;
}

static void check_stream(const long *documents, int parts, long end, long begin,
                         const char *what)
{
    struct stream s = {malloc(4000 * 42 * sizeof *s.at), 0};
    struct corpus c;

    CHECK(s.at, "no memory");
    for (int i = 0; i < parts; i++)
        write_part(header("train", parts > 1 ? i + 1 : 0, end, begin),
                   documents[i], &s, i + 1 == parts);
    corpus_open(&c, group_world(), directory, "cooking", "train");
    ok(c.stream_length == s.n, "%ld tokens in the stream, not %ld (%s)",
       c.stream_length, s.n, what);
    check_windows(&c, &s, what);
    corpus_close(&c);
    free(s.at);
    group_barrier(group_world());
    for (int i = 0; i < parts && is_root(); i++)
        unlink(header("train", parts > 1 ? i + 1 : 0, end, begin).path);
    group_barrier(group_world());
}

/* What rank 0 says of the parts in the directory; then they are removed. */
static void check_refused(const struct shard *head, int n, const char *named)
{
    struct stream s = {malloc(1000 * sizeof *s.at), 0};
    struct problem p = NO_PROBLEM;
    struct shard *found;
    long parts;

    CHECK(s.at, "no memory");
    for (int i = 0; i < n; i++)
        write_part(head[i], 2, &s, true);
    if (is_root()) {
        p = corpus_find(directory, "cooking", "train", &found, &parts);
        free(found);
        for (int i = 0; i < n; i++)
            unlink(head[i].path);
    }
    ok(!is_root() || strstr(p.text, named), "refused: %s",
       strchr(p.text, ' ') ? strchr(p.text, ' ') : "nothing");
    free(s.at);
}

static void check_parts(void)
{
    struct shard two[2] = {header("train", 1, 256, -1),
                           header("train", 3, 256, -1)};

    check_refused(two, 0, "tokenize it first");
    check_refused(two, 2, "part 00002 is missing");
    two[1] = header("train", 0, 256, -1);
    check_refused(two, 2, "remove one or the other");
    two[1] = header("train", 2, 255, -1);
    check_refused(two, 2, "different tokenizers");
    two[1] = header("train", 2, 256, -1);
    strcpy(two[1].tokenizer_sha256, "0a");
    check_refused(two, 2, "different tokenizers");
    two[1] = header("train", 2, 256, -1);
    strcpy(two[1].skill, "baking");
    check_refused(two, 2, "renamed");
    two[1] = header("train", 2, 256, -1);
    strcpy(two[1].title, "cook-ing");
    check_refused(two, 2, "of two skills");
}

static void check_list(void)
{
    static const char *const names[] = {
        "b.train.h5",      "a.train.00002.h5", "a.train.00001.h5",
        "c.test.h5",       "train.h5",         "a.b.train.h5",
        "x.train.h5.tmp",  ".train.h5",        "y.training.h5",
        "z.test.train.h5", "u.train.0001.h5",  "v.train.12345678901.h5"};
    static const char *const expected[] = {"a", "a.b", "b", "z.test"};
    char path[1024], **skills = NULL;
    long n = 0, wrong = 0;

    for (size_t i = 0; is_root() && i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        fclose(fopen(path, "w"));
    }
    if (is_root()) {
        settled(corpus_files_skills(directory, "train", &skills, &n));
        wrong = n != 4;
        for (long i = 0; i < n && !wrong; i++)
            wrong += strcmp(skills[i], expected[i]) != 0;
        corpus_files_skills_free(skills, n);
    }
    ok(wrong == 0, "the skills with a split are a, a.b, b and z.test");
    for (size_t i = 0; is_root() && i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        unlink(path);
    }
}

int main(int argc, char **argv)
{
    static const long one[] = {1}, many[] = {2000}, parts[] = {700, 1, 1300};
    const char *parent = getenv("TMPDIR");

    world_start(&argc, &argv);
    if (is_root()) {
        snprintf(directory, sizeof directory, "%s/test_corpus.XXXXXX",
                 parent ? parent : "/tmp");
        CHECK(mkdtemp(directory), "no directory %s", directory);
    }
    group_broadcast(group_world(), directory, sizeof directory);
    check_stream(one, 1, 256, -1, "one document");
    check_stream(many, 1, 256, -1, "end");
    check_stream(many, 1, 256, 1, "begin and end");
    check_stream(many, 1, -1, 1, "begin");
    check_stream(many, 1, -1, -1, "neither");
    check_stream(parts, PARTS, 256, -1, "three parts, end");
    check_stream(parts, PARTS, 256, 0, "three parts, begin and end");
    check_stream(parts, PARTS, -1, -1, "three parts, neither");
    check_parts();
    check_list();
    group_barrier(group_world());
    CHECK(!is_root() || rmdir(directory) == 0, "%s is not empty", directory);
    tap_done();
    world_stop();
    return 0;
}
