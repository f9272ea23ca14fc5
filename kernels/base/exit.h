#ifndef KERNELS_BASE_EXIT_H
#define KERNELS_BASE_EXIT_H

/* The exit statuses that job scripts may rely on. */
enum {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,      /* while running: the machine, or a run diverged */
    EXIT_WRONG_INPUT = 2, /* command line, run file or data: nothing written */
    EXIT_STOPPED = 75     /* on request: start it again */
};

#endif
