# shellcheck shell=sh
# Sourced by the shell tests: TAP, and launch from launch.sh.  A test runs in
# the build directory, prints through ok, not_ok, check or skip, and ends with
# tap_done.  Files of its own go under $TMPDIR.
if test -z "${top_srcdir-}"; then
  top_srcdir=$(cd "$(dirname "$0")/../.." && pwd)
fi
: "${top_builddir:=$(pwd)}"
export top_srcdir top_builddir
# shellcheck source=tests/lib/launch.sh
. "$top_srcdir/tests/lib/launch.sh"

tap_count=0

# ok NAME, and not_ok NAME [DETAIL]
ok() {
  tap_count=$((tap_count + 1))
  echo "ok $tap_count - $1"
}

not_ok() {
  tap_count=$((tap_count + 1))
  echo "not ok $tap_count - $1"
  test -z "${2-}" || printf '%s\n' "$2" | sed 's/^/# /'
}

skip() { # NAME REASON
  tap_count=$((tap_count + 1))
  echo "ok $tap_count - $1 # SKIP $2"
}

# check NAME COMMAND [ARG...]: the command succeeds; if not, shows its output.
check() {
  check_name=$1
  shift
  if check_output=$("$@" 2>&1); then
    ok "$check_name"
  else
    not_ok "$check_name" "status $? from: $*
$check_output"
  fi
}

# exits STATUS COMMAND [ARG...]: true if the command ends with just this
# status; what it prints stays visible.
exits() {
  exits_want=$1
  shift
  "$@"
  exits_got=$?
  test "$exits_got" -eq "$exits_want" && return 0
  echo "status $exits_got, not $exits_want"
  return 1
}

# none NAME LINES: ok if there are no LINES, which are the offenders.
none() {
  if test -z "$2"; then ok "$1"; else not_ok "$1" "$2"; fi
}

# same NAME WANT GOT
same() {
  if test "$2" = "$3"; then ok "$1"; else not_ok "$1" "want $2
got  $3"; fi
}

tap_done() {
  echo "1..$tap_count"
}
