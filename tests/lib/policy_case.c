#include "tests/lib/policy_case.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/tap.h"

static void policy_case_path(char path[512], const char *name)
{
    const char *directory = getenv("TMPDIR");

    snprintf(path, 512, "%s/%s", directory ? directory : "/tmp", name);
}

struct names policy_case_names(const char *list)
{
    struct names names = {0};

    names_split(&names, list);
    return names;
}

const char *policy_case_graph(const char *text)
{
    static char argument[600];
    char path[512];
    FILE *f;

    policy_case_path(path, "graph.csv");
    f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
    snprintf(argument, sizeof argument, "mixture.graph=%s", path);
    return argument;
}

void policy_case_open(struct policy_case *c, const char *train,
                      const char *evaluate, const int64_t *windows,
                      const char *const *list)
{
    struct names t = policy_case_names(train);
    struct names e = policy_case_names(evaluate);

    settings_init(&c->settings);
    for (; *list; list++) {
        struct problem wrong = settings_read_argument(&c->settings, *list);

        if (is_problem(&wrong))
            printf("# %s\n", wrong.text);
    }
    c->wrong = policy_init(&c->policy, &c->settings, &t, &e, windows);
    names_free(&t);
    names_free(&e);
}

void policy_case_close(struct policy_case *c)
{
    policy_free(&c->policy);
    settings_free(&c->settings);
}

void policy_case_carry_over(struct policy *to, struct policy *from)
{
    struct arrays out = {0}, in = {0};

    window_make_room(&to->window, from->window.room);
    policy_state(from, &out);
    policy_state(to, &in);
    for (long i = 0; i < out.n; i++)
        memcpy(in.list[i].at, out.list[i].at,
               out.list[i].rows * out.list[i].cols *
                   h5_number_bytes(out.list[i].number));
    arrays_free(&out);
    arrays_free(&in);
}

double policy_case_off(const double *a, const double *b, int n)
{
    double off = 0;

    for (int i = 0; i < n; i++)
        off = worse(off, fabs(a[i] - b[i]));
    return off;
}
