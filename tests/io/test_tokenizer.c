/* What is encoded is what is decoded, and a closed vocabulary cuts the
 * sentences of the paper into as many tokens as GPT-2 does.    ranks: 1 */
#include "io/text/tokenizer.h"

#include <stdlib.h>
#include <string.h>

#include "io/text/symbols.h"
#include "kernels/base/check.h"
#include "kernels/base/rng.h"
#include "tests/lib/tap.h"

static struct tokenizer open_it(const char *name)
{
    struct tokenizer t;
    struct problem wrong = tokenizer_open(&t, name);

    CHECK(!is_problem(&wrong), "%s", wrong.text);
    return t;
}

static bool decodes_to(const struct tokenizer *t, const int32_t *ids, long n,
                       const char *want, size_t bytes)
{
    char *text;
    size_t m;
    struct problem wrong = tokenizer_decode(t, ids, n, &text, &m);
    bool is_same = !is_problem(&wrong) && m == bytes && text[m] == '\0' &&
                   memcmp(text, want, m) == 0;

    free(text);
    return is_same;
}

static bool is_refused(const struct tokenizer *t, int32_t id)
{
    char *text;
    size_t n;
    struct problem wrong = tokenizer_decode(t, &id, 1, &text, &n);

    return is_problem(&wrong) && !text;
}

static void test_bytes(void)
{
    enum { N = 1000 };
    struct tokenizer t = open_it("bytes");
    struct tokenizer_ids ids = {0};
    int32_t around[] = {256, 'a', 256, 'b', 0, 'c', 256};
    char text[N];

    for (int i = 0; i < N; i++)
        text[i] = (char)rng_bits(1, (uint64_t)i);
    tokenizer_encode(&t, text, N, &ids);
    ok(ids.n == N && decodes_to(&t, ids.at, ids.n, text, N),
       "any bytes come back");
    ok(decodes_to(&t, around, 7, "ab\0c", 4), "end of text is no text");
    t.begin_of_text = 'b';
    ok(decodes_to(&t, around, 7, "a\0c", 3), "nor is begin of text");
    ok(decodes_to(&t, around, 0, "", 0), "no ids are the empty text");
    ok(is_refused(&t, 257) && is_refused(&t, -1),
       "ids outside the vocabulary are refused");
    tokenizer_ids_free(&ids);
}

/* Ids by the longest symbol; -1 where there is none. */
static long cut(const struct symbols *s, const char *text, int32_t *ids)
{
    size_t left = strlen(text);
    long n = 0;

    while (left > 0) {
        int id = symbols_match(s, text, left);

        if (id < 0)
            return -1;
        ids[n++] = id;
        text += strlen(s->text[id]);
        left -= strlen(s->text[id]);
    }
    return n;
}

static void test_closed(const char *name, const char *sentence, long tokens,
                        long answer, const char *answer_text)
{
    const struct symbols *s = symbols_find(name);
    struct tokenizer t = open_it(name);
    int32_t ids[100];
    long n = cut(s, sentence, ids), same = 0;

    ok(n == tokens && decodes_to(&t, ids, n, sentence, strlen(sentence)) &&
           decodes_to(&t, ids + answer, 1, answer_text, strlen(answer_text)),
       "%s: %ld tokens, and%s at place %ld", name, n, answer_text, answer);
    for (int i = 0; i < s->n; i++)
        same += symbols_match(s, s->text[i], strlen(s->text[i])) == i;
    ok(same == s->n && t.vocabulary_size == s->n,
       "%s: %ld symbols are found whole, each once", name, same);
    ok(symbols_match(s, " val", 2) == symbols_match(s, " v", 2) &&
           symbols_match(s, "!", 1) == -1,
       "%s: a symbol ends where the text does", name);
    ok(t.end_of_text == -1 && t.begin_of_text == -1 && !t.sha256[0] &&
           is_refused(&t, s->n) && is_refused(&t, -1),
       "%s: there are no other ids", name);
}

int main(int argc, char **argv)
{
    struct tokenizer t;
    struct problem wrong;

    world_start(&argc, &argv);
    test_bytes();
    test_closed(
        "lego",
        "Input:  r = val p ,  p = val u ,  u = not m , m = val 1 ,  y = "
        "not r. Output: p = val 0, ",
        39, 36, " 0");
    test_closed("addition", "Input: A = 1 0 6 + 0 7 1 , A 0 = ? Output: 7", 19,
                18, " 7");
    wrong = tokenizer_open(&t, "words");
    ok(is_problem(&wrong), "an unknown tokenizer is refused");
    tap_done();
    world_stop();
    return 0;
}
