#include <stdlib.h>
#include <string.h>

#include "kernels/base/exit.h"
#include "kernels/base/memory.h"
#include "src/commands/commands.h"
#include "src/log.h"
#include "src/tokenize/tokenize_job.h"
#include "src/tokenize/tokenize_output.h"

/* Rank 0 lists: all ranks see the same files in the same order. */
static void share_inputs(struct tokenize_job *t, char **arguments, int n)
{
    struct problem wrong = NO_PROBLEM;

    if (group_rank(t->g) == 0)
        wrong = tokenize_inputs_list(arguments, n, &t->input, &t->inputs);
    refuse_if(t->g, wrong);
    group_broadcast(t->g, &t->inputs, sizeof t->inputs);
    if (!t->input)
        t->input =
            memory_take((size_t)t->inputs, sizeof *t->input, "input files");
    group_broadcast(t->g, t->input, (size_t)t->inputs * sizeof *t->input);
}

/* Names that the files give are known, and checked, before anything is
 * read. */
static void check_names(struct tokenize_job *t)
{
    struct problem wrong;
    long *map;

    if (tokenize_job_has_skill_field(t))
        return;
    for (long i = 0; i < t->inputs; i++) {
        const char *title = tokenize_job_title(t, &t->input[i]);

        tokenize_skills_number(&t->skills, title, strlen(title));
    }
    wrong = tokenize_skills_agree(&t->skills, t->g, &map);
    free(map);
    refuse_if(t->g, wrong);
    refuse_if(t->g,
              group_rank(t->g) == 0 ? tokenize_output_check(t) : NO_PROBLEM);
}

static void give_up_if(struct tokenize_job *t, struct problem wrong)
{
    if (group_any(t->g, is_problem(&wrong)))
        tokenize_output_discard(t);
    refuse_if(t->g, wrong);
}

static struct problem settle_skills(struct tokenize_job *t)
{
    struct problem wrong;
    long *map;

    if (!tokenize_job_has_skill_field(t))
        return NO_PROBLEM;
    wrong = tokenize_skills_agree(&t->skills, t->g, &map);
    if (is_problem(&wrong))
        return wrong;
    for (long i = 0; i < t->documents; i++)
        t->document[i].skill = (int32_t)map[t->document[i].skill];
    free(map);
    return wrong;
}

static struct problem check_any_document(struct tokenize_job *t)
{
    int64_t n = t->documents;

    group_sum_counts(t->g, &n, 1);
    return n > 0
               ? NO_PROBLEM
               : problem("%s%s: no line has a text, so there is nothing to "
                         "write",
                         t->input[0].path.text, t->inputs > 1 ? ", ..." : "");
}

/* What is returned is the machine's problem. */
static struct problem work(struct tokenize_job *t)
{
    struct problem refused, wrong = tokenize_scan(t, &refused);

    if (is_problem(&wrong))
        return wrong;
    give_up_if(t, refused);
    give_up_if(t, settle_skills(t));
    give_up_if(t, check_any_document(t));
    if (t->settings->tokenize.deduplicate)
        tokenize_deduplicate(t);
    give_up_if(t, tokenize_split(t));
    tokenize_place(t);
    give_up_if(t,
               group_rank(t->g) == 0 ? tokenize_output_check(t) : NO_PROBLEM);
    return tokenize_write(t);
}

static void report(struct tokenize_job *t)
{
    int64_t n[] = {t->empty, t->skipped, t->duplicates};

    group_sum_counts(t->g, n, 3);
    if (n[1] > 0)
        log_warning("skipped %lld lines that are not documents, the first: "
                    "%s",
                    (long long)n[1], t->why_skipped.text);
    if (n[0] > 0)
        log_line("dropped %lld empty texts", (long long)n[0]);
    if (n[2] > 0)
        log_line("dropped %lld duplicates", (long long)n[2]);
    output_report(&t->out);
}

static void release(struct tokenize_job *t)
{
    tokenize_output_close(t);
    output_free(&t->out);
    tokenize_skills_free(&t->skills);
    tokenizer_close(&t->tokenizer);
    free(t->document);
    free(t->input);
}

int command_tokenize(struct group *g, const struct settings *s, char **inputs,
                     int n)
{
    struct tokenize_job t = {.g = g, .settings = s, .spool = -1};
    struct problem wrong;
    int status = EXIT_DONE;

    output_init(&t.out, g, s->data.directory);
    refuse_if(g, tokenize_settings(&t));
    share_inputs(&t, inputs, n);
    check_names(&t);
    give_up_if(&t, tokenize_output_open(&t));
    wrong = work(&t);
    if (is_problem(&wrong)) {
        status = output_status(&t.out);
        tokenize_output_discard(&t);
        log_error("%s", wrong.text);
    } else {
        report(&t);
    }
    release(&t);
    return status;
}
