#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "io/json.h"
#include "io/lines.h"
#include "io/sum.h"
#include "kernels/base/memory.h"
#include "src/tokenize/tokenize_job.h"

enum { SPOOL_BUFFER = 1 << 22 }; /* bytes before a write */

/* Any two positions far apart give independent sums. */
static const uint64_t second_hash = UINT64_C(0x5851f42d4c957f28);
static const uint64_t length_hash = UINT64_C(0x14057b7ef767814f) & ~7ULL;

/* What must be the same of a file on every rank. */
struct bytes_seen {
    uint64_t bytes, chunks, text; /* text: a hash */
};

struct scan {
    struct tokenize_job *t;
    const struct tokenize_input *input;
    long line, all_lines; /* in the file; in all inputs */
    long in_chunk;        /* bytes so far */
    long skill;           /* where the file names it */
    struct tokenizer_ids ids;
    unsigned char *buffer; /* tokens that wait for the spool */
    size_t buffered, room;
    uint64_t flushed; /* bytes in the spool */
    struct bytes_seen seen;
};

static struct problem flush(struct scan *s)
{
    struct problem wrong = file_write_at(s->t->spool, s->t->spool_name,
                                         s->flushed, s->buffer, s->buffered);

    s->flushed += s->buffered;
    s->buffered = 0;
    return wrong;
}

/* The ids go to the spool in the type of the shards. */
static void spool_ids(struct scan *s)
{
    long width = tokenize_job_token_bytes(s->t);
    size_t bytes = (size_t)(s->ids.n * width);

    if (s->room - s->buffered < bytes) {
        s->room = s->buffered + bytes + SPOOL_BUFFER;
        s->buffer = memory_grow(s->buffer, s->room, 1, "bytes of tokens");
    }
    for (long i = 0; i < s->ids.n; i++)
        memcpy(s->buffer + s->buffered + (size_t)(i * width), &s->ids.at[i],
               (size_t)width);
    s->buffered += bytes;
    s->t->spooled += s->ids.n;
    s->ids.n = 0;
}

/* A text that gives no tokens, because its characters are in no vocabulary, is
 * as good as empty. */
static struct problem add_document(struct scan *s, const char *text, size_t n,
                                   long skill)
{
    struct tokenize_job *t = s->t;
    uint64_t bytes = n, length = sum_bytes(&bytes, sizeof bytes, length_hash);
    struct tokenize_job_document d = {
        .hash = {sum_bytes(text, n, 0) + length,
                 sum_bytes(text, n, second_hash) + length},
        .chunk = t->chunks,
        .spooled = t->spooled,
        .skill = (int32_t)skill,
        .file = -1,
        .split = (int8_t)(t->only != SPLIT_NONE ? t->only : s->input->split),
    };
    struct problem wrong = tokenizer_encode(&t->tokenizer, text, n, &s->ids);

    d.tokens = s->ids.n;
    if (is_problem(&wrong))
        return wrong;
    if (d.tokens == 0) {
        t->empty++;
        return wrong;
    }
    spool_ids(s);
    if (t->documents == t->room) {
        t->room = 2 * t->room + 1024;
        t->document = memory_grow(t->document, (size_t)t->room,
                                  sizeof *t->document, "documents");
    }
    t->document[t->documents++] = d;
    return wrong;
}

static struct problem find_skill(struct scan *s, const struct json_line *j,
                                 long *skill)
{
    const char *field = s->t->settings->tokenize.skill + 1, *title;
    size_t n;
    struct problem wrong = json_line_text(j, field, &title, &n);

    if (is_problem(&wrong))
        return wrong;
    if (n == 0 || n >= sizeof s->t->skills.at->title || memchr(title, 0, n))
        return problem("\"%s\" is not the name of a skill: it must have 1 "
                       "to 255 bytes and no zeros",
                       field);
    *skill = tokenize_skills_number(&s->t->skills, title, n);
    return wrong;
}

/* What is wrong with the line as a document. */
static struct problem take_line(struct scan *s, const char *line, size_t bytes)
{
    struct json_line *j;
    const char *text;
    long skill = s->skill;
    size_t n;
    struct problem wrong = json_line_parse(&j, line, bytes);

    if (is_problem(&wrong))
        return wrong;
    wrong = json_line_text(j, s->t->settings->tokenize.field, &text, &n);
    if (!is_problem(&wrong) && n > 0 && tokenize_job_has_skill_field(s->t))
        wrong = find_skill(s, j, &skill);
    if (!is_problem(&wrong) && n > 0)
        wrong = add_document(s, text, n, skill);
    if (!is_problem(&wrong) && n == 0)
        s->t->empty++;
    json_line_free(j);
    return wrong;
}

