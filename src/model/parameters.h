#ifndef SRC_MODEL_PARAMETERS_H
#define SRC_MODEL_PARAMETERS_H

#include "src/model/shape.h"

/* The one table of the model's parameters.  Initialisation, optimiser,
 * clipping and files loop over it; nothing else lists them.
 *
 * Every parameter is stored with its cut dimension first, so that the piece of
 * a tensor rank is one range of the global array.  Vectors are [rows, 1].
 * All pieces of a rank lie in one flat array, and the gradients in another of
 * the same layout.
 *
 * The flat arrays are divided into buckets, and each bucket into equal parts
 * for the data ranks, which own them: what all of them have the same piece of
 * is summed, updated and saved by the owner.  Moments and master weights are
 * those of the parts that this rank owns, one after another (ZeRO-1), or of
 * all. */
struct parameter {
    char name[64];
    long rows, cols;     /* of the whole */
    bool is_cut, decays; /* dealt by rows over tensor ranks; weight decay */
    bool is_partial; /* whole, but tensor ranks have parts of its gradient */
    bool is_joined;  /* lies right after the one before */
    double mean, deviation; /* initial values */
    struct shape_cut piece; /* the rows of this rank */
    int bucket;
    long at; /* where the piece starts in the flat arrays */
};

/* What is complete, and needed, at one time: first all that is not cut, as its
 * gradients wait for a sum over the tensor ranks; then the pieces of the
 * embedding, of each block and, if it is not the embedding's, of the head. */
enum { BUCKET_WHOLE, BUCKET_EMBED, BUCKET_BLOCKS };

struct parameters_bucket {
    long at, n; /* in the flat arrays; n is a multiple of the parts */
};

struct parameters {
    struct parameter *list;
    int n;
    long numbers; /* in each flat array, with alignment and padding */
    long partial; /* the first of these hold all that is partial */
    struct parameters_bucket *bucket;
    int buckets;
    int parts, part; /* of each bucket, and this rank's */
    bool has_all_moments;
    real *weight;
    wide *gradient, *master, *m, *v;
    struct arena weights, gradients, moments;
};

/* Fills the table and takes the memory, zeroed. */
void parameters_init(struct parameters *p, const struct shape *shape);
void parameters_free(struct parameters *p);

/* Initial master weights of what this rank updates: functions of the seed, the
 * name and the place in the whole array alone, so that every grid starts from
 * the same model. */
void parameters_randomise(struct parameters *p, long seed);

/* This rank's piece of the parameter of that (printf) name, and its
 * gradient. */
struct mat parameters_weight(const struct parameters *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
struct wide_mat parameters_gradient(const struct parameters *p,
                                    const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Numbers of an array, from `first` on. */
struct parameters_range {
    long first, n;
};

/* What this rank owns of a bucket, in the flat arrays. */
struct parameters_range parameters_own(const struct parameters *p, int bucket);

/* Of a parameter's piece, without padding: what this rank owns; and what it
 * has moments of, so that it can update it. */
struct parameters_range parameters_owned(const struct parameters *p,
                                         const struct parameter *row);
struct parameters_range parameters_updated(const struct parameters *p,
                                           const struct parameter *row);

/* All there is of number `first` of a piece, and of those after it. */
struct op_adamw_state parameters_state(const struct parameters *p,
                                       const struct parameter *row,
                                       long first);

/* The master weights of what this rank owns of a bucket. */
wide *parameters_own_master(const struct parameters *p, int bucket);

/* Numbers in the whole model. */
long parameters_count(const struct parameters *p);

#endif
