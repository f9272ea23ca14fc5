#ifndef IO_SUM_H
#define IO_SUM_H

#include <stddef.h>
#include <stdint.h>

/* A 64-bit sum that finds damage: with w_q the 8-byte little-endian word at
 * byte q of a range (the last one padded with zeros),
 *
 *   sum = sum over q of mix(w_q ^ key(q))   (mod 2^64)
 *
 * mix is a bijection, so one changed word always shows; key makes the sum
 * depend on where a word is.  Because it is a plain sum, pieces cut at
 * multiples of 8 may be summed in any order, by any rank, and added. */

/* The sum of n bytes at p, which are at byte `position` (a multiple of 8) of
 * the range. */
uint64_t sum_bytes(const void *p, size_t n, uint64_t position);

/* The sum of an array of numbers of 1, 2, 4 or 8 bytes, as sum_bytes would
 * give it of the same numbers widened with zeros to 8 bytes each: so it may be
 * cut between any two numbers.  Here n of them, of which the first is number
 * `first` of the array; p need not be aligned. */
uint64_t sum_numbers(const void *p, size_t n, size_t width, uint64_t first);

#endif
