#include "src/skills/replay.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"
#include "kernels/base/memory.h"
#include "src/log.h"
#include "src/skills/graph_file.h"
#include "src/skills/policy.h"

/* The skills of a replay, and where the losses of each stand in a row. */
struct replay {
    const struct settings *settings;
    struct csv losses;
    struct names train, evaluate;
    int *column; /* [evaluate] */
};

static struct problem take_names(struct names *names, char *const *from,
                                 long n, const char *path)
{
    for (long i = 0; i < n; i++) {
        if (strlen(from[i]) >= SKILL_NAME_BYTES)
            return problem("%s: the name '%.80s...' has more than %d "
                           "characters",
                           path, from[i], SKILL_NAME_BYTES - 1);
        names_add(names, from[i]);
    }
    return NO_PROBLEM;
}

static struct problem find_evaluate(struct replay *r)
{
    const struct settings *s = r->settings;
    const char *place = settings_place(s, "skills.evaluate");
    struct names columns = {0};
    struct names_index index;
    struct problem wrong = take_names(&columns, r->losses.col_names,
                                      r->losses.cols, s->mixture.replay);

    if (!is_problem(&wrong))
        wrong =
            names_choose(&r->evaluate, s->skills.evaluate, place, &columns);
    r->column =
        memory_take((size_t)r->evaluate.n, sizeof *r->column, "skills");
    names_index_init(&index, &columns);
    for (int j = 0; j < r->evaluate.n && !is_problem(&wrong); j++)
        r->column[j] = names_index_find(&index, r->evaluate.at[j]);
    names_index_free(&index);
    names_free(&columns);
    return wrong;
}

/* Training skills that no setting names. */
static struct problem name_train(struct replay *r)
{
    const struct settings *s = r->settings;
    struct problem wrong = NO_PROBLEM;
    struct csv graph = {0};

    if (*s->mixture.graph)
        wrong = graph_file_read(&graph, s->mixture.graph);
    if (is_problem(&wrong))
        return wrong;
    if (graph.row_names)
        wrong = take_names(&r->train, graph.row_names, graph.rows,
                           s->mixture.graph);
    else
        wrong = take_names(&r->train, r->losses.col_names, r->losses.cols,
                           s->mixture.replay);
    csv_free(&graph);
    return wrong;
}

static struct problem find_train(struct replay *r)
{
    const struct settings *s = r->settings;
    struct names given = {0};
    struct problem wrong;

    if (!*s->skills.train)
        return name_train(r);
    names_split(&given, s->skills.train);
    wrong = names_choose(&r->train, s->skills.train,
                         settings_place(s, "skills.train"), &given);
    names_free(&given);
    return wrong;
}

/* Scores are sums of products of losses: with these none overflows. */
static struct problem check_losses(const struct replay *r)
{
    for (long i = 0; i < r->losses.rows; i++)
        for (int j = 0; j < r->evaluate.n; j++) {
            double loss = r->losses.at[i * r->losses.cols + r->column[j]];

            if (fabs(loss) > 1e30)
                return problem("%s: loss %g of skill %s in row %ld is "
                               "larger than 1e30",
                               r->settings->mixture.replay, loss,
                               r->evaluate.at[j], i + 1);
        }
    return NO_PROBLEM;
}

/* In quotes where our reader needs them. */
static void put_name(const char *name, FILE *to)
{
    bool plain = isalpha((unsigned char)*name);

    for (const char *c = name; *c; c++)
        plain &= isalnum((unsigned char)*c) || strchr("._-", *c);
    if (plain) {
        fputs(name, to);
        return;
    }
    fputc('"', to);
    for (const char *c = name; *c; c++)
        fprintf(to, "%s%c", *c == '"' ? "\"" : "", *c);
    fputc('"', to);
}

static void put_mixture(struct policy *p, int k, FILE *to)
{
    const double *share = policy_next(p).p;

    for (int i = 0; i < k; i++)
        fprintf(to, "%.9g%c", share[i], i == k - 1 ? '\n' : ',');
}

static void put_all(struct replay *r, struct policy *p, FILE *to)
{
    double *row = memory_take((size_t)r->evaluate.n, sizeof *row, "losses");
    int k = r->train.n;

    if (*p->warning)
        log_warning("%s", p->warning);
    for (int i = 0; i < k; i++) {
        put_name(r->train.at[i], to);
        fputc(i == k - 1 ? '\n' : ',', to);
    }
    put_mixture(p, k, to);
    for (long i = 0; i < r->losses.rows; i++) {
        for (int j = 0; j < r->evaluate.n; j++)
            row[j] = r->losses.at[i * r->losses.cols + r->column[j]];
        policy_observe(p, i + 1, row);
        put_mixture(p, k, to);
    }
    CHECK(fflush(to) == 0 && !ferror(to), "the mixtures cannot be written");
    free(row);
}

/* Each row ends a round of one step, and the last mixture begins one more. */
static struct problem replay(struct replay *r, FILE *to)
{
    struct settings s = *r->settings;
    struct policy p;
    struct problem wrong;

    s.mixture.rounds = s.train.steps = r->losses.rows + 1;
    wrong = policy_init(&p, &s, &r->train, &r->evaluate, NULL);
    if (!is_problem(&wrong))
        put_all(r, &p, to);
    policy_free(&p);
    return wrong;
}

struct problem replay_run(const struct settings *s, FILE *to)
{
    struct replay r = {.settings = s};
    struct problem wrong = csv_read_columns(&r.losses, s->mixture.replay);

    if (is_problem(&wrong))
        return wrong;
    wrong = find_evaluate(&r);
    if (!is_problem(&wrong))
        wrong = find_train(&r);
    if (!is_problem(&wrong))
        wrong = check_losses(&r);
    if (!is_problem(&wrong))
        wrong = replay(&r, to);
    free(r.column);
    names_free(&r.train);
    names_free(&r.evaluate);
    csv_free(&r.losses);
    return wrong;
}
