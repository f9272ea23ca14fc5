#!/bin/sh
# The demo prints the tables that README shows.  Float sums differ between
# processors, and the mixture follows the losses.  OpenBLAS's kernels for AVX
# and AVX2 gave validation losses 2e-6 apart at most, and shares 3e-8: so of
# two decimals the last may differ by one, where it was about to be rounded the
# other way.  AVX-512 was not measured.
#   SKILLET_DEMO_OUTPUT   what a demo printed; default: it is run here
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
units=1

# Both tables: their heads, and a skill (or the mean) and its numbers a row.
rows() { # FILE
  awk '/One seed/ { exit }
    /Validation loss at the end/ { is_table = 1; next }
    /Shares of the skills/ { next }
    is_table && NF { $1 = $1; print }' "$1"
}

# Fails with the rows that differ, and if awk fails.  What is not a number, NaN
# too, is compared as text: some awks find nothing larger than NaN.
compare() { # WANT GOT
  paste -d ' ' "$1" "$2" | awk -v units="$units" '
    function is_near(want, got) {
      if (want !~ /^[0-9.]+$/ || got !~ /^[0-9.]+$/)
        return want "" == got ""
      return want - got < (units + 0.5) / 100 &&
        got - want < (units + 0.5) / 100
    }
    function is_same(   i) {
      for (i = 1; i <= NF / 2; i++)
        if (!is_near($i, $(NF / 2 + i))) return 0
      return NF % 2 == 0
    }
    !is_same() { print; differ = 1 }
    END { exit differ }'
}

output=${SKILLET_DEMO_OUTPUT-}
if test -z "$output"; then
  output=$TMPDIR/output
  check "the demo ends well" sh -c "
    skillet='$top_builddir/skillet' sh '$top_srcdir/jobs/demo.sh' \
      '$TMPDIR/demo' >'$output'"
fi

rows "$top_srcdir/README.md" >"$TMPDIR/want"
rows "$output" >"$TMPDIR/got"
same "README has two tables of six skills, one with their mean" 15 \
  "$(wc -l <"$TMPDIR/want")"
check "heads and names as in README, numbers within $units hundredths" \
  compare "$TMPDIR/want" "$TMPDIR/got"
tap_done
