#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/corpus_files.h"
#include "io/shard_write.h"
#include "kernels/check.h"
#include "src/commands/commands.h"
#include "src/commands/tokenize_job.h"
#include "src/log.h"

bool tokenize_has_skill_field(const struct tokenize *t)
{
    return t->settings->tokenize.skill[0] == '@';
}

long tokenize_token_bytes(const struct tokenize *t)
{
    return t->tokenizer.vocabulary_size <= 1 << 16 ? 2 : 4;
}

struct problem tokenize_agree(struct tokenize *t, struct problem p)
{
    int size = group_size(t->g);
    size_t *send, n = 0;
    struct problem *in;

    if (!group_any(t->g, is_problem(&p)))
        return NO_PROBLEM;
    send = calloc(2 * (size_t)size, sizeof *send);
    CHECK(send, "no memory to report: %s", p.text);
    send[0] = is_problem(&p) ? sizeof p : 0;
    in = group_exchange(t->g, &p, send, send + size);
    for (int r = 0; r < size; r++)
        n += send[size + r];
    if (n > 0)
        p = in[0];
    free(in);
    free(send);
    group_broadcast(t->g, &p, sizeof p);
    return p;
}

/* ---- settings ---- */

static struct problem read_split(struct tokenize *t)
{
    const char *text = t->settings->tokenize.split;
    double *s = t->share;
    int used = -1;

    t->only = SPLIT_NONE;
    for (int i = 0; i < SPLITS; i++)
        if (strcmp(text, tokenize_inputs_splits[i]) == 0)
            t->only = i;
    if (t->only != SPLIT_NONE)
        return NO_PROBLEM;
    if (sscanf(text, " %lf , %lf , %lf %n", &s[0], &s[1], &s[2], &used) != 3 ||
        used < 0 || text[used])
        return problem("%s=%s: train, validation, test or three shares like "
                       "0.98,0.01,0.01 are needed",
                       settings_place(t->settings, "tokenize.split"), text);
    for (int i = 0; i < SPLITS; i++)
        if (!(s[i] >= 0 && s[i] <= 1))
            used = -1;
    if (used < 0 || fabs(s[0] + s[1] + s[2] - 1) > 1e-6)
        return problem("%s=%s: shares lie between 0 and 1 and sum to 1",
                       settings_place(t->settings, "tokenize.split"), text);
    return NO_PROBLEM;
}

/* Empty leaves the tokenizer's id. */
static struct problem read_id(const struct tokenize *t, const char *key,
                              const char *text, long *id)
{
    char *end;
    long x;

    if (text[0] == '\0')
        return NO_PROBLEM;
    if (strcmp(text, "none") == 0) {
        *id = -1;
        return NO_PROBLEM;
    }
    errno = 0;
    x = strtol(text, &end, 10);
    if (end == text || *end || errno || x < 0 ||
        x >= t->tokenizer.vocabulary_size)
        return problem("%s=%s: none or an id from 0 to %ld is needed",
                       settings_place(t->settings, key), text,
                       t->tokenizer.vocabulary_size - 1);
    *id = x;
    return NO_PROBLEM;
}

static struct problem read_settings(struct tokenize *t)
{
    const struct settings *s = t->settings;
    struct problem p = tokenizer_open(&t->tokenizer, s->tokenize.tokenizer);

    if (!is_problem(&p))
        p = read_id(t, "tokenize.end_of_text", s->tokenize.end_of_text,
                    &t->tokenizer.end_of_text);
    if (!is_problem(&p))
        p = read_id(t, "tokenize.begin_of_text", s->tokenize.begin_of_text,
                    &t->tokenizer.begin_of_text);
    if (!is_problem(&p))
        p = read_split(t);
    if (!is_problem(&p) && s->data.directory[0] == '\0')
        p = problem("data.directory is not given: it is where the shards go");
    if (!is_problem(&p) && s->tokenize.skill[0] == '@' &&
        s->tokenize.skill[1] == '\0')
        p = problem("%s=@ names no field", settings_place(s, "tokenize.skill"));
    if (!is_problem(&p) && strlen(s->tokenize.skill) > 255)
        p = problem("%s is longer than 255 bytes",
                    settings_place(s, "tokenize.skill"));
    return p;
}

