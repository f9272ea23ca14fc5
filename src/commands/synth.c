#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/shards/shard_write.h"
#include "io/shards/split.h"
#include "io/text/symbols.h"
#include "kernels/base/exit.h"
#include "kernels/base/memory.h"
#include "src/commands/commands.h"
#include "src/log.h"
#include "src/skills/names.h"
#include "src/synth/generator.h"
#include "src/synth/samples.h"
#include "src/tokenize/output.h"

/* Samples come in the order of the splits, and a skill is made by one rank
 * from its first to its last, so shards have the same bytes on any number of
 * ranks. */
static const enum split order[SPLITS] = {SPLIT_VALIDATION, SPLIT_TEST,
                                         SPLIT_TRAIN};

enum { PIECE = 4096 }; /* samples that are written at once */

struct synth {
    struct group *g;
    const struct settings *settings;
    const struct generator *generator;
    const struct symbols *symbols;
    struct names skills;
    struct output out; /* shards [skills, splits that have samples] */
    long length;       /* tokens of a sample */
};

static long count(const struct synth *x, enum split split)
{
    const struct settings *s = x->settings;
    const long samples[SPLITS] = {[SPLIT_TRAIN] = s->synth.train,
                                  [SPLIT_VALIDATION] = s->synth.validation,
                                  [SPLIT_TEST] = s->synth.test};

    return samples[split];
}

static struct problem choose(struct synth *x, char **words, int n)
{
    const struct settings *s = x->settings;

    if (n == 1)
        x->generator = generator_find(words[0]);
    if (!x->generator)
        return problem("synth makes one skill set: `skillet synth lego` or "
                       "`skillet synth addition`");
    if (s->data.directory[0] == '\0')
        return problem("data.directory is not given: name the directory "
                       "for the shards");
    x->symbols = symbols_find(x->generator->name);
    x->generator->skills(s, &x->skills);
    return samples_check(x->generator, s);
}

/* All samples of a run have as many tokens as the first one. */
static long sample_length(const struct synth *x)
{
    struct sentence sentence;
    struct shard_answer answer;
    uint16_t ids[SENTENCE_BYTES];

    x->generator->sentence(x->settings, 0, 0, &sentence);
    return sentence_cut(&sentence, x->symbols, ids, &answer);
}

static struct shard header(const struct synth *x, const char *skill,
                           enum split split)
{
    struct shard s = {.vocabulary_size = x->symbols->n,
                      .end_of_text = -1,
                      .begin_of_text = -1,
                      .documents = count(x, split),
                      .tokens = count(x, split) * x->length,
                      .layout = SHARD_SAMPLES,
                      .has_answers = true};

    strcpy(s.skill, skill);
    strcpy(s.title, skill);
    strcpy(s.split, split_names[split]);
    strcpy(s.tokenizer, x->symbols->name);
    return s;
}

/* All splits of its skills are the run's own: a test split of another run
 * could hold samples of this one's training. */
static struct problem list_shards(struct synth *x)
{
    struct output *o = &x->out;
    size_t skills = (size_t)x->skills.n;
    struct problem wrong = NO_PROBLEM;

    o->skill = memory_take(skills, sizeof *o->skill, "skills");
    o->shard = memory_take(skills * SPLITS, sizeof *o->shard, "shards");
    o->skills = x->skills.n;
    for (int k = 0; k < x->skills.n; k++) {
        const char *name = x->skills.at[k];

        o->skill[k] = (struct output_skill){name, name, {true, true, true}};
        for (int i = 0; i < SPLITS; i++)
            if (count(x, order[i]) > 0)
                o->shard[o->shards++] = header(x, name, order[i]);
    }
    for (long i = 0; i < o->shards && !is_problem(&wrong); i++)
        wrong = output_name(o, &o->shard[i], 0);
    return wrong;
}

/* What gives these shards again. */
static void tell_source(const struct synth *x, char *text, size_t bytes)
{
    const struct settings *s = x->settings;

    snprintf(text, bytes,
             "skillet synth %s synth.variables=%ld synth.graph=%s "
             "synth.validation=%ld synth.test=%ld synth.train=%ld "
             "synth.seed=%ld",
             x->generator->name, s->synth.variables,
             s->synth.graph == SYNTH_TREE ? "tree" : "chain",
             s->synth.validation, s->synth.test, s->synth.train,
             s->synth.seed);
}

static struct problem create(struct synth *x)
{
    struct problem wrong = NO_PROBLEM;
    char source[256];

