#!/bin/sh
# Whatever kills a run, fills its disk or damages its files, it resumes, and
# equals the undisturbed run in every loss and mixture.  Times and places are
# random; FAULTS_SEED=N repeats those of an earlier test.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
# shellcheck source=tests/lib/runs.sh
. "$top_srcdir/tests/lib/runs.sh"
# shellcheck source=tests/faults/fault_frame.sh
. "$top_srcdir/tests/faults/fault_frame.sh"
cd "$TMPDIR" || exit 99
if test -n "${SKILLET_BIG-}"; then
  kills=100 flips=200 cuts=50
else
  kills=8 flips=6 cuts=3
fi

three_skills >graph.csv
# A save takes as long as a step, so that every moment is met.
cat >run.ini <<'END'
[model]
layers = 2
hidden = 64
heads = 4
vocabulary = 4093
context = 16
[skills]
train = a,b,c
[mixture]
policy = skill-it
graph = graph.csv
eta = 3
rounds = 5
[train]
steps = 15
global_batch = 4
sequence_length = 16
warmup_steps = 3
[checkpoint]
every = 1
[evaluate]
windows = 4
END
small="model.vocabulary=61 model.hidden=16 model.rotary_fraction=0.5"

# Two ranks, one, and one with a small model.
start=$(date +%s%N)
check "trains undisturbed" train 2 1 whole
lasts=$((($(date +%s%N) - start) / 1000000))
check "trains on one rank" train 1 1 alone
# Words.
# shellcheck disable=SC2086
check "trains a small model" train 1 1 small $small checkpoint.keep=100

# begin DIR [SETTING...]: a run on two ranks in the background, all of it in
# the process group of `launcher`.
begin() {
  dir=$1
  shift
  # Words.
  # shellcheck disable=SC2086
  $MPIEXEC ${MPIEXEC_FLAGS-} -n 2 "$skillet" train run.ini \
    "output.directory=$TMPDIR/$dir" "$@" >"$dir.out" 2>&1 </dev/null &
  launcher=$!
}

# ranks_of DIR: the processes of the run in DIR, found by its name.
ranks_of() {
  ps -eo pid=,stat=,args= | awk -v name="output.directory=$TMPDIR/$1" '
    $2 !~ /^Z/ && $3 ~ /skillet[^\/]*$/ && index($0 " ", name " ") {
      print $1
    }'
}

# wait_for_end DIR: until nothing of the run is left, as a scheduler does.
wait_for_end() {
  wait "$launcher" 2>/dev/null
  tries=0
  while test -n "$(ranks_of "$1")" && test $tries -lt 300; do
    tries=$((tries + 1))
    sleep 0.1
  done
}

# one_of WORD...: chosen is one of them, or nothing of none.
one_of() {
  chosen=
  test $# -gt 0 || return
  draw $#
  shift $drawn
  chosen=$1
}

# wait_for_save DIR: until a save is under way, or the run at its end.
wait_for_save() {
  while kill -0 "$launcher" 2>/dev/null; do
    for file in "$1"/checkpoint-*.tmp; do
      test ! -e "$file" || return
    done
  done
}

# strike_at_random DIR, and strike_a_save DIR: set `strike` to what was killed,
# or to nothing where the run had ended.
strike_at_random() {
  draw $lasts
  sleep "$((drawn / 1000)).$(printf %03d $((drawn % 1000)))"
  # shellcheck disable=SC2046
  one_of launcher $(ranks_of "$1")
  strike="kill -9 of a rank"
  if test "$chosen" = launcher; then
    chosen=$launcher
    strike="kill -9 of the launcher"
  fi
  kill -9 "$chosen" 2>/dev/null || strike=
  wait_for_end "$1"
}

