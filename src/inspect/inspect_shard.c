#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/seal.h"
#include "io/shards/shard_open.h"
#include "io/text/tokenizer.h"
#include "kernels/base/memory.h"
#include "src/inspect/inspect.h"

enum { PIECE = 4096, BINS = 64 };

static long least(long a, long b)
{
    return a < b ? a : b;
}

static void print_id(const char *key, long id, FILE *to)
{
    if (id < 0)
        fprintf(to, "%s none\n", key);
    else
        fprintf(to, "%s %ld\n", key, id);
}

static struct problem print_header(const struct shard *s, FILE *to)
{
    struct stat st = {0};
    bool sealed;
    struct problem wrong = seal_check(s->path.text, &sealed);

    if (is_problem(&wrong))
        return wrong;
    stat(s->path.text, &st);
    inspect_text_line("shard", s->path.text, to);
    inspect_text_line("skill", s->skill, to);
    inspect_text_line("title", s->title, to);
    inspect_text_line("split", s->split, to);
    fprintf(to, "layout %s\n", shard_layout_name(s->layout));
    inspect_text_line("tokenizer", s->tokenizer, to);
    if (*s->tokenizer_sha256)
        inspect_text_line("tokenizer_sha256", s->tokenizer_sha256, to);
    fprintf(to, "vocabulary_size %ld\n", s->vocabulary_size);
    print_id("end_of_text", s->end_of_text, to);
    print_id("begin_of_text", s->begin_of_text, to);
    fprintf(to, "sealed %s\nbytes %lld\ndocuments %ld\ntokens %ld\n",
            sealed ? "yes" : "no", (long long)st.st_size, s->documents,
            s->tokens);
    return wrong;
}

/* Bin b counts the documents of 2^b to 2^(b + 1) - 1 tokens. */
struct lengths {
    long shortest, longest, bin[BINS];
};

static struct problem count_lengths(struct shard_file *f, struct lengths *l)
{
    uint64_t offset[PIECE + 1];
    long documents = f->head.documents;

    *l = (struct lengths){.shortest = LONG_MAX};
    for (long at = 0; at < documents; at += PIECE) {
        long n = least(PIECE, documents - at);
        struct problem wrong = shard_read_documents(f, at, n + 1, offset);

        if (is_problem(&wrong))
            return wrong;
        for (long i = 0; i < n; i++) {
            long length = (long)(offset[i + 1] - offset[i]);

            l->shortest = least(l->shortest, length);
            l->longest = length > l->longest ? length : l->longest;
            l->bin[63 - __builtin_clzl((unsigned long)length)]++;
        }
    }
    return NO_PROBLEM;
}

static struct problem print_lengths(struct shard_file *f, FILE *to)
{
    struct lengths l;
    struct problem wrong = count_lengths(f, &l);

    if (is_problem(&wrong))
        return wrong;
    fprintf(to, "length_mean %.2f\nlength_least %ld\nlength_most %ld\n",
            (double)f->head.tokens / (double)f->head.documents, l.shortest,
            l.longest);
    for (int b = 0; b < BINS - 1; b++)
        if (l.shortest >> b <= 1 && l.longest >> b >= 1)
            fprintf(to, "length %ld-%ld %ld\n", 1L << b, (2L << b) - 1,
                    l.bin[b]);
    return wrong;
}

static struct problem print_answers(struct shard_file *f, FILE *to)
{
    struct shard_answer answer[PIECE];
    long samples = f->head.documents, tokens = 0;

    for (long at = 0; at < samples; at += PIECE) {
        long n = least(PIECE, samples - at);
        struct problem wrong = shard_read_answers(f, at, n, answer);

        if (is_problem(&wrong))
            return wrong;
        for (long i = 0; i < n; i++)
            tokens += answer[i].length;
    }
    fprintf(to, "answers %ld\nanswer_length_mean %.2f\n", samples,
            (double)tokens / (double)samples);
    return NO_PROBLEM;
}

/* In double quotes, or the ids where there is no tokenizer that knows them. */
static void print_tokens(const struct tokenizer *t, const int32_t *ids, long n,
                         FILE *to)
{
    char *text = NULL;
    size_t bytes = 0;
    struct problem wrong =
        t ? tokenizer_decode(t, ids, n, &text, &bytes) : problem("no words");

    if (!is_problem(&wrong)) {
        fputc('"', to);
        inspect_text(text, bytes, to);
        fputc('"', to);
    } else {
        for (long i = 0; i < n; i++)
            fprintf(to, "%s%ld", i ? " " : "", (long)ids[i]);
    }
    free(text);
}

