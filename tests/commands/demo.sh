#!/bin/sh
# The demo prints the tables that README shows.  Float sums differ between
# processors, and the mixture follows the losses; kernels for AVX2 and AVX-512
# gave the same four decimals, so of two decimals the last may differ by one,
# where it was about to be rounded the other way.
#   SKILLET_DEMO_OUTPUT   what a demo printed; default: it is run here
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
units=1

# The rows of both tables: a skill (or the mean) and its numbers.
rows() { # FILE
  awk '/One seed/ { exit }
    /Validation loss at the end/ { is_table = 1 }
    is_table && $2 ~ /^[0-9.]+$/ && $1 ~ /^[a-z]+$/ { $1 = $1; print }' "$1"
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
same "README has two tables of six skills, one with their mean" 13 \
  "$(wc -l <"$TMPDIR/want")"
none "no number is more than $units hundredths from README's" "$(
  paste -d ' ' "$TMPDIR/want" "$TMPDIR/got" | awk -v units="$units" '
    NF % 2 || $1 != $(NF / 2 + 1) { print; next }
    { for (i = 2; i <= NF / 2; i++) {
        far = 100 * ($i - $(NF / 2 + i))
        if (far > units + 0.5 || -far > units + 0.5) { print; next }
      }
    }')"
tap_done
