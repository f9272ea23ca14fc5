#include "src/skills/skill_it.h"

static double windowed_loss(const struct policy *p, int skill)
{
    long n = p->observed < p->window ? p->observed : p->window;
    double sum = 0;

    if (n == 0)
        return 1;
    /* Oldest first, so that the sum is the same wherever the ring begins. */
    for (long i = p->observed - n; i < p->observed; i++)
        sum += p->losses[i % p->window * p->m + skill];
    return p->reduce == WINDOW_SUM ? sum : sum / (double)n;
}

void skill_it_mix(struct policy *p)
{
    for (int i = 0; i < p->k; i++)
        p->p[i] = 0;
    for (int j = 0; j < p->m; j++) {
        double loss = windowed_loss(p, j);

        for (int i = 0; i < p->k; i++)
            p->p[i] += p->eta * p->graph.at[i * p->graph.cols + j] * loss;
    }
    policy_softmax(p->p, p->k, p->p);
}
