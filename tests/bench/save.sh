#!/bin/sh
# Not a test: what it costs to save a model of 70 million parameters and to
# resume from it, compared with dd of the same bytes on the same disk in the
# same run; how long training waits for a background save, compared with a step
# and a copy in memory; what memory that takes; and the time from kill -9 to
# the next step.   usage: make bench
#
# Medians of some; a file that is read is not in memory.  Quiet machines only.
# BENCH_DIRECTORY is on the disk that is measured (default TMPDIR).
# shellcheck source=tests/lib/launch.sh
. "${top_srcdir:=.}/tests/lib/launch.sh"
: "${top_builddir:=.}" "${BENCH_DIRECTORY:=$TMPDIR}"
skillet=$top_builddir/skillet
work=$(mktemp -d "$BENCH_DIRECTORY/save.XXXXXX") || exit 99
trap 'rm -rf "$work" "$TMPDIR"' EXIT
run=$work/run
metrics=$run/metrics.jsonl
TEST_TIMEOUT=600
tokens=256

settings="model.layers=6 model.hidden=512 model.heads=8 model.vocabulary=50304
  model.context=64 train.sequence_length=64 train.global_batch=4
  mixture.policy=stratified mixture.rounds=1 evaluate.windows=1
  train.schedule=constant checkpoint.keep=1 checkpoint.every=1"

# train RANKS STEPS [SETTING...]: with the settings above, which are words.
# shellcheck disable=SC2086
train() {
  ranks=$1 steps=$2
  shift 2
  launch "$ranks" "$skillet" train $settings train.steps="$steps" \
    output.directory="$run" "$@" >"$work/log" 2>&1 || {
    cat "$work/log"
    exit 1
  }
}

# of EVENT MEMBER: those numbers of the run, one a line.
of() {
  sed -n "/\"event\":\"$1\"/s/.*\"$2\":\\([0-9.e+-]*\\).*/\\1/p" "$metrics"
}

median() {
  sort -g | awk '{ x[NR] = $1 } END { print x[int((NR + 1) / 2)] }'
}

now() { date +%s.%N; }

# seconds COMMAND...: that it takes.
seconds() {
  begin=$(now)
  "$@" >"$work/out" 2>&1
  awk "BEGIN { print $(now) - $begin }"
}

checkpoint() { echo "$run"/checkpoint-*.h5; }

copy() {
  dd if="$(checkpoint)" of="$work/copy" bs=1M conv=fsync
}

forget() {
  dd if="$(checkpoint)" iflag=nocache count=0 2>/dev/null
}

read_all() {
  dd if="$(checkpoint)" of=/dev/null bs=1M
}

row() { # NAME SECONDS DD BYTES
  awk -v name="$1" -v s="$2" -v dd="$3" -v bytes="$4" 'BEGIN {
    printf "%-24s %7.2f s %7.0f MB/s; dd %7.2f s %7.0f MB/s; %.2f of dd\n",
      name, s, bytes / s / 1e6, dd, bytes / dd / 1e6, dd / s }'
}

saves_and_loads() { # RANKS
  rm -rf "$run"
  : >"$work/saves"
  : >"$work/copies"
  : >"$work/loads"
  : >"$work/reads"
  train "$1" 2
  for steps in 4 6 8; do
    forget
    seconds read_all >>"$work/reads"
    forget
    train "$1" $steps
    of start load_seconds | tail -n 1 >>"$work/loads"
    of checkpoint seconds | tail -n 2 >>"$work/saves"
    for _ in 1 2; do
      seconds copy >>"$work/copies"
      rm "$work/copy"
    done
  done
  bytes=$(of checkpoint bytes | tail -n 1)
  row "save, $1 ranks" "$(median <"$work/saves")" "$(median <"$work/copies")" \
    "$bytes"
  row "load, $1 ranks" "$(median <"$work/loads")" "$(median <"$work/reads")" \
    "$bytes"
}

background() { # RANKS
  peak=$(of stop peak_bytes | tail -n 1)
  read_all 2>"$work/out"
  in_memory=$(seconds read_all)
  rm -rf "$run"
  train "$1" 13 checkpoint.every=4 checkpoint.asynchronous=yes
  awk -v ranks="$1" \
    -v stall="$(of checkpoint stall_seconds | head -n 3 | median)" \
    -v all="$(of checkpoint seconds | head -n 3 | median)" \
    -v rate="$(of step tokens_per_second | median)" -v tokens=$tokens \
    -v copy="$in_memory" -v before="$peak" \
    -v after="$(of stop peak_bytes | tail -n 1)" \
    -v planned="$(of start copy_bytes)" 'BEGIN {
      printf "%-24s training waits %.2f s of %.2f s; ", \
        "background, " ranks " ranks", stall, all
      printf "a step %.2f s, a copy %.2f s\n", tokens / rate, copy / ranks
      printf "%-24s peak %.0f MiB, without %.0f MiB, planned %.0f MiB more\n",
        "", after / 2^20, before / 2^20, ranks * planned / 2^20 }'
}

# restart RANKS: killed in a run; from the start of the launcher to the step.
# shellcheck disable=SC2086
restart() {
  rm -rf "$run"
  $MPIEXEC ${MPIEXEC_FLAGS-} -n "$1" "$skillet" train $settings \
    train.steps=1000 output.directory="$run" >"$work/log" 2>&1 </dev/null &
  launcher=$!
  until test "$(of checkpoint step 2>/dev/null | wc -l)" -ge 2; do
    kill -0 "$launcher" || exit 1
    sleep 0.1
  done
  kill -9 "$launcher"
  wait "$launcher" 2>/dev/null
  while test -e "$run/lock" && ! flock -n "$run/lock" true; do
    sleep 0.1
  done
  before=$(grep -c '"event":"start"' "$metrics")
  begin=$(now)
  $MPIEXEC ${MPIEXEC_FLAGS-} -n "$1" "$skillet" train $settings \
    train.steps=1000 output.directory="$run" >"$work/log" 2>&1 </dev/null &
  launcher=$!
  until tail -n 1 "$metrics" | grep -q '"event":"\(step\|checkpoint\)"' &&
    test "$(grep -c '"event":"start"' "$metrics")" -gt "$before"; do
    kill -0 "$launcher" || exit 1
    sleep 0.02
  done
  awk "BEGIN {
    printf \"%-24s %7.2f s to the next step, \" \
      \"%.2f s of it for the launcher\\n\",
    \"kill -9, $1 ranks\", $(now) - $begin, $(seconds launch "$1" true) }"
  kill "$launcher"
  wait "$launcher" 2>/dev/null || :
}

for ranks in 1 2 4; do
  saves_and_loads "$ranks"
  background "$ranks"
  restart "$ranks"
done
