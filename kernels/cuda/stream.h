#ifndef KERNELS_CUDA_STREAM_H
#define KERNELS_CUDA_STREAM_H

#include <stddef.h>

/* The queue that all work of this rank's GPU goes through, in order. */
struct CUstream_st *device_stream(void);

/* Device memory for what a kernel hands to the next one; it belongs to the
 * operation that runs. */
enum { DEVICE_WORKSPACE_BYTES = 4 << 20 };
void *device_workspace(void);

/* This rank's GPU among those of its node, as text: "0000:1b:00.0". */
void device_place(char *text, size_t size);

#endif
