#ifndef SRC_MODEL_PARAMETERS_H
#define SRC_MODEL_PARAMETERS_H

#include "src/model/shape.h"

/* The one table of the model's parameters.  Initialisation, optimiser,
 * clipping and files loop over it; nothing else lists them.
 *
 * Every parameter is stored with its cut dimension first, so that the piece of
 * a tensor rank is one range of the global array.  Vectors are [rows, 1].
 * All pieces of a rank lie in one flat array, and the gradients, moments and
 * master weights in others of the same layout. */
struct parameter {
    char name[64];
    long rows, cols;     /* of the whole */
    bool is_cut, decays; /* dealt by rows over tensor ranks; weight decay */
    bool is_partial; /* whole, but tensor ranks have parts of its gradient */
    bool is_joined;  /* lies right behind the one before */
    double mean, deviation; /* initial values */
    struct cut piece;       /* the rows of this rank */
    long at;                /* where the piece starts in the flat arrays */
};

struct parameters {
    struct parameter *list;
    int n;
    long numbers; /* in each flat array, with alignment and padding */
    long partial; /* the first of these hold all that is partial */
    long whole;   /* the first of these hold all that is not cut */
    real *weight;
    wide *gradient, *master, *m, *v;
    struct arena weights, gradients, moments;
};

/* Fills the table and takes the memory, zeroed. */
void parameters_init(struct parameters *p, const struct shape *shape);
void parameters_free(struct parameters *p);

/* Initial values: functions of the seed, the name and the place in the whole
 * array alone, so that every grid starts from the same model. */
void parameters_randomise(struct parameters *p, long seed);

/* This rank's piece of the parameter of that (printf) name, and its
 * gradient. */
struct mat parameters_weight(const struct parameters *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
struct wide_mat parameters_gradient(const struct parameters *p, const char *fmt,
                                    ...) __attribute__((format(printf, 2, 3)));

/* Numbers in the whole model. */
long parameters_count(const struct parameters *p);

#endif
