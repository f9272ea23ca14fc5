/* The pairs of test_combinations.c on grids up to 4 x 4.    ranks: 8 16 */
#include "tests/test_combinations.c"
