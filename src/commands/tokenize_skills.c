#include "src/commands/tokenize_skills.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/check.h"

/* The first place in `sorted` whose title is not below this one. */
static long find(const struct tokenize_skills *s, const char *title)
{
    long low = 0, high = s->n;

    while (low < high) {
        long middle = low + (high - low) / 2;

        if (strcmp(s->at[s->sorted[middle]].title, title) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void make_room(struct tokenize_skills *s)
{
    if (s->n < s->room)
        return;
    s->room = 2 * s->room + 16;
    s->at = realloc(s->at, (size_t)s->room * sizeof *s->at);
    s->sorted = realloc(s->sorted, (size_t)s->room * sizeof *s->sorted);
    CHECK(s->at && s->sorted, "no memory for %ld skills", s->room);
}

long tokenize_skills_number(struct tokenize_skills *s, const char *title,
                            size_t n)
{
    struct tokenize_skill new = {{0}, {0}};
    long place;

    assert(n < sizeof new.title);
    memcpy(new.title, title, n);
    place = find(s, new.title);
    if (place < s->n && strcmp(s->at[s->sorted[place]].title, new.title) == 0)
        return s->sorted[place];
    make_room(s);
    memmove(s->sorted + place + 1, s->sorted + place,
            (size_t)(s->n - place) * sizeof *s->sorted);
    s->sorted[place] = s->n;
    s->at[s->n] = new;
    return s->n++;
}

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z');
}

/* One '-' for a character of several bytes. */
static struct problem make_name(struct tokenize_skill *s)
{
    size_t n = 0;

    for (const char *c = s->title; *c; c++) {
        if (((unsigned char)*c & 0xc0) == 0x80)
            continue;
        if (n == sizeof s->name - 1)
            return problem("skill \"%s\": a name has at most %zu characters",
                           s->title, sizeof s->name - 1);
        s->name[n++] = is_alphanumeric(*c) || strchr("._-", *c) ? *c : '-';
    }
    s->name[n] = '\0';
    if (!is_alphanumeric(s->name[0]))
        return problem("skill \"%s\": a name begins with a letter A-Z, a-z or "
                       "a digit; name it with tokenize.skill",
                       s->title);
    return NO_PROBLEM;
}

static int by_name(const void *a, const void *b)
{
    const struct tokenize_skill *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

static struct problem make_names(struct tokenize_skills *s)
{
    struct problem p = NO_PROBLEM;
    struct tokenize_skill **order = malloc((size_t)(s->n + 1) * sizeof *order);

    CHECK(order, "no memory for %ld skills", s->n);
    for (long i = 0; i < s->n && !is_problem(&p); i++) {
        order[i] = &s->at[i];
        p = make_name(&s->at[i]);
    }
    if (!is_problem(&p))
        qsort(order, (size_t)s->n, sizeof *order, by_name);
    for (long i = 1; i < s->n && !is_problem(&p); i++)
        if (strcmp(order[i - 1]->name, order[i]->name) == 0)
            p = problem("skills \"%s\" and \"%s\" would both be named %s: "
                        "rename one",
                        order[i - 1]->title, order[i]->title, order[i]->name);
    free(order);
    return p;
}

/* All titles, sorted, as a table on rank 0. */
static void gather(const struct tokenize_skills *s, struct group *g,
                   struct tokenize_skills *all)
{
    size_t *send = calloc(2 * (size_t)group_size(g), sizeof *send);
    size_t *received = send + group_size(g), bytes = 0;
    struct tokenize_skills found = {0};
    struct tokenize_skill *in;

    CHECK(send, "no memory to gather the skills");
    send[0] = (size_t)s->n * sizeof *s->at;
    in = group_exchange(g, s->at, send, received);
    for (int r = 0; r < group_size(g); r++)
        bytes += received[r];
    for (size_t i = 0; i < bytes / sizeof *in; i++)
        tokenize_skills_number(&found, in[i].title, strlen(in[i].title));
    for (long i = 0; i < found.n; i++) {
        const char *title = found.at[found.sorted[i]].title;

        tokenize_skills_number(all, title, strlen(title));
    }
    tokenize_skills_free(&found);
    free(in);
    free(send);
}

struct problem tokenize_skills_agree(struct tokenize_skills *s, struct group *g,
                                     long **map)
{
    struct tokenize_skills all = {0};
    struct problem p = NO_PROBLEM;
    long n;

    gather(s, g, &all);
    if (group_rank(g) == 0)
        p = make_names(&all);
    n = all.n;
    group_broadcast(g, &n, sizeof n);
    for (long i = 0; i < n; i++) {
        struct tokenize_skill row = {{0}, {0}};

        if (group_rank(g) == 0)
            row = all.at[i];
        group_broadcast(g, &row, sizeof row);
        if (group_rank(g) != 0)
            tokenize_skills_number(&all, row.title, strlen(row.title));
        all.at[i] = row;
    }
    *map = malloc((size_t)(s->n + 1) * sizeof **map);
    CHECK(*map, "no memory for %ld skills", s->n);
    for (long i = 0; i < s->n; i++)
        (*map)[i] = tokenize_skills_number(&all, s->at[i].title,
                                           strlen(s->at[i].title));
    tokenize_skills_free(s);
    *s = all;
    return p;
}

void tokenize_skills_free(struct tokenize_skills *s)
{
    free(s->at);
    free(s->sorted);
    *s = (struct tokenize_skills){0};
}
