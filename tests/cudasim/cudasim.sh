#!/bin/sh
# The simulation of a GPU finds the mistakes that a GPU would not report, in
# whatever order its threads run, and nothing where there is none.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
bugs=$top_builddir/tests/cudasim/bugs

if test ! -x "$bugs"; then
  skip "the simulation finds mistakes" "configure found no C++17 compiler"
  tap_done
  exit 0
fi

# finds NAME PATTERN
finds() {
  found=$("$bugs" "$1" 2>&1)
  status=$?
  if test "$status" -ne 0 && printf '%s\n' "$found" | grep -qE "$2"; then
    ok "$1"
  else
    not_ok "$1" "status $status, not $2:
$found"
  fi
}

for CUDASIM_SEED in 1 2 3; do
  export CUDASIM_SEED
  same "no mistake, order $CUDASIM_SEED" right "$("$bugs" none 2>/dev/null)"
  finds missing-barrier '^wrong$'
done
finds wrong-mask 'cudasim: .*lane [0-9]+ is not in its own mask 0000ffff'
finds uninitialised-shared '^wrong$'
finds uninitialised-memory '^wrong$'
finds wrong-index '^wrong$'
finds divergent-barrier 'cudasim: .*not all threads reach a barrier: 32 of 64'
finds returned-lane \
  'cudasim: .*(names lanes that have returned|not all threads)'
finds partial-warp 'cudasim: .*names lanes that are not in the block'
finds too-many-threads '^launch: invalid configuration$'
finds too-much-shared '^launch: invalid configuration$'
finds touched-by-host 'SEGV|^$'
if nm "$bugs" 2>/dev/null | grep -q __asan_init; then
  finds out-of-bounds 'AddressSanitizer: use-after-poison'
  finds freed-memory 'AddressSanitizer: use-after-poison'
  finds out-of-shared 'AddressSanitizer: global-buffer-overflow|^wrong$'
else
  skip "out-of-bounds" "no address sanitizer here"
  skip "freed-memory" "no address sanitizer here"
  skip "out-of-shared" "no address sanitizer here"
fi
tap_done
