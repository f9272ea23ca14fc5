#ifndef TESTS_LIB_START_H
#define TESTS_LIB_START_H

/* world_start for tests of what computes on the device; where there is none,
 * the whole test is skipped. */
void start(int *argc, char ***argv);

#endif
