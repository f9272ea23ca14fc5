#include "src/trainer/optimiser.h"

double optimiser_sum_squares(const struct parameters *p, int tensor_rank)
{
    double sum = 0;

    for (int i = 0; i < p->n; i++) {
        const struct parameter *row = &p->list[i];
        struct parameters_range own = parameters_owned(p, row);

        if (row->is_cut || tensor_rank == 0)
            sum += op_sum_squares(p->gradient + row->at + own.first, own.n);
    }
    return sum;
}

static void update_bucket(const struct parameters *p, int bucket,
                          struct op_adamw *a, double decay)
{
    for (int i = 0; i < p->n; i++) {
        const struct parameter *row = &p->list[i];
        struct parameters_range range = parameters_updated(p, row);

        a->decay = row->decays ? decay : 0;
        if (row->bucket == bucket && range.n > 0)
            op_adamw(a, parameters_state(p, row, range.first), range.n);
    }
}

void optimiser_update(struct exchange *e, const struct optimiser_config *c,
                      long step, double rate, double factor)
{
    struct op_adamw a = {
        .rate = rate,
        .beta1 = c->beta1,
        .beta2 = c->beta2,
        .epsilon = c->epsilon,
        .scale = factor,
        .t = step + 1,
    };

    for (int bucket = 0; bucket < e->parameters->buckets; bucket++) {
        update_bucket(e->parameters, bucket, &a, c->weight_decay);
        exchange_update(e, bucket);
    }
}
