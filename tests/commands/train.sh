#!/bin/sh
# From text to a trained model through the program: the same losses and
# mixtures on every grid, and nothing is written where the input is wrong.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
# shellcheck source=tests/lib/runs.sh
. "$top_srcdir/tests/lib/runs.sh"
cd "$TMPDIR" || exit 99

# Three skills of made-up text, each with a rule of its own to learn.
make_text() {
  awk 'BEGIN {
    for (i = 0; i < 60; i++) {
      a = b = c = ""
      for (j = 0; j < 40; j++) {
        a = a "red green blue " (i * j) % 7 " "
        b = b (i + j) " and " (i + j + 1) "; "
        c = c substr("abcdefghijklmnopqrstuvwxyz", (i * i + j * j) % 20 + 1, 5)
      }
      print "{\"text\":\"" a "\"}" >"colours.jsonl"
      print "{\"text\":\"" b "\"}" >"numbers.jsonl"
      print "{\"text\":\"" c "\"}" >"letters.jsonl"
    }
  }'
}

make_text
check "tokenizes on 2 ranks" launch 2 "$skillet" tokenize ./*.jsonl \
  data.directory=d tokenize.split=0.8,0.1,0.1

cat >run.ini <<'END'
[model]
layers = 2
hidden = 24
heads = 12
context = 32
rotary_fraction = 1
[data]
directory = d
[mixture]
policy = skill-it
graph = graph.csv
rounds = 4
[train]
steps = 20
global_batch = 12
sequence_length = 32
learning_rate = 2e-3
warmup_steps = 5
seed = 3
[evaluate]
windows = 8
[output]
log_every = 5
END
cat >graph.csv <<'END'
teaches,numbers,letters,colours
numbers,1,0.5,0
letters,0,1,0.2
colours,0.3,0,1
END

check "trains on 1 rank in double" train 1 1 one train.precision=double
for grid in 2x1 1x3 2x2 4x1; do
  tensor=${grid%x*}
  ranks=$((tensor * ${grid#*x}))
  check "trains on $grid in double" train "$ranks" "$tensor" "d$grid" \
    train.precision=double train.micro_batch=2
  agree "$grid: losses, online policy, double" "d$grid" one 1e-10 steps 20
  agree "$grid: mixtures" "d$grid" one 1e-10 shares 12
done
check "trains on 1 rank in float" train 1 1 single mixture.policy=stratified
check "trains on 2x2 in float" train 4 2 f2x2 mixture.policy=stratified
agree "2x2: losses, fixed mixture, float" f2x2 single 5e-6 steps 20

# The losses of a run in a file are lines, not a line that is rewritten.
train 2 2 plain train.steps=6 >plain.log 2>&1
if grep -q '^step 6 of 6 loss' plain.log &&
  ! grep -q "$(printf '\r')" plain.log; then
  ok "a log has no progress line"
else
  not_ok "a log has no progress line" "$(cat plain.log)"
fi

check "validation loss falls on every skill" falls one 3

check "a step tells the losses of its skills by name" grep -q \
  '"step":1,.*"skill_loss":{"colours":[0-9.]*,"letters":[0-9.]*,'\
'"numbers":[0-9.]*},"learning_rate"' \
  one/metrics.jsonl
train 2 1 zloss train.steps=1 mixture.rounds=1 train.z_loss=1e-4 \
  >zloss.log 2>&1
check "and the z-loss where there is one" grep -q '},"z_loss":[0-9.e-]*,' \
  zloss/metrics.jsonl

check "the written run file is a run file" launch 1 "$skillet" train \
  one/run.ini output.directory=again
agree "it gives the same run" again one 1e-15 steps 20

# The stream of events, in order.
events() {
  sed 's/{"event":"\([a-z]*\)".*/\1/' "$1/metrics.jsonl" | uniq | tr '\n' ' '
}
expect="start evaluation mixture step evaluation mixture step evaluation \
mixture step evaluation mixture step checkpoint evaluation stop "
if test "$(events one)" = "$expect"; then
  ok "metrics tell start, mixtures, steps, evaluations, stop"
else
  not_ok "metrics tell start, mixtures, steps, evaluations, stop" \
    "$(events one)"
fi

# Two rounds of four steps, evaluated every two.
split_run() { # NAME SETTING...
  name=$1
  shift
  train 2 2 "$name" mixture.graph= mixture.rounds=2 train.steps=8 \
    evaluate.every=2 train.precision=double "$@"
}
check "trains with evaluations of three splits" split_run splits \
  skills.train=letters,numbers skills.evaluate=colours,letters \
  mixture.policy=stratified evaluate.split=train,test
