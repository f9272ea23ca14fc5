#ifndef KERNELS_BASE_RNG_H
#define KERNELS_BASE_RNG_H

#include <stdint.h>

/* Counter-based random numbers (Philox4x32-10: Salmon, Moraes, Dror, Shaw,
 * "Parallel random numbers: as easy as 1, 2, 3", SC11): a value is a function
 * of a key and a position, so it does not depend on who asks, or in which
 * order. */

/* The bijection itself: four words of counter, two of key. */
void rng_philox(const uint32_t counter[4], const uint32_t key[2],
                uint32_t out[4]);

/* A key from a seed and a name ("data", "blocks.0.norm1.weight", ...) and up
 * to two numbers (a round, an epoch). */
uint64_t rng_key(uint64_t seed, const char *name, uint64_t a, uint64_t b);

/* 64 random bits at position i of stream `key`. */
uint64_t rng_bits(uint64_t key, uint64_t i);

/* Uniform in (0, 1), and standard normal, at position i of stream `key`. */
double rng_uniform(uint64_t key, uint64_t i);
double rng_normal(uint64_t key, uint64_t i);

/* The normals at positions first, first + 1, ...: neighbours share the
 * work. */
void rng_normals(uint64_t key, uint64_t first, long n, double *out);

/* Position of element i, 0 <= i < n, under a keyed permutation of n elements
 * (a Feistel network over the next power of four, walking its cycles until the
 * result is below n): no table, whatever n. */
uint64_t rng_permute(uint64_t key, uint64_t i, uint64_t n);

#endif
