#include "src/skills/stratified.h"

void stratified_mix(struct policy *p)
{
    for (int i = 0; i < p->k; i++)
        p->p[i] = 1.0 / p->k;
}
