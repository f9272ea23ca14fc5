#ifndef KERNELS_CUDA_STREAM_H
#define KERNELS_CUDA_STREAM_H

#include <stddef.h>

/* The queue that all work of this rank's GPU goes through, in order. */
struct CUstream_st *device_stream(void);

/* Another queue, whose work runs beside it.  Events order the two: what
 * `stream` is given after an await waits for all that the other stream had
 * been given when the event was marked there. */
struct CUstream_st *device_stream_open(void);
void device_stream_close(struct CUstream_st *stream);
struct CUevent_st *device_event_open(void);
void device_event_close(struct CUevent_st *event);
void device_event_mark(struct CUevent_st *event, struct CUstream_st *stream);
void device_event_await(struct CUevent_st *event, struct CUstream_st *stream);

/* Device memory for what a kernel hands to the next one; it belongs to the
 * operation that runs. */
enum { DEVICE_WORKSPACE_BYTES = 4 << 20 };
void *device_workspace(void);

/* This rank's GPU among those of its node, as text: "0000:1b:00.0". */
void device_place(char *text, size_t size);

#endif