strike_a_save() {
  draw $((lasts / 2))
  sleep "0.$(printf %03d $((drawn % 1000)))"
  # shellcheck disable=SC2046
  one_of $(ranks_of "$1")
  wait_for_save "$1"
  strike="kill -9 of a rank"
  kill -9 ${chosen:+"$chosen"} 2>/dev/null || strike=
  wait_for_end "$1"
  for file in "$1"/checkpoint-*.tmp; do
    test ! -e "$file" || strike="kill -9 inside a save"
  done
}

# Each run is struck twice, then resumes and runs to its end.
struck=0 inside=0 runs=0
while test $struck -lt $kills && test $runs -lt $((4 * kills)); do
  runs=$((runs + 1))
  meanwhile=no
  test $((runs % 2)) -eq 0 || meanwhile=yes
  rm -rf killed
  : >strikes
  for how in random save; do
    begin killed checkpoint.asynchronous=$meanwhile
    case $how in
      random) strike_at_random killed ;;
      save) strike_a_save killed ;;
    esac
    test -z "$strike" || echo "$strike, asynchronous=$meanwhile" >>strikes
  done
  check_output=$(train 2 1 killed checkpoint.asynchronous=$meanwhile 2>&1) ||
    echo "$check_output" | sed 's/^/# /'
  while read -r strike; do
    survived "$strike" killed whole
    struck=$((struck + 1))
    case $strike in *inside*) inside=$((inside + 1)) ;; esac
  done <strikes
done
check "$struck kills, $inside of them inside a save, of 1 in 5 that are \
wanted" test $struck -ge $kills -a $((5 * inside)) -ge $kills

# Without waiting: stopped, the ranks outlive their launcher.  In this order,
# because the end of a parent hangs up its stopped children.
begin orphans
while kill -0 "$launcher" 2>/dev/null && test ! -e orphans/lock; do
  :
done
ranks=$(ranks_of orphans)
# shellcheck disable=SC2086
{
  kill -9 "$launcher"
  wait "$launcher" 2>/dev/null
  kill -STOP $ranks
  check "a start while orphans live is refused" exits 2 train 2 1 \
    "$TMPDIR/orphans"
  kill -CONT $ranks
}
wait_for_end orphans
check "and not when they are gone" train 2 1 orphans
survived "a start while orphans live" orphans whole

# no_parts NAME DIR: nothing half-written is left.
no_parts() {
  none "$1: no part of a file is left" "$(find "$2" -name '*.tmp')"
}

for meanwhile in no yes; do
  fault="a limit on file sizes, asynchronous=$meanwhile"
  rm -rf limited
  (
    ulimit -f 400
    exits 1 train 1 1 limited checkpoint.asynchronous=$meanwhile
  ) >out 2>&1 || lost "$fault" "$(cat out)"
  no_parts "$fault" limited
  train 1 1 limited >out 2>&1
  survived "$fault" limited alone
done

# There is room for two checkpoints and a half; then for more.
trap 'umount "$TMPDIR/disk" 2>/dev/null; rm -rf "$TMPDIR"' EXIT
room=$(($(cat whole/checkpoint-*15.h5 | wc -c) * 5 / 2))
mkdir disk
for meanwhile in no yes; do
  fault="a full disk, asynchronous=$meanwhile"
  if ! mount -t tmpfs -o size=$room tmpfs disk 2>/dev/null; then
    passed_over "$fault" "a tmpfs cannot be mounted here"
    continue
  fi
  exits 1 train 2 1 disk/run checkpoint.asynchronous=$meanwhile >out 2>&1 ||
    lost "$fault" "$(cat out)"
  no_parts "$fault" disk
  same "$fault: whole ones are kept" 2 "$(find disk -name '*.h5' | wc -l)"
  mount -o remount,size=$((10 * room)) disk
  train 2 1 disk/run >out 2>&1
  survived "$fault" disk/run whole
  umount disk
done

# stopped_small STEP DIR: DIR as the small run was at that step, with the two
# latest checkpoints.
stopped_small() {
  stopped_at "$1" "$2" small
  cp "small/checkpoint-$(printf %08d $(($1 - 1))).h5" "$2"
}

