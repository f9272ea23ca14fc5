#include "src/tokenize/tokenize_skills.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/sum.h"
#include "kernels/base/memory.h"

static uint64_t hash(const char *title)
{
    return sum_bytes(title, strlen(title), 0);
}

/* The slot that has the title, or the empty one where it belongs. */
static long *find_slot(const struct tokenize_skills *s, const char *title)
{
    uint64_t i = hash(title) % (uint64_t)s->slots;

    while (s->slot[i] >= 0 && strcmp(s->at[s->slot[i]].title, title) != 0)
        i = (i + 1) % (uint64_t)s->slots;
    return &s->slot[i];
}

static void fill_slots(struct tokenize_skills *s)
{
    for (long i = 0; i < s->slots; i++)
        s->slot[i] = -1;
    for (long i = 0; i < s->n; i++)
        *find_slot(s, s->at[i].title) = i;
}

static void make_room(struct tokenize_skills *s, long n)
{
    if (n <= s->room)
        return;
    s->room = 2 * n + 16;
    s->slots = 2 * s->room;
    s->at = memory_grow(s->at, (size_t)s->room, sizeof *s->at, "skills");
    s->slot =
        memory_grow(s->slot, (size_t)s->slots, sizeof *s->slot, "skills");
    fill_slots(s);
}

long tokenize_skills_number(struct tokenize_skills *s, const char *title,
                            size_t n)
{
    struct tokenize_skill new = {{0}, {0}};
    long *slot;

    assert(n < sizeof new.title);
    memcpy(new.title, title, n);
    make_room(s, s->n + 1);
    slot = find_slot(s, new.title);
    if (*slot < 0) {
        *slot = s->n;
        s->at[s->n++] = new;
    }
    return *slot;
}

static struct problem too_many(long n, const char *one, const char *other)
{
    return problem(
        "tokenize.skill gives at least %ld skills (\"%.100s\", \"%.100s\", "
        "...), but the most is %d: is it the right field?",
        n, one, other, TOKENIZE_SKILLS_MOST);
}

struct problem tokenize_skills_check(const struct tokenize_skills *s)
{
    return s->n > TOKENIZE_SKILLS_MOST
               ? too_many(s->n, s->at[0].title, s->at[s->n - 1].title)
               : NO_PROBLEM;
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
            return problem("skill \"%s\": a name may have at most %zu "
                           "characters",
                           s->title, sizeof s->name - 1);
        s->name[n++] = is_alphanumeric(*c) || strchr("._-", *c) ? *c : '-';
    }
    s->name[n] = '\0';
    if (!is_alphanumeric(s->name[0]))
        return problem("skill \"%s\": a name must begin with a letter A-Z, "
                       "a-z or a digit; name it with tokenize.skill",
                       s->title);
    return NO_PROBLEM;
}

