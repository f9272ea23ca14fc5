#ifndef TESTS_LIB_TOLD_H
#define TESTS_LIB_TOLD_H

/* The numbers of a metrics.jsonl that report what a run computed: losses of
 * steps and evaluations, also by skill, z-losses, norms and mixtures, in
 * their order. */
enum { TOLD_MOST = 1000 };

struct told {
    double at[TOLD_MOST];
    int n;
};

void told_read(struct told *t, const char *path);

/* The largest relative difference; infinite if they are not as many, or
 * none. */
double told_worst(const struct told *a, const struct told *b);

#endif
