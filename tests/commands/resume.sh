#!/bin/sh
# A run that is stopped anywhere and resumes from a checkpoint equals the run
# that was not stopped: bit for bit on the same ranks, to rounding on others.
# A run does not resume from files that are damaged or belong to another run.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
# shellcheck source=tests/lib/runs.sh
. "$top_srcdir/tests/lib/runs.sh"
cd "$TMPDIR" || exit 99

check "makes LEGO samples" launch 2 "$skillet" synth lego data.directory=d \
  synth.variables=3 synth.train=40 synth.validation=20 synth.test=10
cat >graph.csv <<'END'
teaches,lego-1,lego-2,lego-3
lego-1,1,0,0
lego-2,0.5,1,0.5
lego-3,0,0.2,1
END
# Rounds of 2 steps, of 40 samples a skill: skills are capped, then all are,
# which is said once; epochs end, and the window, the first losses, carries and
# the decay of edges all matter.
cat >run.ini <<'END'
[model]
layers = 2
hidden = 32
heads = 4
context = 32
rotary_fraction = 1
[data]
directory = d
[mixture]
policy = skill-it
graph = graph.csv
eta = 3
rounds = 6
window = 2
relative_loss = yes
edge_decay = 0.5
epoch_cap = 0.9
[train]
steps = 12
global_batch = 12
sequence_length = 26
learning_rate = 3e-3
warmup_steps = 3
rewarm_at = 7
[checkpoint]
every = 1
keep = 100
[evaluate]
every = 2
END

# told DIR: the events that report what was computed, without times.
told() {
  sed -n -e '/"event":"\(step\|mixture\|evaluation\|warning\|skip\)"/!d' \
    -e 's/,"tokens_per_second".*//' -e p "$1/metrics.jsonl"
}

check "trains, and saves every step" train 2 1 whole
told whole >whole.told
same "all are there" 12 "$(find whole -name 'checkpoint-*.h5' | wc -l)"
for step in 1 2 3 4 5 6 7 8 9 10 11; do
  stopped_at $step part whole
  # A killed run may have trained on after its checkpoint.
  echo '{"event":"step","step":99,"tokens":1,"loss":7,"skill_loss":{}}' \
    >>part/metrics.jsonl
  printf '{"event":"st' >>part/metrics.jsonl
  train 2 1 part >out 2>&1
  told part >part.told
  check "goes on from step $step bit for bit" cmp whole.told part.told
done
check "no warning" sh -c '! grep warning out'

check "trains while it saves" train 2 1 meanwhile checkpoint.asynchronous=yes
told meanwhile >part.told
check "as it trains without" cmp whole.told part.told
same "all are there" 12 "$(find meanwhile -name 'checkpoint-*.h5' | wc -l)"
same "and told" "$(seq 1 12)" "$(sed -n \
  's/.*"event":"checkpoint","step":\([0-9]*\),.*/\1/p' \
  meanwhile/metrics.jsonl)"
stopped_at 7 part meanwhile
check "goes on from such a checkpoint" train 2 1 part
told part >part.told
check "bit for bit" cmp whole.told part.told

# What counts as a spike depends on earlier losses, and so on what was saved of
# them.
spiky() {
  train 2 1 "$1" train.steps=90 train.spike=1 train.skip_limit=90 \
    checkpoint.every=35 evaluate.every=0 mixture.epoch_cap=0
}
spiky spiky >out 2>&1
told spiky >spiky.told
same "some updates are left out as spikes" 1 \
  "$(($(grep -c '"event":"skip"' spiky.told) > 3))"
for step in 35 70; do
  stopped_at $step part spiky
  spiky part >out 2>&1
  told part >part.told
  check "the same ones after step $step" cmp spiky.told part.told
done

check "trains in double" train 2 1 double train.precision=double
stopped_at 6 other double
check "resumes with all moments on every rank" train 2 1 other \
  train.precision=double parallel.zero=0
