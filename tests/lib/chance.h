#ifndef TESTS_LIB_CHANCE_H
#define TESTS_LIB_CHANCE_H

/* One check: counts of cells, of which only some are possible, as equal as
 * chance makes them.  `what` begins its message. */
void chance_uniform(const long *counts, int cells, int possible,
                    const char *what);

#endif
