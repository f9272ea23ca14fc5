#!/bin/sh
# The sources are laid out as .clang-format says, by the clang-format that it
# was written for, and no line is wider than 79 columns.  Generated files
# (tests/golden) are not looked at.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
cd "$top_srcdir" || exit 99
major=14

sources() { # NAME-PATTERN...
  for pattern; do
    find kernels mpi io src tests -name "$pattern" ! -path 'tests/golden/*'
  done | LC_ALL=C sort
}

sources '*.[ch]' '*.cc' '*.cu' '*.cuh' >"$TMPDIR/sources"
if clang-format --version 2>/dev/null | grep -q "version $major\\."; then
  none "clang-format changes nothing" \
    "$(xargs clang-format --dry-run <"$TMPDIR/sources" 2>&1 | grep warning)"
else
  skip "clang-format changes nothing" "no clang-format $major here"
fi

# wide FILE: its lines wider than 79 columns, the bytes of a character once.
wide() {
  LC_ALL=C awk '{ line = $0; gsub(/[\200-\277]/, "", line) }
    length(line) > 79 { print FILENAME ":" FNR ": " length(line) " columns" }' \
    "$@"
}

printf '%080d\n%079d\n' 0 0 >"$TMPDIR/widths"
same "a wide line is found" "$TMPDIR/widths:1: 80 columns" \
  "$(wide "$TMPDIR/widths")"
# Words.
# shellcheck disable=SC2046
none "no line of a source is wider than 79 columns" \
  "$(wide $(cat "$TMPDIR/sources"))"
tap_done
