#ifndef KERNELS_BASE_CHECK_H
#define KERNELS_BASE_CHECK_H

/* Stop the whole job with exit status 1 unless COND holds: for failures of the
 * machine, on any rank.  The rest is a printf message. */
#define CHECK(cond, ...)                                                      \
    ((cond) ? (void)0 : die(__FILE__, __LINE__, __VA_ARGS__))

_Noreturn void die(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Called last by die(); mpi/ installs one that ends the other ranks too. */
extern void (*die_hook)(void);

#endif