told double >double.told
told other >other.told
check "bit for bit" cmp double.told other.told
stopped_at 9 part other
check "and with a share on each" train 2 1 part train.precision=double
told part >part.told
check "bit for bit" cmp double.told part.told
# Every other one with all moments on every rank.
zero=0
for grid in 1x1 2x1 2x2 4x1 1x4; do
  tensor=${grid%x*}
  ranks=$((tensor * ${grid#*x}))
  zero=$((1 - zero))
  stopped_at 6 other double
  check "goes on as $grid" train "$ranks" "$tensor" other \
    train.precision=double parallel.zero=$zero
  agree "as $grid: losses" other double 1e-10 steps 12
  agree "as $grid: mixtures" other double 1e-10 shares 18
done
stopped_at 6 other double
train 1 1 other train.precision=double >out 2>&1
check "which is said" grep -q "not bit for bit" out
# Adam's first steps turn the rounding of a small gradient into a step: a fixed
# mixture, as for float on any grid.
fixed="mixture.policy=stratified mixture.epoch_cap=0"
# shellcheck disable=SC2086
{
  train 1 1 fixed train.precision=double $fixed >out 2>&1
  stopped_at 6 other fixed
  check "goes on in float from double" train 1 1 other $fixed
  agree "double to float: losses" other fixed 5e-6 steps 12
  train 1 1 single $fixed >out 2>&1
  stopped_at 6 other single
  check "goes on in double from float" train 1 1 other $fixed \
    train.precision=double
  agree "float to double: losses" other single 5e-6 steps 12
}

cp -r whole was
check "a finished run may be started again" train 2 1 whole
train 2 1 whole >out
check "which says so" grep -qx "the run in whole is finished, at step 12" out
check "and changes nothing" diff -r was whole
rm -rf was
stopped_at 12 longer whole
train 2 1 longer train.steps=16 >out
same "goes on for more steps" 16 "$(steps longer | wc -l)"
check "which is said" grep -qx "resumes with train.steps = 16, before: 12" out
check "and written" grep -qx "steps = 16" longer/run.ini

run_ranks 1 inspect whole/checkpoint-00000012.h5 inspect.verify=yes >out
for fact in "step 12" "tokens 3744" "weights float32" "settings layers = 2" \
  "settings policy = skill-it"; do
  check "inspect says: $fact" grep -qx "$fact" out
done
check "and verifies all arrays" grep -qx \
  "verified $(sed -n 's/^arrays //p' out) arrays" out
# What a window holds does not hang on what may change.
check "trains with a window that never fills" train 2 1 wide \
  mixture.window=1000 mixture.window_unit=evaluations
stopped_at 6 changed wide
check "resumes with other rounds and evaluations" train 2 1 changed \
  mixture.window=1000 mixture.window_unit=evaluations mixture.rounds=4 \
  evaluate.every=0 train.steps=16
same "to the end" 16 "$(steps changed | wc -l)"
cp -r whole failed
sed '$s/"status":0,/"status":1,/' whole/metrics.jsonl >failed/metrics.jsonl
check "a run that failed behind its last step goes on" train 2 1 failed
told failed >failed.told
check "to its end" cmp whole.told failed.told

# Killed before it had saved anything.
stopped_at 1 early whole
rm early/checkpoint-*
check "a run without a checkpoint starts again" train 2 1 early
told early >early.told
check "from the beginning" cmp whole.told early.told

# damage DIR STEP BYTES-FROM-THE-END
damage() {
  damaged=$1/checkpoint-$(printf %08d "$2").h5
  size=$(wc -c <"$damaged")
  printf '\377\001\377' | dd of="$damaged" bs=1 seek=$((size - $3)) \
    conv=notrunc 2>/dev/null
}
cp -r whole hurt
rm hurt/checkpoint-0000001*
sed '/"event":"checkpoint","step":9,/q' whole/metrics.jsonl >hurt/metrics.jsonl
damage hurt 9 5000
head -c 3000 whole/checkpoint-00000008.h5 >hurt/checkpoint-00000008.h5
: >hurt/checkpoint-00000007.h5
# In the middle are moments, which are verified last.
damage hurt 6 $((size / 2))
touch hurt/checkpoint-00000020.h5.tmp
run_ranks 1 inspect hurt/checkpoint-00000009.h5 inspect.verify=yes >out 2>&1
same "inspect finds the damage" 2 $?
check "an older checkpoint is taken where later ones are damaged" \
  train 2 1 hurt
told hurt >hurt.told
check "and the run is the same" cmp whole.told hurt.told
check "what a killed writer left is removed" test ! -e \
  hurt/checkpoint-00000020.h5.tmp

check "keeps the last two, and every fourth" train 2 1 kept checkpoint.keep=2 \
  checkpoint.keep_every=4
same "checkpoints" "04 08 11 12" "$(cd kept && echo checkpoint-*.h5 |
  sed 's/checkpoint-000000\([0-9]*\).h5/\1/g')"
check "saves at the end alone" train 1 1 end checkpoint.every=0
same "checkpoint" checkpoint-00000012.h5 "$(cd end && echo checkpoint-*)"

check "starts from the weights of a checkpoint" train 1 1 weights \
  model.init=whole/checkpoint-00000012.h5 train.learning_rate=0 \
  train.weight_decay=0 train.steps=3 mixture.rounds=1
same "which has learned" 1 "$(
  { steps whole | head -n 1; steps weights | head -n 1; } |
    tr '\n' ' ' | awk '{ print $2 < $1 - 0.1 }'
)"
check "goes on elsewhere from a named checkpoint" train 2 1 named \
  checkpoint.resume=whole/checkpoint-00000008.h5
told named >named.told
mkdir begun
cp named/run.ini begun
sed '/"event":"step"/q' named/metrics.jsonl >begun/metrics.jsonl
cp -r begun was
check "killed before its checkpoint, it is not begun from nothing" \
  exits 2 train 2 1 begun
check "nothing is lost" diff -r begun was
check "but as it was" train 2 1 begun \
  checkpoint.resume=whole/checkpoint-00000008.h5
rm -rf was
told begun >begun.told
check "with the same steps" cmp named.told begun.told
same "with the same steps" "$(steps whole | tail -n 4)" "$(steps named)"

# On request: a whole checkpoint, status 75.
timeout -k 5 60 "$skillet" train run.ini output.directory=asked \
  train.steps=4000 mixture.epoch_cap=0 checkpoint.every=0 >out 2>&1 \
  </dev/null &
pid=$!
wait_for_event step asked
check "a second run on the directory is refused" exits 2 run_ranks 2 train \
  run.ini output.directory=asked train.steps=4000 mixture.epoch_cap=0
# timeout passes it on, to the process and to its group: one request.
kill -TERM $pid
wait $pid
same "asked to stop, it ends with" 75 $?
done=$(sed -n 's/.*"event":"stop","step":\([0-9]*\),.*/\1/p' \
  asked/metrics.jsonl)
check "after a checkpoint" test -f \
  "asked/checkpoint-$(printf %08d "$done").h5"

# In the middle of a step of some tenths of a second.
"$skillet" train run.ini output.directory=hurried train.steps=4000 \
  train.global_batch=3000 mixture.epoch_cap=0 checkpoint.every=0 >out 2>&1 \
  </dev/null &
pid=$!
wait_for_event mixture hurried
kill -TERM $pid
sleep 0.05
kill -TERM $pid
wait $pid
same "asked twice at once, it ends with" 75 $?

# A limit on the size of files acts as a full disk.
(
  ulimit -f 20
  train 1 1 full >full.out 2>&1
)
same "a run whose last save fails ends with" 1 $?
check "but was not stopped by those before" grep -q "^step 12 of 12" full.out
check "which were warnings" grep -q "^warning: .*checkpoint" full.out
same "and leaves no checkpoint" "full/checkpoint-*" "$(echo full/checkpoint-*)"

# not_resumed NAME PATTERN SETTING...: on a copy of a run, which does not
# change.
not_resumed() {
  name=$1
  pattern=$2
  shift 2
  stopped_at 6 there whole
  cp -r there was
  train 2 1 there "$@" >out 2>err
  status=$?
  if test $status -eq 2 && test "$(grep -c '^skillet: ' err)" -eq 1 &&
    grep -q "^skillet: .*$pattern" err && diff -r there was >lost; then
    ok "refused: $name"
  else
    not_ok "refused: $name" "status $status: $(cat out err lost)"
  fi
  rm -rf was
}
not_resumed "another model" "model.hidden" model.hidden=16
not_resumed "another batch" "train.global_batch" train.global_batch=24
not_resumed "another seed" "train.seed" train.seed=1
not_resumed "another policy" "mixture.policy" mixture.policy=stratified
not_resumed "other skills" "skills.train" skills.train=lego-1,lego-2
launch 2 "$skillet" synth lego data.directory=changed synth.variables=3 \
  synth.train=40 synth.validation=20 synth.test=10 synth.seed=1 >out 2>&1
not_resumed "changed data" "shards in data.directory have changed" \
  data.directory=changed
sed 's/0.2/0.3/' graph.csv >other.csv
not_resumed "a changed graph" "graph" mixture.graph=other.csv
sed '2,$s/,[0-9.]*/,0/g' graph.csv >other.csv
not_resumed "a graph without edges" "graph" mixture.graph=other.csv
not_resumed "resume=no where a run is" "contains a run" checkpoint.resume=no
check "moved data are the same data" mv d moved
check "resumes with them" train 2 1 there data.directory=moved
mv moved d
mkdir bare
cp whole/checkpoint-00000006.h5 bare
check "refused: resume=no where checkpoints are" exits 2 train 2 1 bare \
  checkpoint.resume=no
refused 2 "no such checkpoint" "no.h5" checkpoint.resume=no.h5
refused 1 "weights of another model" "another model" model.hidden=16 \
  model.init=whole/checkpoint-00000012.h5
refused 1 "weights from a shard" "lego-1.train.h5" \
  model.init=d/lego-1.train.h5
refused 2 "a finished checkpoint by name" "give more steps" \
  checkpoint.resume=whole/checkpoint-00000012.h5
cp -r there all
for file in all/checkpoint-*; do
  head -c 5000 "$file" >short
  mv short "$file"
done
cp -r all was
train 2 1 all >out 2>err
same "refused: no checkpoint is whole" 2 $?
check "one sentence" test "$(grep -c '^skillet: ' err)" -eq 1
check "nothing is lost" diff -r all was
tap_done
