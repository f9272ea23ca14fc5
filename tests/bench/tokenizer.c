/* Not a test: bytes of text a second that one rank encodes.
 *
 *   tokenizer TOKENIZER FILE.jsonl...
 *
 * The texts are in memory before the clock runs; the best of three times. */
#include <stdio.h>
#include <stdlib.h>

#include "io/bytes.h"
#include "io/json.h"
#include "io/lines.h"
#include "io/text/tokenizer.h"
#include "kernels/base/check.h"
#include "kernels/base/clock.h"

/* Texts one after another, and where each ends. */
struct texts {
    struct bytes all;
    size_t *end;
    long n;
};

static void read_texts(struct texts *x, const char *path)
{
    struct lines *l;
    struct problem wrong = lines_open(&l, path);
    const char *line, *text;
    size_t n, bytes;

    while (!is_problem(&wrong) && lines_next(l, &line, &n, &wrong)) {
        struct json_line *j;

        wrong = json_line_parse(&j, line, n);
        if (!is_problem(&wrong))
            wrong = json_line_text(j, "text", &text, &bytes);
        CHECK(!is_problem(&wrong), "%s", wrong.text);
        bytes_add(&x->all, text, bytes);
        x->end = realloc(x->end, ((size_t)x->n + 1) * sizeof *x->end);
        CHECK(x->end, "no memory");
        x->end[x->n++] = x->all.n;
        json_line_free(j);
    }
    CHECK(!is_problem(&wrong), "%s", wrong.text);
    lines_close(l);
}

int main(int argc, char **argv)
{
    struct tokenizer t;
    struct tokenizer_ids ids = {0};
    struct texts x = {.n = 0};
    struct problem wrong;
    double best = 0;
    long tokens = 0;

    CHECK(argc > 2, "usage: tokenizer TOKENIZER FILE.jsonl...");
    wrong = tokenizer_open(&t, argv[1]);
    CHECK(!is_problem(&wrong), "%s", wrong.text);
    for (int i = 2; i < argc; i++)
        read_texts(&x, argv[i]);
    for (int time = 0; time < 3; time++) {
        double begin = clock_seconds(), speed;

        tokens = 0;
        for (long i = 0; i < x.n; i++) {
            size_t from = i > 0 ? x.end[i - 1] : 0;

            ids.n = 0;
            wrong =
                tokenizer_encode(&t, x.all.at + from, x.end[i] - from, &ids);
            CHECK(!is_problem(&wrong), "%s", wrong.text);
            tokens += ids.n;
        }
        speed = (double)x.all.n / (clock_seconds() - begin);
        best = speed > best ? speed : best;
    }
    printf("%.1f MB/s, %zu bytes, %ld tokens\n", best / 1e6, x.all.n, tokens);
    tokenizer_ids_free(&ids);
    tokenizer_close(&t);
    bytes_free(&x.all);
    free(x.end);
    return 0;
}
