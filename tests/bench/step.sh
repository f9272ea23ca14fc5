#!/bin/sh
# Not a test: what a training step costs on this machine, and in PyTorch where
# that is installed.   usage: make bench
#
# Each shape runs on two cores as two data ranks, two tensor ranks, and one
# rank of two threads; the peer on two threads and on two ranks.  FLOPs are
# those of the products: 6 (N - input embedding) + 12 layers hidden T a token.
# The share is that of this machine's own single-precision products, measured
# in the same run on as many ranks and threads.  Quiet machines only.
#
# The last line of a shape has what two ranks do together, of what two runs of
# one rank do side by side, each with half of the sequences; and how much of
# what data ranks exchange had arrived before a rank waited for it.
#
#   PEER         the script of the peer (default ../shared/bench/torch_gpt.py)
#   PEER_PYTHON  a python3 that has PyTorch (default python3)
# shellcheck source=tests/lib/launch.sh
. "${top_srcdir:=.}/tests/lib/launch.sh"
: "${top_builddir:=.}" "${PEER:=$top_srcdir/../shared/bench/torch_gpt.py}"
: "${PEER_PYTHON:=python3}"
skillet=$top_builddir/skillet
work=$TMPDIR/bench
mkdir "$work"
TEST_TIMEOUT=600

# threads N: of each rank.
threads() {
  OMP_NUM_THREADS=$1 OPENBLAS_NUM_THREADS=$1
  export OMP_NUM_THREADS OPENBLAS_NUM_THREADS
}

# member NAME: numbers of that name, one a line, from JSON lines.
member() {
  sed -n "s/.*\"$1\": *\\([0-9.e+-]*\\).*/\\1/p"
}

median() {
  sort -g | awk '{ x[NR] = $1 } END { print x[int((NR + 1) / 2)] }'
}

now() { date +%s.%N; }

row() { # NAME TOKENS/S GFLOP/S SHARE MIB START
  printf '%-34s %10.0f %9.1f %7s %9.0f %8s\n' "$@"
}

# train NAME RANKS TENSOR SEQUENCES
train() {
  rm -rf "${work:?}/$1"
  launch "$2" "$skillet" train model.layers="$layers" model.hidden="$hidden" \
    model.heads="$heads" model.vocabulary="$vocabulary" model.context="$T" \
    train.sequence_length="$T" train.global_batch="$4" train.steps="$steps" \
    parallel.tensor="$3" mixture.policy=stratified mixture.rounds=1 \
    evaluate.windows=1 checkpoint.every=0 checkpoint.resume=no \
    output.directory="$work/$1" >"$work/$1.log" 2>&1 || {
    cat "$work/$1.log"
    exit 1
  }
}

# speed_of NAME: tokens/s of its median step, without the first.
speed_of() {
  grep '"event":"step"' "$work/$1/metrics.jsonl" | member tokens_per_second |
    tail -n +2 | median
}

# ours SHAPE TENSOR DATA THREADS
ours() {
  threads "$4"
  ranks=$(($2 * $3))
  launch $ranks "$top_builddir/tests/bench/gemm" "$((T * batch / $3))" \
    "$hidden" >"$work/gemm" || exit 1
  begin=$(now)
  train run $ranks "$2" "$batch"
  end=$(now)
  metrics=$work/run/metrics.jsonl
  speed=$(speed_of run)
  peak=$(grep '"event":"stop"' "$metrics" | member peak_bytes)
  inside=$(grep '"event":"stop"' "$metrics" | member seconds)
  flops=$(awk "BEGIN { print $speed * $a_token / 1000000000 }")
  row "$1 $2x$3, $4 threads a rank" "$speed" "$flops" \
    "$(awk "BEGIN { printf \"%.0f %%\",
      100 * $flops / $(cat "$work/gemm") }")" \
    "$(awk "BEGIN { print $peak / 1048576 }")" \
    "$(awk "BEGIN { printf \"%.1f s\", $end - $begin - $inside }")"
}

# exchanged MEMBER: what the last run says of it.
exchanged() {
  grep '"event":"stop"' "$metrics" | member "$1"
}

# together SHAPE DATA-SPEED TENSOR-SPEED HIDDEN COST: next to two runs of one
# rank.
together() {
  threads 1
  train one 1 1 $((batch / 2)) &
  train other 1 1 $((batch / 2))
  wait $! || exit 1
  apart=$(awk "BEGIN { print $(speed_of one) + $(speed_of other) }")
  awk "BEGIN {
    printf \"%s: of two runs side by side, 2 data ranks %.3f, \" \
      \"2 tensor ranks %.3f; %.0f %% of the exchange was there when \" \
      \"needed, and took %.1f %% of the time\\n\",
      \"$1\", $2 / $apart, $3 / $apart, 100 * $4, 100 * $5 }"
}

# peer SHAPE RANKS THREADS
peer() {
  threads "$3"
  timeout 900 "$PEER_PYTHON" "$PEER" --shape "$1" --ranks "$2" --threads "$3" \
    --steps "$steps" >"$work/peer" 2>"$work/peer.err" || return
  row "peer: $2 ranks, $3 threads a rank" \
    "$(member tokens_per_second <"$work/peer")" \
    "$(member gflops <"$work/peer")" "" \
    "$(member peak_gb <"$work/peer" | awk '{ print $1 * 1e9 / 1048576 }')" ""
}

# shape NAME LAYERS HIDDEN HEADS VOCABULARY T BATCH STEPS
shape() {
  name=$1 layers=$2 hidden=$3 heads=$4 vocabulary=$5 T=$6 batch=$7 steps=$8
  a_token=$((6 * (layers * (12 * hidden * hidden + 13 * hidden) + \
    2 * hidden + vocabulary * hidden) + 12 * layers * hidden * T))
  ours "$name" 1 2 1
  by_data=$speed
  hidden_share=$(awk "BEGIN {
    print 1 - $(exchanged late_bytes) / $(exchanged received_bytes) }")
  cost=$(awk "BEGIN { print ($(exchanged late_seconds) + \
    $(exchanged poll_seconds)) / $(exchanged seconds) }")
  ours "$name" 2 1 1
  by_tensor=$speed
  ours "$name" 1 1 2
  together "$name" "$by_data" "$by_tensor" "$hidden_share" "$cost"
  if "$PEER_PYTHON" -c 'import torch' 2>/dev/null && test -f "$PEER"; then
    peer "$name" 1 2
    peer "$name" 2 1
  else
    echo "peer: no PyTorch in $PEER_PYTHON, or no $PEER"
  fi
}

printf '%-34s %10s %9s %7s %9s %8s\n' "tensor x data ranks" tokens/s GFLOP/s \
  "of sgemm" "peak MiB" start-up
shape pythia-70m 6 512 8 50304 512 4 7
shape tiny 4 128 4 64 40 128 60
