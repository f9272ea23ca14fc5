#ifndef KERNELS_SELF_CHECK_H
#define KERNELS_SELF_CHECK_H

/* The matrix product against a plain loop on one odd-shaped case: some BLAS
 * builds are wrong on some processors.  The largest error, relative to the sum
 * of the sizes of what is added. */
double self_check_product(void);

/* That it must not exceed: the roundoff of these numbers, with room. */
double self_check_limit(void);

#endif
