#!/bin/sh
# The shell scripts have no mistake that shellcheck knows.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
cd "$top_srcdir" || exit 99

scripts=$(ls bootstrap .ci/run build-aux/version.sh tests/lib/driver \
  tests/lib/mpi-tap tests/*.sh tests/*/*.sh jobs/*.sh 2>/dev/null)
for script in $scripts; do
  if command -v shellcheck >/dev/null; then
    check "$script" shellcheck -x -P . "$script"
  else
    skip "$script" "no shellcheck here"
  fi
done
tap_done
