#!/bin/sh
# mpi-tap shows red for every way in which a test program can go wrong.
# The scripts are quoted: the program expands them.
# shellcheck disable=SC2016
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

# A launcher that runs the program once: this is about what mpi-tap makes of
# its output and status.
cat >"$TMPDIR/once" <<'END'
#!/bin/sh
export RANKS="$2"
shift 2
exec "$@"
END
chmod +x "$TMPDIR/once"

# joined RANK-COUNTS SCRIPT: what mpi-tap prints for a program that does
# SCRIPT, its lines separated by "|".
joined() {
  printf '/* ranks: %s */\n' "$1" >"$TMPDIR/program.c"
  printf '#!/bin/sh\n%s\n' "$2" >"$TMPDIR/program"
  chmod +x "$TMPDIR/program"
  MPIEXEC="$TMPDIR/once" MPIEXEC_FLAGS='' TEST_TIMEOUT=1 \
    sh "$top_srcdir/tests/lib/mpi-tap" "$TMPDIR/program" 2>/dev/null |
    tr '\n' '|'
}

becomes() { # NAME RANK-COUNTS SCRIPT EXPECTED
  got=$(joined "$2" "$3")
  if test "$got" = "$4"; then
    ok "$1"
  else
    not_ok "$1" "got      $got
expected $4"
  fi
}

becomes "runs are joined and numbered on" "1 2" \
  'echo "ok 1 - a"; echo "1..1"' \
  "ok 1 - a [ranks 1]|ok 2 - a [ranks 2]|1..2|"
becomes "a failed check stays failed" 1 \
  'echo "not ok 1 - a"; echo "1..1"' \
  "not ok 1 - a [ranks 1]|1..1|"
becomes "a failed run among good ones is red" "1 2" \
  'echo "ok 1 - a"; echo "1..1"; exit $((RANKS - 1))' \
  "ok 1 - a [ranks 1]|ok 2 - a [ranks 2]|\
not ok 3 - run ended with status 1 after 1 checks of 1 [ranks 2]|1..3|"
becomes "a run without a plan is red" 1 \
  'echo "ok 1 - a"' \
  "ok 1 - a [ranks 1]|\
not ok 2 - run ended with status 0 after 1 checks of no plan [ranks 1]|1..2|"
becomes "a run with too few checks is red, its last line cut or not" 1 \
  'echo "1..2"; printf "ok 1 - a"' \
  "ok 1 - a [ranks 1]|\
not ok 2 - run ended with status 0 after 1 checks of 2 [ranks 1]|1..2|"
becomes "a run that checks nothing is red" 1 \
  'echo "1..0"' \
  "not ok 1 - run ended with status 0 after 0 checks of 0 [ranks 1]|1..1|"
becomes "a run that hangs is red" 1 \
  'echo "ok 1 - a"; echo "1..1"; exec sleep 30' \
  "ok 1 - a [ranks 1]|\
not ok 2 - run ended with status 124 after 1 checks of 1 [ranks 1]|1..2|"
becomes "a skipped check stays skipped" 1 \
  'echo "ok 1 # SKIP no b"; echo "1..1"' \
  "ok 1 [ranks 1] # SKIP no b|1..1|"
becomes "a skipped run is one skipped check" 1 \
  'echo "1..0 # SKIP no c"' \
  "ok 1 - run [ranks 1] # SKIP no c|1..1|"
becomes "a source without rank counts is red" "" \
  'echo "ok 1 - a"; echo "1..1"' \
  "not ok 1 - no rank counts (ranks: 1 2 4) in lines 1 to 5 of \
$TMPDIR/program.c|1..1|"

# A folder without tests is no success.
same "make check-FOLDER: a folder that is not there" \
  "2 make check-nowhere: there are no tests in tests/nowhere" \
  "$(unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
    cd "$top_builddir" && make -s check-nowhere 2>"$TMPDIR/said"
    echo "$? $(head -n 1 "$TMPDIR/said")")"
tap_done
