#!/bin/sh
# Training on 64 ranks, 8 x 8, is that of one rank; it starts within a minute,
# and a rank has no more files open than on 2 x 2, but for two that come and
# go.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
# shellcheck source=tests/lib/runs.sh
. "$top_srcdir/tests/lib/runs.sh"
cd "$TMPDIR" || exit 99

cat >run.ini <<'END'
[model]
layers = 2
hidden = 32
heads = 8
vocabulary = 64
context = 8
rotary_fraction = 1
[skills]
train = a,b
[mixture]
policy = stratified
rounds = 2
[train]
precision = double
steps = 20
global_batch = 8
sequence_length = 8
learning_rate = 1e-2
warmup_steps = 2
[checkpoint]
every = 0
[evaluate]
windows = 8
END

# open_files: of the rank that has the most, while a run is started.
open_files() {
  for rank in pid.*; do
    find "/proc/$(cat "$rank")/fd" -type l 2>/dev/null | wc -l
  done | sort -n | tail -n 1
}

# run_on TENSOR DATA DIR: sets `seconds` from the launch to the first
# evaluation, and `files`.
run_on() {
  began=$(date +%s)
  start $(($1 * $2)) train run.ini "parallel.tensor=$1" "output.directory=$3" \
    >"$3.out" 2>&1
  while kill -0 "$started" 2>/dev/null &&
    ! grep -qs '"event":"evaluation"' "$3/metrics.jsonl"; do
    sleep 0.05
  done
  seconds=$(($(date +%s) - began))
  files=$(open_files)
  wait "$started"
}

check "trains on one rank" train 1 1 one
run_on 2 2 few
same "trains on 2 x 2" 0 $?
few=$files
run_on 8 8 many
same "trains on 8 x 8" 0 $?
agree "losses of 8 x 8" many one 1e-10 steps 20
agree "losses of 2 x 2" few one 1e-10 steps 20
check "first evaluation after $seconds s, of at most 60" test "$seconds" -le 60
check "a rank has up to $files files open, where on 2 x 2 it has $few" \
  test "$few" -ge 3 -a "$files" -ge 3 -a "$files" -le $((few + 2))
tap_done
