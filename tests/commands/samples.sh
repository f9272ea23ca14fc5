#!/bin/sh
# From made samples to a trained model through the program: every grid, and
# more padding, gives the same losses and answers; nothing is written where the
# input is wrong.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
# shellcheck source=tests/lib/runs.sh
. "$top_srcdir/tests/lib/runs.sh"
cd "$TMPDIR" || exit 99

check "makes LEGO samples" launch 2 "$skillet" synth lego data.directory=d \
  synth.variables=2 synth.train=400 synth.validation=20 synth.test=10
cat >run.ini <<'END'
[model]
layers = 2
hidden = 32
heads = 8
context = 64
rotary_fraction = 1
[data]
directory = d
[mixture]
rounds = 2
[train]
steps = 10
global_batch = 8
sequence_length = 20
learning_rate = 3e-3
warmup_steps = 5
[evaluate]
split = validation,test
END

# evaluated MEMBER DIR: by skill, one a line.
evaluated() {
  sed -n "/\"event\":\"evaluation\"/s/.*\"$1\":{\\([^}]*\\)}.*/\\1/p" \
    "$2/metrics.jsonl" | tr ',' '\n' | sed 's/.*://'
}

losses() {
  evaluated loss "$1"
}

check "trains on 1 rank in double" train 1 1 one train.precision=double
check "trains on 2x2 in double" train 4 2 d2x2 train.precision=double \
  train.micro_batch=2
check "trains with more padding" train 2 1 padded train.precision=double \
  train.sequence_length=64
for other in d2x2 padded; do
  agree "$other: losses of the steps" $other one 1e-10 steps 10
  agree "$other: losses of the evaluations" $other one 1e-10 losses 8
  same "$other: accuracies" "$(evaluated accuracy one)" \
    "$(evaluated accuracy $other)"
done

# 10 steps of 8 samples of 21 tokens, of which the last is a target alone.
same "padding does not count as tokens" 1600 "$(
  sed -n '/"event":"step"/s/.*"tokens":\([0-9]*\),.*/\1/p' \
    padded/metrics.jsonl | tail -n 1
)"

# learn NAME SETTING...
learn() {
  name=$1
  shift
  train 1 1 "$name" train.loss=answer train.steps=120 train.global_batch=32 \
    mixture.policy=stratified "$@"
}
check "learns answers" learn answers
if evaluated accuracy answers | awk '
  NR <= 2 { bad += $1 > 0.2 }
  NR > 4 { bad += $1 < 0.5 }
  END { exit NR != 8 || bad }'; then
  ok "accuracy rises on every skill, in validation and test"
else
  not_ok "accuracy rises on every skill, in validation and test" \
    "$(evaluated accuracy answers)"
fi
check "evaluates all tokens" learn all evaluate.loss=all
same "accuracy is still that of the answers" "$(evaluated accuracy answers)" \
  "$(evaluated accuracy all)"
losses answers >a.column
losses all >b.column
if paste a.column b.column | awk '
  NR > 4 { bad += $2 < 2 * $1 }
  END { exit NR != 8 || bad }'; then
  ok "what was not learned has the higher loss"
else
  not_ok "what was not learned has the higher loss" \
    "$(paste a.column b.column)"
fi

check "trains beyond the cap of a skill" train 2 2 capped mixture.epoch_cap=0.1
same "warns once a skill" "lego-1
lego-2" "$(sed -n \
  '/"event":"warning"/s/.*skill \(lego-[0-9]\) .*epoch_cap=0.1.*/\1/p' \
  capped/metrics.jsonl)"
check "trains beyond the cap of all skills" train 2 2 beyond \
  mixture.epoch_cap=0.07 mixture.rounds=5
same "warns once of that too, and not before" "0 1" "$(
  for run in capped beyond; do
    grep -c 'warning.*all skills with a share.*epoch_cap=' $run/metrics.jsonl
  done | tr '\n' ' ' | sed 's/ $//'
)"

# The run file that is shipped, shortened; its first mixture is the paper's.
check "makes LEGO as jobs/lego.ini wants it" launch 2 "$skillet" synth lego \
  data.directory=lego synth.train=100 synth.validation=5 synth.test=5
check "trains on jobs/lego.ini" run_ranks 1 train "$top_srcdir/jobs/lego.ini" \
  mixture.graph="$top_srcdir/jobs/lego.csv" train.steps=6 model.layers=1 \
  evaluate.every=1 output.directory=shipped
same "its first mixture is the paper's" \
  "0.163479 0.346085 0.163479 0.163479 0.163479" "$(
  shares shipped | head -n 5 | awk '{ printf "%s%.6f", s, $1; s = " " }'
)"

refused 2 "a sample longer than a sequence" "train.sequence_length" \
  train.sequence_length=12
cp -r d mixed
awk 'BEGIN {
  for (i = 0; i < 99; i++) print "{\"text\":\"some text " i "\"}"
}' >text.jsonl
"$skillet" tokenize text.jsonl data.directory=mixed >/dev/null
refused 2 "samples beside text" "layout" data.directory=mixed
tap_done
