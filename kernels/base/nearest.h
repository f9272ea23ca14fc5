#ifndef KERNELS_BASE_NEAREST_H
#define KERNELS_BASE_NEAREST_H

/* How far a mistyped word is from a valid one, to suggest the nearest: the
 * number of letters to change, add or leave out; a shortening ("lr" for
 * "learning_rate") counts as near. */
long nearest_distance(const char *typed, const char *valid);

#endif
