#include "src/train/optimiser.h"

double optimiser_sum_squares(const struct parameters *p, int tensor_rank)
{
    double sum = 0;

    for (int i = 0; i < p->n; i++) {
        const struct parameter *row = &p->list[i];

        if (row->is_cut || tensor_rank == 0)
            sum +=
                op_sum_squares(p->gradient + row->at, row->piece.n * row->cols);
    }
    return sum;
}

void optimiser_update(struct parameters *p, const struct settings *s, long step,
                      double rate, double factor)
{
    struct adamw a = {
        .rate = rate,
        .beta1 = s->train.beta1,
        .beta2 = s->train.beta2,
        .epsilon = s->train.epsilon,
        .scale = factor,
        .t = step + 1,
    };

    for (int i = 0; i < p->n; i++) {
        const struct parameter *row = &p->list[i];
        struct adamw_state state = {p->weight + row->at, p->master + row->at,
                                    p->m + row->at, p->v + row->at,
                                    p->gradient + row->at};

        a.decay = row->decays ? s->train.weight_decay : 0;
        op_adamw(&a, state, row->piece.n * row->cols);
    }
}