same "train where validation is, test at the end" "0 validation colours letters
0 train letters numbers
2 validation colours letters
2 train letters numbers
4 validation colours letters
4 train letters numbers
6 validation colours letters
6 train letters numbers
8 validation colours letters
8 train letters numbers
8 test colours letters" "$(sed -n '/"event":"evaluation"/{
  s/.*"step":\([0-9]*\),"split":"\([a-z]*\)","loss":{\([^}]*\)}.*/\1 \2 \3/
  s/,*"\([a-z]*\)":[0-9.e-]*/ \1/g
  s/  */ /gp
}' splits/metrics.jsonl)"

# mixed_at STEP DIR: the mixture of round 1 is p_i = exp(5 L_i) / sum, the
# identity graph and a window of one, with the losses L of this step.
mixed_at() {
  awk -v step="$1" '
    function numbers(member, to,    text, list, n, i) {
      text = $0
      sub(".*\"" member "\":{", "", text)
      sub("}.*", "", text)
      n = split(text, list, ",")
      for (i = 1; i <= n; i++) {
        sub(/.*:/, "", list[i])
        to[i] = list[i]
      }
      return n
    }
    /"event":"evaluation"/ && index($0, "\"step\":" step ",") {
      n = numbers("loss", loss)
    }
    /"event":"mixture","round":1,/ { numbers("p", p) }
    END {
      for (i = 1; i <= n; i++)
        sum += exp(5 * loss[i])
      for (i = 1; i <= n; i++) {
        d = p[i] - exp(5 * loss[i]) / sum
        bad += d > 1e-9 || d < -1e-9
        print loss[i], p[i], d
      }
      exit n != 3 || bad
    }' "$2/metrics.jsonl"
}
for unit in rounds evaluations; do
  check "trains with a window of $unit" split_run $unit mixture.eta=5 \
    mixture.window=1 mixture.floor=0 mixture.window_unit=$unit
done
check "a round sees the losses at its start" mixed_at 4 rounds
check "or, counting evaluations, those before it" mixed_at 2 evaluations

# The run files that are shipped, shortened.
check "jobs/redpajama.ini is a run file, its graph has its seven skills" \
  run_ranks 1 train "$top_srcdir/jobs/redpajama.ini" data.directory= \
  model.vocabulary=50 train.steps=6 output.directory=seven evaluate.windows=1 \
  mixture.graph="$top_srcdir/jobs/redpajama.csv" \
  skills.train=arxiv,book,c4,common_crawl,github,stackexchange,wikipedia
sed -n 's/^    //p' "$top_srcdir/README.md" | grep ' = ' >readme.ini
grep ' = ' "$top_srcdir/jobs/redpajama.ini" >shipped.ini
check "README shows jobs/redpajama.ini" diff readme.ini shipped.ini

check "synthetic tokens need no data" launch 2 "$skillet" train run.ini \
  data.directory= model.vocabulary=50 skills.train=x,y mixture.graph= \
  output.directory=synthetic train.steps=4
check "warm-up, cosine, static shares, evaluation every 3 steps" train 2 2 \
  other mixture.policy=static mixture.weights=numbers:3,letters:1,colours:0 \
  mixture.rounds=1 train.schedule=cosine train.minimum_learning_rate=1e-4 \
  evaluate.every=3 train.steps=7 model.tied=yes train.clip=0 \
  model.parallel_residual=no
if test "$(grep -c '"event":"evaluation"' other/metrics.jsonl)" -eq 4 &&
  grep -q '"counts":{"colours":0,' other/metrics.jsonl; then
  ok "evaluates at 0, 3, 6 and the end; a skill of weight 0 is left out"
else
  not_ok "evaluates at 0, 3, 6 and the end; a skill of weight 0 is left out" \
    "$(grep -e evaluation -e mixture other/metrics.jsonl)"
fi

# stopped NAME DIR REASON STATUS: the last event says the same.
stopped() {
  if test "$status" -eq "$4" && tail -n 1 "$2/metrics.jsonl" |
    grep -q "\"event\":\"stop\".*\"reason\":\"$3.*\"status\":$4,"; then
    ok "$1"
  else
    not_ok "$1" "status $status: $(tail -n 1 "$2/metrics.jsonl")"
  fi
}
train 2 2 wild train.learning_rate=1e38 train.warmup_steps=0 \
  train.skip_limit=2 >out 2>&1
status=$?
stopped "updates that can't be made end the run" wild "more updates in a row" 1
same "after those that may be left out, each named" 3 "$(grep -c \
  '"event":"skip".*"reason":"not finite","text":"rank [01] on .* not finite' \
  wild/metrics.jsonl)"
same "inspect tells of them, and of the last" 2 "$("$skillet" inspect wild |
  grep -cx 'skipped_updates 3\|last_skip rank [01] on .* is not finite.*')"
timeout -k 5 60 "$skillet" train run.ini output.directory=long \
  train.steps=100000 >out 2>&1 </dev/null &
pid=$!
wait_for_event step long
kill -TERM $pid # timeout passes it on
wait $pid
status=$?
stopped "a request to stop ends the run after a step" long "asked to stop" 75

