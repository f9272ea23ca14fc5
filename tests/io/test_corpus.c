/* The stream of a skill is its documents one after another, with end-of-text
 * between and begin-of-text before them, over all parts, wherever a rank
 * begins to read; samples stay apart.    ranks: 1 2 4 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/shards/corpus.h"
#include "io/shards/split.h"
#include "tests/lib/shard_files.h"

enum { PARTS = 3, WINDOWS = 300, SAMPLES = 2001 };

static uint64_t state = 7;

static long next(long below)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (long)((state >> 33) % (uint64_t)below);
}

static bool is_root(void)
{
    return group_rank(group_world()) == 0;
}

/* The stream, or the samples one after another, built the plain way while the
 * parts are written. */
struct stream {
    int32_t *at;
    long *start; /* of its document, in the stream */
    long n;
    long first[SAMPLES + 1], samples; /* where they begin, and the end */
    struct shard_answer answer[SAMPLES];
};

static void push(struct stream *s, long id)
{
    if (id >= 0)
        s->at[s->n++] = (int32_t)id;
}

static void push_sample(struct stream *s, long begin, const uint16_t *own,
                        long n, struct shard_answer a)
{
    push(s, begin);
    for (long i = 0; i < n; i++)
        push(s, own[i]);
    a.first += (uint32_t)(a.length > 0 && begin >= 0);
    s->answer[s->samples++] = a;
    s->first[s->samples] = s->n;
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
    snprintf(s.path.text, sizeof s.path.text, "%s/%s", directory, f.name);
    return s;
}

/* Rank 0 writes a part; all ranks make its stream. */
static void write_part(struct shard s, long documents, struct stream *stream,
                       bool is_last)
{
    uint64_t *offset = calloc((size_t)documents + 1, sizeof *offset);
    uint16_t *token = malloc((size_t)documents * 40 * sizeof *token);

    CHECK(offset && token, "no memory");
    for (long d = 0; d < documents; d++) {
        long n = 1 + next(next(50) ? 8 : 40), start = stream->n;

        push(stream, s.begin_of_text);
        for (long i = 0; i < n; i++) {
            token[s.tokens] = (uint16_t)next(256);
            push(stream, token[s.tokens++]);
        }
        offset[d + 1] = (uint64_t)s.tokens;
        if (!is_last || d + 1 < documents)
            push(stream, s.end_of_text);
        for (long i = start; i < stream->n; i++)
            stream->start[i] = start;
    }
    s.documents = documents;
    if (is_root())
        shard_files_write(s, token, offset, NULL);
    free(token);
    free(offset);
}