    tell_source(x, source, sizeof source);
    x->out.created = true;
    for (long i = 0; i < x->out.shards && !is_problem(&wrong); i++)
        wrong = shard_write_create(&x->out.shard[i], source);
    return wrong;
}

/* The samples of a skill on their way to its shards. */
struct portion {
    struct synth *x;
    struct samples samples;
    struct shard_writer w;
    uint16_t *token; /* [PIECE, length] */
    uint64_t offset[PIECE + 1];
    struct shard_answer answer[PIECE];
};

static struct problem write_piece(struct portion *a, enum split split,
                                  long first, long n)
{
    long length = a->x->length;
    struct problem wrong;

    for (long i = 0; i < n; i++) {
        struct sentence sentence;
        long tokens;

        samples_next(&a->samples, split, &sentence);
        tokens = sentence_cut(&sentence, a->x->symbols, a->token + i * length,
                              &a->answer[i]);
        assert(tokens == length);
        (void)tokens;
    }
    for (long i = 0; i <= n; i++)
        a->offset[i] = (uint64_t)((first + i) * length);
    wrong = shard_write_tokens(&a->w, first * length, n * length, a->token);
    if (!is_problem(&wrong))
        wrong = shard_write_documents(&a->w, first, n + 1, a->offset);
    if (!is_problem(&wrong))
        wrong = shard_write_answers(&a->w, first, n, a->answer);
    return wrong;
}

static struct problem write_shard(struct portion *a, const struct shard *s,
                                  enum split split)
{
    struct problem closed, wrong = shard_write_open(&a->w, s);

    for (long i = 0; i < s->documents && !is_problem(&wrong); i += PIECE) {
        long n = s->documents - i < PIECE ? s->documents - i : PIECE;

        wrong = write_piece(a, split, i, n);
        if (!is_problem(&wrong))
            wrong = output_stop(&a->x->out);
    }
    closed = shard_write_close(&a->w);
    return is_problem(&wrong) ? wrong : closed;
}

static struct problem write_skill(struct portion *a, int skill)
{
    struct synth *x = a->x;
    const struct shard *s = x->out.shard + x->out.shards / x->skills.n * skill;
    struct problem wrong = NO_PROBLEM;

    samples_init(&a->samples, x->generator, x->settings, skill);
    for (int i = 0; i < SPLITS && !is_problem(&wrong); i++)
        if (count(x, order[i]) > 0)
            wrong = write_shard(a, s++, order[i]);
    samples_free(&a->samples);
    return wrong;
}

static struct problem write_share(struct synth *x)
{
    struct portion *a = memory_take(1, sizeof *a, "portions");
    struct problem wrong = NO_PROBLEM;

    a->x = x;
    a->token =
        memory_take((size_t)(PIECE * x->length), sizeof *a->token, "tokens");
    for (int k = group_rank(x->g); k < x->skills.n && !is_problem(&wrong);
         k += group_size(x->g))
        wrong = write_skill(a, k);
    free(a->token);
    free(a);
    return wrong;
}

/* What is returned is the machine's problem, the same on every rank. */
static struct problem work(struct synth *x)
{
    struct output *o = &x->out;
    struct problem wrong =
        group_agree(x->g, group_rank(x->g) == 0 ? create(x) : NO_PROBLEM);

    if (is_problem(&wrong))
        return wrong;
    group_broadcast(x->g, o->shard, (size_t)o->shards * sizeof *o->shard);
    wrong = group_agree(x->g, write_share(x));
    return is_problem(&wrong) ? wrong : output_finish(o);
}

static void give_up_if(struct synth *x, struct problem wrong)
{
    if (group_any(x->g, is_problem(&wrong)))
        output_discard(&x->out);
    refuse_if(x->g, wrong);
}

int command_synth(struct group *g, const struct settings *s, char **words,
                  int n)
{
    struct synth x = {.g = g, .settings = s};
    struct problem wrong;
    int status = EXIT_DONE;

    refuse_if(g, choose(&x, words, n));
    x.length = sample_length(&x);
    output_init(&x.out, g, s->data.directory);
    refuse_if(g, list_shards(&x));
    give_up_if(&x, output_open(&x.out));
    give_up_if(&x, group_rank(g) > 0 ? NO_PROBLEM
                                     : output_check(&x.out, s->synth.overwrite,
                                                    "synth.overwrite"));
    wrong = work(&x);
    if (is_problem(&wrong)) {
        status = output_status(&x.out);
        output_discard(&x.out);
        log_error("%s", wrong.text);
    } else {
        output_report(&x.out);
        output_close(&x.out);
    }
    output_free(&x.out);
    names_free(&x.skills);
    return status;
}