# One of two ranks is asked, and both stop.
# shellcheck disable=SC2016
launch 2 sh -c 'echo $$ >pid.$$; exec "$@"' sh "$skillet" train run.ini \
  parallel.tensor=2 output.directory=long2 train.steps=100000 >out 2>&1 &
pid=$!
wait_for_event step long2
for rank in pid.*; do :; done
kill -USR1 "${rank#pid.}"
wait $pid
status=$?
stopped "on 2 ranks too" long2 "asked to stop" 75

# spoiled: a copy of the shards to damage.
spoiled() {
  rm -rf bad
  cp -r d bad
}

refused 4 "heads that do not divide over the grid" "model.heads=6" \
  parallel.tensor=4 model.heads=6
refused 3 "ranks that do not divide" "3 ranks" parallel.tensor=2
refused 2 "a batch that can't be shared" "global_batch=7" train.global_batch=7
refused 2 "micro-batches that do not divide" "micro_batch=5" \
  train.micro_batch=5
refused 2 "hidden units that do not divide" "intermediate" \
  parallel.tensor=2 model.intermediate=25
refused 1 "heads that do not divide hidden" "model.heads" model.heads=7
refused 2 "no list of steps" "increasing steps" train.rewarm_at=9,4
refused 1 "an odd rotation" "rotary_fraction" model.rotary_fraction=0.5
refused 1 "a sequence beyond the context" "model.context" model.context=16
refused 2 "no such directory" "nowhere" data.directory=nowhere
refused 1 "an unknown skill" "colors" skills.train=colors
refused 2 "an empty list of skills" "not the name of a skill" skills.train=,
refused 1 "an empty list of evaluation skills" "not the name of a skill" \
  skills.evaluate=,
refused 1 "a list without commas" "colours numbers" \
  "skills.train=colours numbers"
refused 1 "ids beyond the vocabulary" "257 ids" model.vocabulary=256
refused 1 "no vocabulary" "model.vocabulary" data.directory=
refused 1 "windows longer than a skill" "fewer than one window" \
  train.sequence_length=100000 model.context=100000
printf 'x,a,b\nnumbers,1,0\n' >names.csv
refused 2 "a graph with other names" "names.csv" mixture.graph=names.csv
printf '1,0\n0,1\n' >small.csv
refused 1 "a graph of another size" "small.csv" mixture.graph=small.csv
refused 1 "no such graph" "no.csv" mixture.graph=no.csv
refused 1 "an unknown policy" "skill-it, stratified" mixture.policy=best
refused 1 "more rounds than steps" "rounds" mixture.rounds=21
refused 1 "an unknown split" "train, validation and test" evaluate.split=dev
refused 1 "answers to learn where there are none" "no answers" \
  train.loss=answer
refused 2 "documents of synthetic tokens" "data.mask: synthetic" \
  data.directory= model.vocabulary=61 data.mask=document
refused 2 "answers of synthetic tokens" "no answers" train.loss=answer \
  data.directory= model.vocabulary=50
spoiled
rm bad/letters.test.h5
refused 2 "a skill without its test shard" "letters.test.h5" \
  data.directory=bad evaluate.split=train,test
spoiled
rm bad/letters.validation.h5
refused 1 "a skill without its validation shard" "letters" \
  data.directory=bad skills.evaluate=letters
spoiled
head -c 3000 d/letters.train.h5 >bad/letters.train.h5
refused 2 "a truncated shard" "letters.train.h5" data.directory=bad
spoiled
cp run.ini bad/letters.train.h5
refused 1 "a foreign file for a shard" "letters.train.h5" data.directory=bad
spoiled
size=$(wc -c <bad/numbers.train.h5)
printf '\377' | dd of=bad/numbers.train.h5 bs=1 seek=$((size / 2)) \
  conv=notrunc 2>/dev/null
refused 2 "a changed byte" "numbers.train.h5" data.directory=bad
spoiled
launch 1 "$skillet" tokenize letters.jsonl data.directory=bad \
  tokenize.end_of_text=none tokenize.overwrite=yes \
  tokenize.split=0.8,0.1,0.1 >/dev/null
refused 1 "shards of different tokenizers" "tokenize all" data.directory=bad

# The last setting given counts: these replace output.directory=none.
: >file
refused 2 "an output directory that can't be made" "file/x" \
  output.directory=file/x
refused 1 "no output directory" "output.directory" output.directory=
cp -r one before
refused 2 "an output directory with a run" "contains a run" \
  output.directory=one checkpoint.resume=no
check "which is left as it was" diff -r before one
mkdir here && cp run.ini here
refused 1 "an output directory with the user's own run file" "run.ini" \
  output.directory=here
check "which is left as it was" diff run.ini here/run.ini
check "without metrics" test ! -e here/metrics.jsonl
tap_done