# older_taken FAULT: from a damaged step 12.
older_taken() {
  # Words.
  # shellcheck disable=SC2086
  if train 1 1 hurt $small >out 2>&1 &&
    grep -q '^warning: .*trying the checkpoint before it' out; then
    survived "$1" hurt small
  else
    lost "$1" "$(cat out)"
  fi
}

stopped_small 12 hurt
bytes=$(cat hurt/checkpoint-*12.h5 | wc -c)
for i in $(seq $flips); do
  stopped_small 12 hurt
  # The headers are few bytes, and each third is for them.
  draw $((i % 3 ? bytes : 8192))
  at=$drawn
  draw 8
  byte=$(od -An -tu1 -j "$at" -N 1 hurt/checkpoint-00000012.h5)
  # The format is the byte.
  # shellcheck disable=SC2059
  printf "\\$(printf %03o $((byte ^ 1 << drawn)))" |
    dd of=hurt/checkpoint-00000012.h5 bs=1 seek="$at" conv=notrunc 2>/dev/null
  older_taken "a flipped bit"
done
for i in $(seq $cuts); do
  stopped_small 12 hurt
  draw "$bytes"
  head -c "$drawn" small/checkpoint-00000012.h5 >hurt/checkpoint-00000012.h5
  older_taken "a truncated file"
done

stopped_small 12 stale
for name in checkpoint-00000012.h5 checkpoint-00000013.h5 \
  checkpoint-00000099.h5 run.ini; do
  head -c 3000 /dev/zero >stale/$name.tmp
done
# Words.
# shellcheck disable=SC2086
train 1 1 stale $small >out 2>&1
survived "parts of files that were left" stale small
no_parts "parts of files that were left" stale

# Root may write everywhere, so the run belongs to another user.
as_user=
if test "$(id -u)" -eq 0; then
  as_user="env TMPDIR=$TMPDIR/theirs setpriv --reuid=65534 --regid=65534"
  as_user="$as_user --clear-groups"
  mkdir theirs
  chown 65534:65534 theirs
  chmod 711 .
fi
# Words.
# shellcheck disable=SC2086
if $as_user test -x "$skillet" 2>/dev/null; then
  stopped_small 12 closed
  test -z "$as_user" || chown -R 65534:65534 closed
  chmod 555 closed
  cp -r closed was
  $as_user "$skillet" train run.ini output.directory=closed $small >out 2>err \
    </dev/null
  same "a directory without permission is refused" "2 1" \
    "$? $(grep -c '^skillet: .*ermission' err)"
  check "and left as it was" diff -r closed was
  chmod 755 closed
  check "with permission, it goes on" $as_user "$skillet" train run.ini \
    output.directory=closed $small
  survived "a directory without permission" closed small
else
  passed_over "a directory without permission" \
    "no other user can be taken here"
fi

# double NAME: the small model on one rank, in double.
# Words.
# shellcheck disable=SC2086
train 1 1 double $small train.precision=double checkpoint.keep=100 >out 2>&1

# moves FROM STEP RANKS TENSOR TO: resumes from a step of FROM on another grid.
moves() {
  stopped_at "$2" "$5" "$1"
  # Words.
  # shellcheck disable=SC2086
  if ! train "$3" "$4" "$5" $small train.precision=double checkpoint.keep=100 \
    >out 2>err || ! grep -q "^resumes from $5" out; then
    lost "another grid, and back" "$(cat out err)"
  fi
}

# From one rank to the grid, and back.
for grid in 1x2 2x1 1x4 2x2 4x1; do
  tensor=${grid%x*}
  moves double 5 $((tensor * ${grid#*x})) "$tensor" there
  moves there 10 1 1 back
  agree "by $grid and back: losses" back double 1e-10 steps 15
  agree "by $grid and back: mixtures" back double 1e-10 shares 15
  echo "another grid, and back:1:0" >>faults
done
faults_done