static struct problem find_document(struct shard_file *f, long i,
                                    struct shard_sample *x)
{
    uint64_t offset[2];
    struct problem wrong;

    if (f->head.layout == SHARD_SAMPLES)
        return shard_read_sample(f, i, LONG_MAX, x);
    wrong = shard_read_documents(f, i, 2, offset);
    if (!is_problem(&wrong))
        *x = (struct shard_sample){.first = (long)offset[0],
                                   .end = (long)offset[1]};
    return wrong;
}

static struct problem print_document(struct shard_file *f,
                                     const struct tokenizer *t, long i,
                                     FILE *to)
{
    struct shard_sample x;
    struct problem wrong = find_document(f, i, &x);
    int32_t *ids;

    if (is_problem(&wrong))
        return wrong;
    ids = memory_take((size_t)(x.end - x.first), sizeof *ids,
                      "tokens of a document");
    wrong = shard_read_tokens(f, x.first, x.end - x.first, ids);
    if (!is_problem(&wrong)) {
        fprintf(to, "document %ld ", i);
        print_tokens(t, ids, x.end - x.first, to);
        if (x.answer.length > 0) {
            fputs(" answer: ", to);
            print_tokens(t, ids + x.answer.first, x.answer.length, to);
        }
        fputc('\n', to);
    }
    free(ids);
    return wrong;
}

/* The tokenizer that made the shard: the one that is named, else where it was
 * then. */
static struct problem find_tokenizer(const struct settings *s,
                                     const struct shard *head,
                                     struct tokenizer *t)
{
    const char *named = s->tokenize.tokenizer;
    bool is_named = strcmp(named, "bytes") != 0 && *head->tokenizer_sha256;
    struct problem wrong =
        tokenizer_open(t, is_named ? named : head->tokenizer);

    if (!is_problem(&wrong) && strcmp(t->sha256, head->tokenizer_sha256) != 0)
        wrong =
            problem("%s is not the tokenizer that made the shard", t->name);
    if (is_problem(&wrong))
        wrong = problem("%s; documents are shown as ids: give "
                        "tokenize.tokenizer=FILE to show them as text",
                        wrong.text);
    return is_problem(&wrong) ? wrong : tokenizer_check_decoder(t);
}

static struct problem print_documents(const struct settings *s,
                                      struct shard_file *f, FILE *to)
{
    long n = least(s->inspect.documents, f->head.documents);
    struct problem wrong = NO_PROBLEM, unknown;
    struct tokenizer t;

    if (n == 0)
        return wrong;
    unknown = find_tokenizer(s, &f->head, &t);
    if (is_problem(&unknown))
        inspect_text_line("undecoded", unknown.text, to);
    for (long i = 0; i < n && !is_problem(&wrong); i++)
        wrong = print_document(f, is_problem(&unknown) ? NULL : &t, i, to);
    tokenizer_close(&t);
    return wrong;
}

struct problem inspect_shard_verify(struct shard_file *f, FILE *to)
{
    long blocks = shard_blocks(&f->head), sums = 0;
    struct problem wrong = shard_verify(f, 0, blocks);

    for (long i = 0; i < blocks; i++)
        sums += shard_block(&f->head, i).sum_at != 0;
    if (!is_problem(&wrong))
        fprintf(to, "verified %ld blocks, %ld by their sums\n", blocks, sums);
    return wrong;
}

static struct problem describe(const struct settings *s, struct shard_file *f,
                               FILE *to)
{
    struct problem wrong = print_header(&f->head, to);

    if (!is_problem(&wrong))
        wrong = print_lengths(f, to);
    if (!is_problem(&wrong) && f->head.has_answers)
        wrong = print_answers(f, to);
    if (!is_problem(&wrong) && s->inspect.verify)
        wrong = inspect_shard_verify(f, to);
    if (!is_problem(&wrong))
        wrong = print_documents(s, f, to);
    return wrong;
}

struct problem inspect_shard(const struct settings *s, const char *path,
                             FILE *to)
{
    struct shard head;
    struct shard_file f;
    struct problem wrong = shard_open(&head, path);

    if (!is_problem(&wrong))
        wrong = shard_attach(&f, &head);
    if (is_problem(&wrong))
        return wrong;
    wrong = describe(s, &f, to);
    shard_detach(&f);
    return wrong;
}
