#include "src/tokenize/tokenize_output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/base/memory.h"
#include "kernels/base/path.h"

static bool may_write(const struct tokenize_job *t,
                      const struct tokenize_input *f, enum split split)
{
    if (t->only != SPLIT_NONE)
        return t->only == split;
    return f->split != SPLIT_NONE ? f->split == split : t->share[split] > 0;
}

static struct output_skill *skill_of(struct tokenize_job *t, const char *title)
{
    return &t->out.skill[tokenize_skills_number(&t->skills, title,
                                                strlen(title))];
}

/* Where this run writes: by what is placed, or before that by the inputs. */
static void plan(struct tokenize_job *t)
{
    struct output *o = &t->out;

    free(o->skill);
    o->skills = t->skills.n;
    o->skill = memory_take((size_t)o->skills, sizeof *o->skill, "skills");
    for (long k = 0; k < o->skills; k++) {
        o->skill[k].name = t->skills.at[k].name;
        o->skill[k].title = t->skills.at[k].title;
    }
    for (long i = 0; i < o->shards; i++)
        skill_of(t, o->shard[i].title)->writes[split_find(o->shard[i].split)] =
            true;
    if (o->shards > 0)
        return;
    for (long i = 0; i < t->inputs; i++) {
        struct output_skill *skill =
            skill_of(t, tokenize_job_title(t, &t->input[i]));

        for (int j = 0; j < SPLITS; j++)
            skill->writes[j] |= may_write(t, &t->input[i], j);
    }
}

struct problem tokenize_output_check(struct tokenize_job *t)
{
    plan(t);
    return output_check(&t->out, t->settings->tokenize.overwrite,
                        "tokenize.overwrite");
}

static struct problem open_spool(struct tokenize_job *t)
{
    const char *directory = t->settings->data.directory;
    struct path path;
    struct problem wrong = path_print(&path, "%s/.tokenize-XXXXXX", directory);

    if (is_problem(&wrong))
        return wrong;
    snprintf(t->spool_name, sizeof t->spool_name, "the spool file in %s",
             directory);
    t->spool = mkstemp(path.text);
    if (t->spool < 0)
        return problem("data.directory=%s: cannot write there: %s", directory,
                       strerror(errno));
    unlink(path.text);
    return NO_PROBLEM;
}

struct problem tokenize_output_open(struct tokenize_job *t)
{
    struct problem wrong = output_open(&t->out);

    return is_problem(&wrong) ? wrong : group_agree(t->g, open_spool(t));
}

static void close_spool(struct tokenize_job *t)
{
    if (t->spool >= 0)
        close(t->spool);
    t->spool = -1;
}

void tokenize_output_close(struct tokenize_job *t)
{
    close_spool(t);
    output_close(&t->out);
}

void tokenize_output_discard(struct tokenize_job *t)
{
    close_spool(t);
    output_discard(&t->out);
}
