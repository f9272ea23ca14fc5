#include "tests/lib/told.h"

#include <math.h>
#include <stdlib.h>

#include "io/json.h"
#include "io/json_value.h"
#include "io/lines.h"
#include "kernels/base/check.h"
#include "tests/lib/place.h"
#include "tests/lib/tap.h"

static void add(struct told *t, double x)
{
    CHECK(t->n < TOLD_MOST, "more numbers than expected");
    t->at[t->n++] = x;
}

/* The number, or the numbers by skill, of a member of an event. */
static void add_member(struct told *t, const struct json_line *j,
                       const char *name)
{
    const struct json_value *v = json_value_member(json_value_of(j), name);
    const char **names;
    double x;
    long n;

    if (!v)
        return;
    if (!json_value_is_object(v)) {
        settled(json_line_number(j, name, &x));
        add(t, x);
        return;
    }
    settled(json_line_names(j, name, &names, &n));
    for (long i = 0; i < n; i++) {
        settled(json_line_member(j, name, names[i], &x));
        add(t, x);
    }
    free(names);
}

void told_read(struct told *t, const char *path)
{
    static const char *const members[] = {"loss", "skill_loss", "z_loss",
                                          "grad_norm", "p"};
    struct lines *l;
    struct problem wrong = lines_open(&l, path);
    const char *line;
    size_t n;

    t->n = 0;
    while (!is_problem(&wrong) && lines_next(l, &line, &n, &wrong)) {
        struct json_line *j;

        settled(json_line_parse(&j, line, n));
        for (size_t i = 0; i < sizeof members / sizeof *members; i++)
            add_member(t, j, members[i]);
        json_line_free(j);
    }
    settled(wrong);
    lines_close(l);
}

double told_worst(const struct told *a, const struct told *b)
{
    double worst = a->n == b->n && a->n > 0 ? 0 : INFINITY;

    for (int i = 0; i < a->n && i < b->n; i++)
        worst = worse(worst, fabs(a->at[i] - b->at[i]) /
                                 fmax(fabs(b->at[i]), 1e-300));
    return worst;
}
