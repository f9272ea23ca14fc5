#!/bin/sh
# Training by the kernels for GPUs, run on the CPU (tests/cudasim), has the
# losses of the CPU programs, on every grid, over NCCL and through the host.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
# shellcheck source=tests/lib/runs.sh
. "$top_srcdir/tests/lib/runs.sh"
cpu=$skillet
simulated_tests=$top_builddir/tests
simulated=$simulated_tests/cudasim/skillet-gpusim
cd "$TMPDIR" || exit 99

if test ! -x "$simulated-float"; then
  skip "training by the GPU kernels" \
    "NONE OF THE GPU KERNELS WAS TESTED: configure found no C++17 compiler"
  tap_done
  exit 0
fi

cat >run.ini <<'END'
[model]
layers = 2
hidden = 24
heads = 4
vocabulary = 61
context = 16
rotary_fraction = 1
[skills]
train = a,b,c
[mixture]
policy = stratified
rounds = 2
[train]
steps = 5
global_batch = 4
sequence_length = 16
learning_rate = 1e-3
warmup_steps = 2
seed = 3
[evaluate]
windows = 4
END

# trains NAME RANKS PRECISION [SETTING...]
trains() {
  trained=$1
  ranks=$2
  precision=$3
  shift 3
  check "$trained" run_ranks "$ranks" train run.ini \
    "train.precision=$precision" \
    output.directory="$trained" "$@"
}

# ways DIR WAY WAY: how tensor and data ranks say that they sum.
ways() {
  same "$1: tensor ranks by $2, data ranks by $3" "$2,$3" \
    "$(sed -n 's/.*"tensor_collectives":"\([^"]*\)".*"data_collectives":'\
'"\([^"]*\)".*/\1,\2/p' "$1/metrics.jsonl")"
}

sequential='model.parallel_residual=no model.tied=yes'
sequential="$sequential model.activation=gelu-tanh"

# compare PRECISION DEVICE TOLERANCE: on one, two and four ranks.
compare() {
  skillet=$cpu
  trains "cpu-$1" 1 "$1"
  # The program itself: the command would look for it beside it.
  skillet=$simulated-$1
  trains "$1-1" 1 "$1" train.device="$2"
  trains "$1-2" 2 "$1" train.device="$2" parallel.tensor=2
  trains "$1-4" 4 "$1" train.device="$2" parallel.tensor=2 train.micro_batch=1
  for run in 1 2 4; do
    agree "$1-$run has the losses of the CPU" "$1-$run" "cpu-$1" "$3" steps 5
  done
}

compare float gpu 5e-6
# The settings know no GPU program in double: this one has the CPU's name.
compare double cpu 1e-10

# Whether data ranks keep the moments of their share or of all.
skillet=$simulated-double
for ranks in 2 4; do
  trains "share-$ranks" "$ranks" double parallel.zero=1
  trains "all-$ranks" "$ranks" double parallel.zero=0
  agree "share-$ranks has the losses of the CPU" "share-$ranks" cpu-double \
    1e-10 steps 5
  same "$ranks data ranks: the same losses with zero 0 and 1" \
    "$(steps "all-$ranks")" "$(steps "share-$ranks")"
done

# Ranks that share a GPU, which NCCL does not serve.
skillet=$simulated-float
export CUDASIM_DEVICES=1
trains float-shared 4 float train.device=gpu parallel.tensor=2
unset CUDASIM_DEVICES
agree "float-shared has the losses of the CPU" float-shared cpu-float 5e-6 \
  steps 5

# Numbers of 8 bits, summed in float: gradients within five roundings of 2^-9,
# the losses, which are means of many, closer.
norms() {
  sed -n '/"event":"step"/s/.*"grad_norm":\([^,}]*\).*/\1/p' "$1/metrics.jsonl"
}

skillet=$simulated-bf16
trains bf16-1 1 bf16 train.device=gpu
trains bf16-2 2 bf16 train.device=gpu parallel.tensor=2
export CUDASIM_DEVICES=1
trains bf16-shared 2 bf16 train.device=gpu parallel.tensor=2
unset CUDASIM_DEVICES
trains bf16-4 4 bf16 train.device=gpu parallel.tensor=2
for run in bf16-1 bf16-2 bf16-4 bf16-shared; do
  agree "$run has nearly the losses of float" $run cpu-float 3e-4 steps 5
  agree "$run has nearly the gradients of float" $run cpu-float 1e-2 norms 5
done

# bytes DIR NAME: of a rank's arena.
bytes() {
  sed -n "s/.*\"event\":\"start\".*\"$2_bytes\":\([0-9]*\).*/\1/p" \
    "$1/metrics.jsonl"
}

# 6 + 12/d bytes a number.
for run in bf16-2 bf16-4; do
  data=$((${run#bf16-} / 2))
  numbers=$(($(bytes $run gradient) / 4))
  same "$run: bytes of $numbers weights and their moments" \
    "$((2 * numbers)) $((12 * numbers / data))" \
    "$(bytes $run weight) $(bytes $run moment)"
done

# Words.
# shellcheck disable=SC2086
{
  skillet=$cpu
  trains cpu-sequential 1 double $sequential
  skillet=$simulated-double
  trains sequential 2 double $sequential
}
agree "sequential, tied, gelu by tanh" sequential cpu-sequential 1e-10 steps 5

# The verdicts of the test programs, on ranks that share a GPU.
export CUDASIM_DEVICES=1
for ranks in 2 3; do
  launch $ranks "$simulated_tests/mpi/test_coll-gpusim-float" \
    >verdicts 2>&1 &&
    launch $ranks "$simulated_tests/mpi/test_coll_parts-gpusim-float" \
      >>verdicts 2>&1
  same "collectives of $ranks ranks that share a GPU: status" 0 $?
  none "collectives of $ranks ranks that share a GPU" \
    "$(grep '^not ok' verdicts)"
  same "they go through the host" 8 \
    "$(grep -c '^ok .* by MPI through the host' verdicts)"
done
unset CUDASIM_DEVICES

ways float-1 none none
ways float-2 NCCL none
ways float-4 NCCL NCCL
ways float-shared "MPI through the host" "MPI through the host"
check "the run says which program it was" \
  grep -q '"program":"skillet-gpu-float"' float-4/metrics.jsonl

export CUDASIM_DEVICES=0
skillet=$simulated-float
run_ranks 2 train run.ini train.device=gpu output.directory=never >no-gpu 2>&1
same "without a GPU: exit 2" 2 $?
same "without a GPU: one sentence" 1 "$(grep -c \
  '^skillet: no GPU can be used here .* train.device=cpu$' no-gpu)"
check "without a GPU nothing is written" test ! -e never
tap_done