static bool is_blank(const char *line, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strchr(" \t\r", line[i]) || line[i] == '\0')
            return false;
    return true;
}

/* A line of this rank; the problem is one that ends the run. */
static struct problem own_line(struct scan *s, const char *line, size_t n)
{
    struct tokenize_job *t = s->t;
    struct problem wrong = take_line(s, line, n);

    if (!is_problem(&wrong))
        return wrong;
    wrong = problem("%s:%ld: %s", s->input->path.text, s->line, wrong.text);
    if (t->settings->tokenize.on_error == ON_ERROR_STOP)
        return wrong;
    if (t->skipped++ == 0) {
        t->first_skipped = (uint64_t)s->all_lines;
        t->why_skipped = wrong;
    }
    return NO_PROBLEM;
}

static struct problem scan_lines(struct scan *s, struct lines *l,
                                 struct problem *refused)
{
    struct tokenize_job *t = s->t;
    struct problem wrong = NO_PROBLEM;
    const char *line;
    size_t n;

    while (!is_problem(refused) && !is_problem(&wrong) &&
           lines_next(l, &line, &n, refused)) {
        wrong = output_stop(&t->out);
        s->line++;
        s->all_lines++;
        if (s->in_chunk >= TOKENIZE_CHUNK) {
            t->chunks++;
            s->in_chunk = 0;
        }
        s->in_chunk += (long)n + 1;
        s->seen.bytes += n + 1;
        s->seen.text = s->seen.text * 3 + sum_bytes(line, n, 0);
        if (t->chunks % group_size(t->g) != group_rank(t->g) ||
            is_blank(line, n))
            continue;
        *refused = own_line(s, line, n);
        if (!is_problem(refused))
            *refused = tokenize_skills_check(&t->skills);
        if (s->buffered >= SPOOL_BUFFER)
            wrong = flush(s);
    }
    t->chunks++;
    s->in_chunk = 0;
    s->seen.chunks = (uint64_t)t->chunks;
    return is_problem(&wrong) ? wrong : flush(s);
}

/* The sentence about the first line is spoken, whichever rank found it. */
static void keep_first(struct group *g, uint64_t line, struct problem *wrong)
{
    uint64_t first = is_problem(wrong) ? line : UINT64_MAX;

    group_min_counts(g, &first, 1);
    if (line != first)
        *wrong = NO_PROBLEM;
}

/* Ranks number the chunks on their own: with different bytes under one name,
 * documents would be taken twice or not at all. */
static struct problem check_alike(const struct scan *s)
{
    const struct bytes_seen *h = &s->seen;
    uint64_t x[] = {h->bytes,  h->chunks,  h->text,
                    ~h->bytes, ~h->chunks, ~h->text};

    group_min_counts(s->t->g, x, 6);
    for (int i = 0; i < 3; i++)
        if (x[i] != ~x[i + 3])
            return problem("%s is not the same on all ranks, which read "
                           "%llu to %llu bytes of it: put it on a file "
                           "system that all share, and let nothing write "
                           "to it during the run",
                           s->input->path.text, (unsigned long long)x[0],
                           (unsigned long long)~x[3]);
    return NO_PROBLEM;
}

static struct problem scan_file(struct scan *s, struct problem *refused)
{
    struct tokenize_job *t = s->t;
    struct problem wrong = NO_PROBLEM;
    struct lines *l;

    s->line = 0;
    s->seen = (struct bytes_seen){0, 0, 0};
    if (!tokenize_job_has_skill_field(t)) {
        const char *title = tokenize_job_title(t, s->input);

        s->skill = tokenize_skills_number(&t->skills, title, strlen(title));
    }
    *refused = lines_open(&l, s->input->path.text);
    if (!is_problem(refused))
        wrong = scan_lines(s, l, refused);
    lines_close(l);
    keep_first(t->g, (uint64_t)s->all_lines, refused);
    *refused = group_agree(t->g, *refused);
    wrong = group_agree(t->g, wrong);
    if (!is_problem(refused) && !is_problem(&wrong))
        *refused = check_alike(s);
    return wrong;
}

struct problem tokenize_scan(struct tokenize_job *t, struct problem *refused)
{
    struct scan s = {.t = t};
    struct problem wrong = NO_PROBLEM;

    *refused = NO_PROBLEM;
    for (long i = 0;
         i < t->inputs && !is_problem(&wrong) && !is_problem(refused); i++) {
        s.input = &t->input[i];
        wrong = scan_file(&s, refused);
    }
    if (t->skipped == 0)
        t->why_skipped = NO_PROBLEM;
    keep_first(t->g, t->first_skipped, &t->why_skipped);
    t->why_skipped = group_agree(t->g, t->why_skipped);
    tokenizer_ids_free(&s.ids);
    free(s.buffer);
    return wrong;
}