static void write_samples(struct shard s, long samples, struct stream *stream)
{
    uint64_t *offset = calloc((size_t)samples + 1, sizeof *offset);
    uint16_t *token = malloc((size_t)samples * 40 * sizeof *token);
    struct shard_answer *answer = calloc((size_t)samples, sizeof *answer);

    CHECK(offset && token && answer, "no memory");
    for (long d = 0; d < samples; d++) {
        long n = 2 + next(38), first = 1 + next(n - 1);

        for (long i = 0; i < n; i++)
            token[s.tokens + i] = (uint16_t)next(256);
        if (s.has_answers)
            answer[d] = (struct shard_answer){(uint32_t)first,
                                              1 + (uint32_t)next(n - first)};
        push_sample(stream, s.begin_of_text, token + s.tokens, n, answer[d]);
        s.tokens += n;
        offset[d + 1] = (uint64_t)s.tokens;
    }
    s.documents = samples;
    if (is_root())
        shard_files_write(s, token, offset, answer);
    free(token);
    free(offset);
    free(answer);
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

/* s->start has, for each token, the place in the stream of its document's
 * first. */
static void check_starts(struct corpus *c, const struct stream *s,
                         const char *what)
{
    int32_t *out = malloc((size_t)s->n * sizeof *out);
    long wrong = 0;

    CHECK(out, "no memory");
    for (int i = 0; i <= WINDOWS; i++) {
        long first = i ? next(s->n) : 0, n = i ? 1 + next(64) : s->n;

        n = n < s->n - first ? n : s->n - first;
        settled(corpus_read_starts(c, first, n, out));
        for (long t = 0; t < n; t++) {
            long start = s->start[first + t] - first;

            wrong += out[t] != (start > 0 ? start : 0);
        }
    }
    ok(wrong == 0, "%ld tokens are said to be of other documents (%s)", wrong,
       what);
    free(out);
    state = 7;
}

static void open_together(struct corpus *c)
{
    struct corpus_files files = {0};

    if (is_root())
        settled(corpus_files_list(&files, directory));
    refuse_if(group_world(),
              corpus_open(c, group_world(), &files, "cooking", "train"));
    corpus_files_free(&files);
}

static void check_stream(const long *documents, int parts, long end,
                         long begin, const char *what)
{
    struct stream s = {.at = malloc(4000 * 42 * sizeof *s.at),
                       .start = malloc(4000 * 42 * sizeof *s.start)};
    struct corpus c;

    CHECK(s.at && s.start, "no memory");
    for (int i = 0; i < parts; i++)
        write_part(header("train", parts > 1 ? i + 1 : 0, end, begin),
                   documents[i], &s, i + 1 == parts);
    open_together(&c);
    ok(c.stream_length == s.n, "%ld tokens in the stream, not %ld (%s)",
       c.stream_length, s.n, what);
    check_windows(&c, &s, what);
    check_starts(&c, &s, what);
    corpus_close(&c);
    free(s.at);
    free(s.start);
    group_barrier(group_world());
    for (int i = 0; i < parts && is_root(); i++)
        unlink(header("train", parts > 1 ? i + 1 : 0, end, begin).path.text);
    group_barrier(group_world());
}

static long longest(const struct stream *s)
{
    long i = 0;

    for (long j = 0; j < s->samples; j++)
        if (s->first[j + 1] - s->first[j] > s->first[i + 1] - s->first[i])
            i = j;
    return i;
}

/* Every rank reads all of them in an order of its own. */
static void compare_samples(struct corpus *c, const struct stream *s,
                            const char *what)
{
    long top = longest(s), room = s->first[top + 1] - s->first[top],
         failures = 0;
    struct corpus_sample sample;
    struct problem wrong;
    int32_t out[41];

    for (long k = 0; k < s->samples; k++) {
        long i = (k * 7919 + group_rank(group_world())) % s->samples;
        long n = s->first[i + 1] - s->first[i];

        settled(corpus_read_sample(c, i, room, out, &sample));
        failures +=
            sample.tokens != n ||
            memcmp(out, s->at + s->first[i], (size_t)n * 4) != 0 ||
            memcmp(&sample.answer, &s->answer[i], sizeof *s->answer) != 0;
    }
    ok(failures == 0, "%ld of %ld samples are not read as written (%s)",
       failures, s->samples, what);
    refuse_if(group_world(), corpus_check_samples(c, group_world(), room));
    wrong = corpus_read_sample(c, top, room - 1, out, &sample);
    ok(strstr(wrong.text, "train.sequence_length"),
       "a longer one is a problem: %s", strrchr(wrong.text, '/'));
}

static void check_samples(const long *samples, int parts, bool has_answers,
                          long begin, const char *what)
{
    struct stream s = {.at = malloc(SAMPLES * 41 * sizeof *s.at)};
    struct shard head[PARTS];
    struct corpus c;

    CHECK(s.at, "no memory");
    for (int i = 0; i < parts; i++) {
        head[i] = header("train", parts > 1 ? i + 1 : 0, 256, begin);
        head[i].layout = SHARD_SAMPLES;
        head[i].has_answers = has_answers;
        write_samples(head[i], samples[i], &s);
    }
    open_together(&c);
    ok(c.stream_length == 0 && c.documents == s.samples &&
           c.has_answers == has_answers,
       "%ld samples without a stream (%s)", c.documents, what);
    compare_samples(&c, &s, what);
    corpus_close(&c);
    free(s.at);
    group_barrier(group_world());
    for (int i = 0; i < parts && is_root(); i++)
        unlink(head[i].path.text);
    group_barrier(group_world());
}

/* What rank 0 says of the parts in the directory; then they are removed. */
static void check_refused(const struct shard *head, int n, const char *named)
{
    struct stream s = {.at = malloc(1000 * sizeof *s.at),
                       .start = malloc(1000 * sizeof *s.start)};
    struct problem wrong = NO_PROBLEM;
    struct corpus_files files;
    struct shard *found;
    long parts;

    CHECK(s.at, "no memory");
    for (int i = 0; i < n; i++)
        if (head[i].layout == SHARD_SAMPLES)
            write_samples(head[i], 2, &s);
        else
            write_part(head[i], 2, &s, true);
    if (is_root()) {
        settled(corpus_files_list(&files, directory));
        wrong = corpus_find(&files, "cooking", "train", &found, &parts);
        free(found);
        corpus_files_free(&files);
        for (int i = 0; i < n; i++)
            unlink(head[i].path.text);
    }
    ok(!is_root() || strstr(wrong.text, named), "refused: %s",
       strchr(wrong.text, ' ') ? strchr(wrong.text, ' ') : "nothing");
    free(s.at);
    free(s.start);
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
    check_refused(two, 2, "belong to two skills");
    two[1] = header("train", 2, 256, -1);
    two[1].layout = SHARD_SAMPLES;
    check_refused(two, 2, "layout packed and samples)");
    two[0].layout = SHARD_SAMPLES;
    two[1].has_answers = true;
    check_refused(two, 2, "layout samples and samples with answers)");
}

/* How many splits of skills are not found where a walk over all files finds
 * them. */
static long count_lost(const struct corpus_files *files)
{
    static const char *const skill[] = {"0", "a",      "a.b", "b",
                                        "c", "z.test", "zz"};
    long lost = 0;

    for (size_t i = 0; i < sizeof skill / sizeof *skill; i++)
        for (int split = 0; split < SPLITS; split++) {
            const char *name = split_names[split];
            const struct corpus_file *first, *found = NULL;
            long n, walked = 0;

            first = corpus_files_find(files, skill[i], name, &n);
            for (long j = 0; j < files->n; j++)
                if (strcmp(files->at[j].skill, skill[i]) == 0 &&
                    strcmp(files->at[j].split, name) == 0 && walked++ == 0)
                    found = &files->at[j];
            lost += n != walked || (n > 0 && first != found);
        }
    return lost;
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
    long n = 0, wrong = 0, lost = 0;
    struct corpus_files files;

    for (size_t i = 0; is_root() && i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        fclose(fopen(path, "w"));
    }
    if (is_root()) {
        settled(corpus_files_list(&files, directory));
        corpus_files_skills(&files, "train", &skills, &n);
        lost = count_lost(&files);
        corpus_files_free(&files);
        wrong = n != 4;
        for (long i = 0; i < n && !wrong; i++)
            wrong += strcmp(skills[i], expected[i]) != 0;
        corpus_files_skills_free(skills, n);
    }
    ok(wrong == 0, "the skills with a split are a, a.b, b and z.test");
    ok(lost == 0, "%ld of 21 splits are not found", lost);
    for (size_t i = 0; is_root() && i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        unlink(path);
    }
}

int main(int argc, char **argv)
{
    static const long one[] = {1}, many[] = {2000}, parts[] = {700, 1, 1300};

    world_start(&argc, &argv);
    place_begin();
    check_stream(one, 1, 256, -1, "one document");
    check_stream(many, 1, 256, -1, "end");
    check_stream(many, 1, 256, 1, "begin and end");
    check_stream(many, 1, -1, 1, "begin");
    check_stream(many, 1, -1, -1, "neither");
    check_stream(parts, PARTS, 256, -1, "three parts, end");
    check_stream(parts, PARTS, 256, 0, "three parts, begin and end");
    check_stream(parts, PARTS, -1, -1, "three parts, neither");
    check_samples(one, 1, true, -1, "one");
    check_samples(many, 1, false, -1, "no answers");
    check_samples(parts, PARTS, true, -1, "three parts, answers");
    check_samples(parts, PARTS, true, 0, "three parts, answers, begin");
    check_samples(parts, PARTS, false, 1, "three parts, begin");
    check_parts();
    check_list();
    place_end();
    tap_done();
    world_stop();
    return 0;
}
