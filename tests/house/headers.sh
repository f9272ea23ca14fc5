#!/bin/sh
# Every header compiles alone, and twice; those of C++ are tested with what
# includes them.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
cd "$top_srcdir" || exit 99

for header in $(find kernels mpi io src tests -name '*.h' \
  ! -path 'tests/cudasim/cuda_*' | LC_ALL=C sort); do
  printf '#include "%s"\n#include "%s"\n' "$header" "$header" \
    >"$TMPDIR/alone.c"
  # Words: the compiler may have options.
  # shellcheck disable=SC2086
  check "$header" ${CC:-mpicc} -std=gnu11 -I. -Wall -Wextra -Werror \
    -fsyntax-only "$TMPDIR/alone.c"
done
tap_done
