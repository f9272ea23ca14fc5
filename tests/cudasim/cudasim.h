#ifndef TESTS_CUDASIM_CUDASIM_H
#define TESTS_CUDASIM_CUDASIM_H

#ifdef __cplusplus
extern "C" {
#endif

/* Device memory can be touched only between these, which may nest: by kernels
 * and by the doubles of libraries, not by the host. */
void cudasim_open(void);
void cudasim_close(void);

/* One sentence on what the GPU would not define, and the end. */
__attribute__((noreturn, format(printf, 1, 2))) void
cudasim_fail(const char *fmt, ...);

#ifdef __cplusplus
}
#endif

#endif