/* ---- what is there ---- */

/* Rank 0 lists: all ranks see the same files in the same order. */
static void share_inputs(struct tokenize *t, char **arguments, int n)
{
    struct problem p = NO_PROBLEM;

    if (group_rank(t->g) == 0)
        p = tokenize_inputs_list(arguments, n, &t->input, &t->inputs);
    refuse_if(t->g, p);
    group_broadcast(t->g, &t->inputs, sizeof t->inputs);
    if (!t->input)
        t->input = malloc((size_t)t->inputs * sizeof *t->input);
    CHECK(t->input, "no memory for %ld input files", t->inputs);
    group_broadcast(t->g, t->input, (size_t)t->inputs * sizeof *t->input);
}

static const char *title_of(const struct tokenize *t, long input)
{
    return t->settings->tokenize.skill[0] ? t->settings->tokenize.skill
                                          : t->input[input].title;
}

/* Whether an input may give documents to a skill's split: before they are
 * read. */
static bool may_write(struct tokenize *t, long input, const char *skill,
                      const char *split)
{
    const struct tokenize_input *f = &t->input[input];
    long k = tokenize_skills_number(&t->skills, title_of(t, input),
                                    strlen(title_of(t, input)));

    if (strcmp(t->skills.at[k].name, skill) != 0)
        return false;
    for (int i = 0; i < SPLITS; i++)
        if (strcmp(tokenize_inputs_splits[i], split) == 0)
            return t->only != SPLIT_NONE    ? t->only == i
                   : f->split != SPLIT_NONE ? f->split == i
                                            : t->share[i] > 0;
    return false;
}

static bool is_planned(struct tokenize *t, const struct corpus_file *f)
{
    for (long i = 0; i < t->shards; i++)
        if (strcmp(t->shard[i].skill, f->skill) == 0 &&
            strcmp(t->shard[i].split, f->split) == 0)
            return true;
    for (long i = 0; i < t->inputs && t->shards == 0; i++)
        if (may_write(t, i, f->skill, f->split))
            return true;
    return false;
}

/* Shards that are there and that this run would write: by what is placed, or
 * before that by the inputs.  For rank 0. */
static struct problem check_output(struct tokenize *t)
{
    const char *directory = t->settings->data.directory;
    struct corpus_file *f;
    struct stat st;
    long n;
    struct problem p;

    if (t->settings->tokenize.overwrite ||
        (stat(directory, &st) != 0 && errno == ENOENT))
        return NO_PROBLEM;
    p = corpus_files_list(directory, &f, &n);
    for (long i = 0; i < n && !is_problem(&p); i++)
        if (is_planned(t, &f[i]))
            p = problem("%s/%s is there already: remove it, or give "
                        "tokenize.overwrite=yes",
                        directory, f[i].name);
    free(f);
    return p;
}

/* Names that the files give are known, and checked, before anything is read. */
static void check_names(struct tokenize *t)
{
    struct problem p;
    long *map;

    if (tokenize_has_skill_field(t))
        return;
    for (long i = 0; i < t->inputs; i++)
        tokenize_skills_number(&t->skills, title_of(t, i),
                               strlen(title_of(t, i)));
    p = tokenize_skills_agree(&t->skills, t->g, &map);
    free(map);
    refuse_if(t->g, p);
    refuse_if(t->g, group_rank(t->g) == 0 ? check_output(t) : NO_PROBLEM);
}

/* ---- the job's own files ---- */

static struct problem make_directory(struct tokenize *t)
{
    const char *directory = t->settings->data.directory;

    if (mkdir(directory, 0777) == 0)
        t->made_directory = true;
    else if (errno != EEXIST)
        return problem("data.directory=%s cannot be made: %s", directory,
                       strerror(errno));
    return NO_PROBLEM;
}

static struct problem open_spool(struct tokenize *t)
{
    const char *directory = t->settings->data.directory;
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/.tokenize-XXXXXX", directory);