static int by_name(const void *a, const void *b)
{
    const struct tokenize_skill *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

static int by_title(const void *a, const void *b)
{
    const struct tokenize_skill *x = a, *y = b;

    return strcmp(x->title, y->title);
}

/* Malloc'd. */
static const struct tokenize_skill **
sort_by_name(const struct tokenize_skills *s)
{
    const struct tokenize_skill **order =
        memory_take((size_t)s->n, sizeof *order, "skills");

    for (long i = 0; i < s->n; i++)
        order[i] = &s->at[i];
    qsort(order, (size_t)s->n, sizeof *order, by_name);
    return order;
}

static struct problem make_names(struct tokenize_skills *s)
{
    const struct tokenize_skill **order;
    struct problem wrong = NO_PROBLEM;

    for (long i = 0; i < s->n && !is_problem(&wrong); i++)
        wrong = make_name(&s->at[i]);
    if (is_problem(&wrong))
        return wrong;
    order = sort_by_name(s);
    for (long i = 1; i < s->n && !is_problem(&wrong); i++)
        if (strcmp(order[i - 1]->name, order[i]->name) == 0)
            wrong =
                problem("skills \"%s\" and \"%s\" would both be named %s: "
                        "rename one",
                        order[i - 1]->title, order[i]->title, order[i]->name);
    free(order);
    return wrong;
}

/* Sends row i to rank to[i] and numbers what comes. */
static void send_rows(const struct tokenize_skills *s, const int *to,
                      struct group *g, struct tokenize_skills *into)
{
    int size = group_size(g);
    size_t *send = memory_take(3 * (size_t)size, sizeof *send, "counts");
    size_t *received = send + size, *at = received + size, bytes = 0;
    struct tokenize_skill *out =
        memory_take((size_t)s->n, sizeof *out, "skills");
    struct tokenize_skill *in;

    for (long i = 0; i < s->n; i++)
        send[to[i]] += sizeof *out;
    for (int r = 1; r < size; r++)
        at[r] = at[r - 1] + send[r - 1] / sizeof *out;
    for (long i = 0; i < s->n; i++)
        out[at[to[i]]++] = s->at[i];
    in = group_exchange(g, out, send, received);
    for (int r = 0; r < size; r++)
        bytes += received[r];
    for (size_t i = 0; i < bytes / sizeof *in; i++)
        tokenize_skills_number(into, in[i].title, strlen(in[i].title));
    free(in);
    free(out);
    free(send);
}

/* All titles, each once, on rank 0.  Every rank may have found the same ones:
 * these meet on a rank given by their hash, so that rank 0 gets one of
 * each. */
static struct problem gather(const struct tokenize_skills *s, struct group *g,
                             struct tokenize_skills *all)
{
    struct tokenize_skills mine = {0};
    struct problem wrong = NO_PROBLEM;
    int64_t n;
    int *to = memory_take((size_t)s->n, sizeof *to, "skills");

    for (long i = 0; i < s->n; i++)
        to[i] = (int)(hash(s->at[i].title) % (uint64_t)group_size(g));
    send_rows(s, to, g, &mine);
    free(to);
    n = mine.n;
    group_sum_counts(g, &n, 1);
    if (n > TOKENIZE_SKILLS_MOST) {
        if (mine.n > 0)
            wrong =
                too_many((long)n, mine.at[0].title, mine.at[mine.n - 1].title);
    } else {
        to = memory_take((size_t)mine.n, sizeof *to, "skills");
        send_rows(&mine, to, g, all);
        free(to);
    }
    tokenize_skills_free(&mine);
    return group_agree(g, wrong);
}

/* The table of rank 0, sorted by title. */
static void share(struct tokenize_skills *all, struct group *g)
{
    long n = all->n;

    group_broadcast(g, &n, sizeof n);
    /* So that to look one up does not move what others point to. */
    make_room(all, n + 1);
    all->n = n;
    group_broadcast(g, all->at, (size_t)n * sizeof *all->at);
    fill_slots(all);
}

struct problem tokenize_skills_agree(struct tokenize_skills *s,
                                     struct group *g, long **map)
{
    struct tokenize_skills all = {0};
    struct problem wrong = gather(s, g, &all);

    *map = NULL;
    if (!is_problem(&wrong) && group_rank(g) == 0) {
        qsort(all.at, (size_t)all.n, sizeof *all.at, by_title);
        wrong = make_names(&all);
    }
    wrong = group_agree(g, wrong);
    if (is_problem(&wrong)) {
        tokenize_skills_free(&all);
        return wrong;
    }
    share(&all, g);
    *map = memory_take((size_t)s->n, sizeof **map, "skills");
    for (long i = 0; i < s->n; i++)
        (*map)[i] = tokenize_skills_number(&all, s->at[i].title,
                                           strlen(s->at[i].title));
    tokenize_skills_free(s);
    *s = all;
    return wrong;
}

void tokenize_skills_free(struct tokenize_skills *s)
{
    free(s->at);
    free(s->slot);
    *s = (struct tokenize_skills){0};
}
