#ifndef KERNELS_DEVICE_H
#define KERNELS_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/base/problem.h"

/* Where the kernels compute.  Memory of the device is not read or written by
 * the host except through these calls, so one source serves CPU and GPU. */

/* Before all else: takes the GPU that is this process' by its rank among those
 * of its node.  A problem if there is none. */
struct problem device_open(int rank_on_node);

/* "cpu" or "gpu", as in the name of a program, and what it is exactly. */
const char *device_kind(void);
const char *device_name(void);

/* Zeroed, aligned to 64 bytes; stops the job if there is not enough. */
void *device_alloc(size_t bytes);
void device_free(void *at);

/* Copies; `get` returns when all work given to the device so far is done. */
void device_put(void *to, const void *from_host, size_t bytes);
void device_get(void *to_host, const void *from, size_t bytes);
void device_zero(void *at, size_t bytes);

/* For collectives over MPI, a part at a time: at most `bytes` bytes, as many
 * as returned, where the host can reach them, until they are put back; on a
 * CPU that is the same memory. */
size_t device_stage(void *at, size_t bytes, void **host);
void device_unstage(void *at, const void *host, size_t bytes);
bool device_is_host(void);

#endif