    if (n >= (int)sizeof path)
        return problem("data.directory: the path is too long");
    t->spool = mkstemp(path);
    if (t->spool < 0)
        return problem("data.directory=%s: nothing can be written there: %s",
                       directory, strerror(errno));
    unlink(path);
    return NO_PROBLEM;
}

/* After a failure nothing is left behind. */
static void clean_up(struct tokenize *t)
{
    if (t->spool >= 0)
        close(t->spool);
    t->spool = -1;
    group_barrier(t->g);
    for (long i = 0; t->created && i < t->shards; i++)
        shard_write_discard(&t->shard[i]);
    if (t->made_directory)
        rmdir(t->settings->data.directory);
}

static void give_up_if(struct tokenize *t, struct problem p)
{
    if (group_any(t->g, is_problem(&p)))
        clean_up(t);
    refuse_if(t->g, p);
}

/* ---- the stages ---- */

static struct problem settle_skills(struct tokenize *t)
{
    struct problem p;
    long *map;

    if (!tokenize_has_skill_field(t))
        return NO_PROBLEM;
    p = tokenize_skills_agree(&t->skills, t->g, &map);
    for (long i = 0; i < t->documents; i++)
        t->document[i].skill = (int32_t)map[t->document[i].skill];
    free(map);
    return p;
}

static struct problem check_any_document(struct tokenize *t)
{
    int64_t n = t->documents;

    group_sum_counts(t->g, &n, 1);
    return n > 0 ? NO_PROBLEM
                 : problem("%s%s: no line has a text, so there is nothing to "
                           "write",
                           t->input[0].path, t->inputs > 1 ? ", ..." : "");
}

/* What is returned is the machine's problem. */
static struct problem work(struct tokenize *t)
{
    struct problem wrong, p = tokenize_scan(t, &wrong);

    if (is_problem(&p))
        return p;
    give_up_if(t, wrong);
    give_up_if(t, settle_skills(t));
    give_up_if(t, check_any_document(t));
    if (t->settings->tokenize.deduplicate)
        tokenize_deduplicate(t);
    give_up_if(t, tokenize_split(t));
    tokenize_place(t);
    give_up_if(t, group_rank(t->g) == 0 ? check_output(t) : NO_PROBLEM);
    return tokenize_write(t);
}

static int by_path(const void *a, const void *b)
{
    const struct shard *x = a, *y = b;

    return strcmp(x->path, y->path);
}

static void report(struct tokenize *t)
{
    int64_t n[] = {t->empty, t->skipped, t->duplicates};

    group_sum_counts(t->g, n, 3);
    if (n[1] > 0)
        log_warning("skipped %lld lines that are no documents, the first: %s",
                    (long long)n[1], t->why_skipped.text);
    if (n[0] > 0)
        log_line("dropped %lld empty texts", (long long)n[0]);
    if (n[2] > 0)
        log_line("dropped %lld duplicates", (long long)n[2]);
    qsort(t->shard, (size_t)t->shards, sizeof *t->shard, by_path);
    for (long i = 0; i < t->shards; i++)
        log_line("%s skill %s split %s documents %ld tokens %ld",
                 strrchr(t->shard[i].path, '/') + 1, t->shard[i].skill,
                 t->shard[i].split, t->shard[i].documents, t->shard[i].tokens);
}

static void release(struct tokenize *t)
{
    if (t->spool >= 0)
        close(t->spool);
    tokenize_skills_free(&t->skills);
    free(t->document);
    free(t->shard);
    free(t->input);
}

int command_tokenize(struct group *g, const struct settings *s, char **inputs,
                     int n)
{
    struct tokenize t = {.g = g, .settings = s, .spool = -1};
    struct problem p;

    refuse_if(g, read_settings(&t));
    share_inputs(&t, inputs, n);
    check_names(&t);
    refuse_if(g, group_rank(g) == 0 ? make_directory(&t) : NO_PROBLEM);
    give_up_if(&t, open_spool(&t));
    p = work(&t);
    if (is_problem(&p)) {
        clean_up(&t);
        log_error("%s", p.text);
    } else {
        report(&t);
    }
    release(&t);
    return is_problem(&p) ? 1 : 0;
}
