/* The pairs of test_combinations.c on grids up to 4 x 4.    ranks: 8 16 */
#include "tests/trainer/test_combinations.c"
