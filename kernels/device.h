#ifndef KERNELS_DEVICE_H
#define KERNELS_DEVICE_H

#include <stddef.h>

/* Where the kernels compute.  Memory of the device is not read or written by
 * the host except through these calls, so one source serves CPU and GPU. */
const char *device_name(void);

/* Zeroed, aligned to 64 bytes; stops the job if there is not enough. */
void *device_alloc(size_t bytes);
void device_free(void *at);

/* Copies; `get` returns when all work given to the device so far is done. */
void device_put(void *to, const void *from_host, size_t bytes);
void device_get(void *to_host, const void *from, size_t bytes);
void device_zero(void *at, size_t bytes);

/* The matrix product against a plain loop on one odd-shaped case: some BLAS
 * builds are wrong on some processors.  The largest relative error. */
double device_self_check(void);

#endif
