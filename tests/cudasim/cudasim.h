#ifndef TESTS_CUDASIM_CUDASIM_H
#define TESTS_CUDASIM_CUDASIM_H

#ifdef __cplusplus
extern "C" {
#endif

/* Device memory can be touched only between these, which may nest: by kernels
 * and by the doubles of libraries, not by the host. */
void cudasim_open(void);
void cudasim_close(void);

/* run(of), on a stream: at once on the first that was made, and on others as
 * late as CUDA allows, when somebody waits for it. */
struct CUstream_st;
void cudasim_put_off(struct CUstream_st *stream, void (*run)(void *of),
                     void *of);

/* One sentence on what the GPU would not define, and the end. */
__attribute__((noreturn, format(printf, 1, 2))) void
cudasim_fail(const char *fmt, ...);

#ifdef __cplusplus
}
#endif

#endif
