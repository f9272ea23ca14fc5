#!/bin/sh
# Asked to stop by any request in any phase, a run saves and ends with status
# 75.  It then resumes, and equals the run that was not stopped in every loss
# and mixture.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
# shellcheck source=tests/lib/runs.sh
. "$top_srcdir/tests/lib/runs.sh"
# shellcheck source=tests/faults/fault_frame.sh
. "$top_srcdir/tests/faults/fault_frame.sh"
cd "$TMPDIR" || exit 99

three_skills >graph.csv
# An evaluation takes as long as a few steps, and reports three splits.
cat >run.ini <<'END'
[model]
layers = 2
hidden = 64
heads = 4
vocabulary = 509
context = 16
[skills]
train = a,b,c
[mixture]
policy = skill-it
graph = graph.csv
eta = 3
rounds = 4
[train]
steps = 12
global_batch = 8
micro_batch = 4
sequence_length = 16
warmup_steps = 3
[checkpoint]
every = 4
[evaluate]
every = 2
windows = 40
split = train,validation,test
END
seen=mixture.window_unit=evaluations
check "trains undisturbed" train 2 1 rounds
check "with a window of evaluations" train 2 1 evaluations $seen

# lines DIR PATTERN: how many lines of metrics match.
lines() {
  grep -c "$2" "$1/metrics.jsonl" 2>/dev/null
}

# wait_until TEST...: it holds, or the run is at its end.
wait_until() {
  while kill -0 "$started" 2>/dev/null && ! "$@"; do
    sleep 0.01
  done
}

has_lines() { # DIR PATTERN N
  found=$(lines "$1" "$2")
  test "${found:-0}" -ge "$3"
}

is_saving() {
  for file in "$1"/checkpoint-*.tmp; do
    test -e "$file" && return
  done
  return 1
}

# meet PHASE DIR: a run is in the phase, as far as its files show.
meet() {
  draw 8
  case $1 in
    start-up) wait_until test -e "$2/lock" ;;
    training) wait_until has_lines "$2" '"event":"step"' $((drawn + 1)) ;;
    # The last step of a round, or evaluate.every, is done.
    evaluation)
      wait_until has_lines "$2" '"event":"step"' $((drawn / 2 * 2 + 2))
      ;;
    "mixture update")
      wait_until has_lines "$2" '"split":"test"\|"split":"train"' \
        $((drawn / 2 + 1))
      ;;
    save) wait_until is_saving "$2" ;;
  esac
}

# children PID: the processes that it began.
children() {
  ps -eo pid=,ppid= | awk -v parent="$1" '$2 == parent { print $1 }'
}

# ask REQUEST DIR.  The file is looked at once a second: ranks that are stopped
# for a second see it at once afterwards.
ask() {
  draw 2
  case $1 in
    STOP)
      touch "$2/STOP"
      kill -STOP "$(cat pid.0)" "$(cat pid.1)"
      sleep 1.1
      kill -CONT "$(cat pid.0)" "$(cat pid.1)"
      ;;
    mpirun) kill -USR1 "$(children "$(children "$started")")" ;;
    *) kill "-$1" "$(cat "pid.$drawn")" ;;
  esac
}

# last DIR MEMBER: of the last line, a stop.
last() {
  tail -n 1 "$1/metrics.jsonl" |
    sed -n '/"event":"stop"/s/.*"'"$2"'":"\{0,1\}\([^",]*\).*/\1/p'
}

# obeyed REQUEST STATUS DIR: it ended as it was asked to.
obeyed() {
  case $2:$(last "$3" reason) in
    "75:asked to stop by SIG$1 at rank "[01]"; start it again to resume") ;;
    "75:asked to stop by SIGUSR1 at rank "*) test "$1" = mpirun ;;
    "75:asked to stop by the file STOP; "*) test "$1" = STOP ;;
    *) false ;;
  esac
}

# trial PHASE REQUEST LIKE: undisturbed, the run is LIKE.
inside=0
trial() {
  fault="$2 in phase $1"
  window=
  test "$3" = rounds || window=$seen
  # Saves are short: there are more to meet.
  test "$1" != save || window="$window checkpoint.every=1"
  rm -rf asked
  # Words, or none.
  # shellcheck disable=SC2086
  start 2 train run.ini output.directory=asked $window >out 2>&1
  meet "$1" asked
  ask "$2" asked 2>/dev/null
  wait "$started"
  status=$?
  if test $status -eq 0; then
    fault="finished before it was asked"
  elif ! obeyed "$2" $status asked || test -e asked/STOP; then
    lost "$fault" "status $status: $(cat out)"
  else
    heard=$((heard + 1))
    has_lines asked "\"evaluation\",\"step\":$(last asked step)," 1 ||
      test "$1" != evaluation || inside=$((inside + 1))
  fi
  # shellcheck disable=SC2086
  train 2 1 asked $window >out 2>&1 || lost "$fault" "$(cat out)"
  survived "$fault" asked "$3"
}

trials=0
for phase in start-up training evaluation "mixture update" save; do
  heard=0
  for request in USR1 USR2 TERM mpirun STOP; do
    trials=$((trials + 1))
    like=rounds
    test $((trials % 2)) -eq 0 || like=evaluations
    if test -n "${SKILLET_BIG-}"; then
      for like in rounds evaluations; do
        trial "$phase" $request $like
        trial "$phase" $request $like
      done
    elif test $((trials % 3)) -ne 0; then
      trial "$phase" $request $like
    fi
  done
  check "$heard requests came in time for phase $phase" test $heard -ge 1
done
check "$inside were inside an evaluation" test $inside -ge 1

# Before it begins: nothing is done, and nothing lost.
stopped_at 8 early rounds
touch early/STOP
train 2 1 early >out 2>&1
same "a file STOP that is there: status, reason" \
  "75 asked to stop by the file STOP; start it again to resume" \
  "$? $(last early reason)"
same "no step is taken, no file left" "8 0 1" \
  "$(last early step) $(find early -name STOP | wc -l) $(cat early/restarts)"
check "the next start goes on" train 2 1 early
survived "STOP before the start" early rounds
same "which counts as a life" 2 "$(cat early/restarts)"
same "but the first one does not" 0 "$(cat rounds/restarts)"
touch early/STOP
check "a run that is finished needs no stop" train 2 1 early
same "and none stays" 0 "$(find early -name STOP | wc -l)"

# Those of the job that the test runs in.
unset SLURM_JOB_END_TIME PBS_WALLTIME

# timed DIR [VARIABLE=VALUE]... -- [SETTING...]: a long run, in the background.
timed() {
  timed_directory=$1
  shift
  (
    while test "$1" != --; do
      export "${1?}"
      shift
    done
    shift
    begun=$(date +%s)
    train 1 1 "$timed_directory" train.steps=100000 checkpoint.every=0 \
      evaluate.windows=4 "$@" >out."$timed_directory" 2>&1
    echo "$? $(($(date +%s) - begun))" >"$timed_directory.end"
  ) &
}

# in_time NAME REASON DIR: it ended for that reason.
in_time() {
  read -r status seconds <"$3.end"
  same "$1: status, reason" \
    "75 asked to stop by $2; start it again to resume" \
    "$status $(last "$3" reason)"
  check "$1: in time" test "$seconds" -le 30
  check "$1: saved" test -f \
    "$3/checkpoint-$(printf %08d "$(last "$3" step)").h5"
}
timed limit -- train.time_limit=0:03
timed slurm SLURM_JOB_END_TIME=$(($(date +%s) + 4)) -- train.time_limit=1:00:00
timed torque PBS_WALLTIME=3 --
wait
in_time "a limit of time" train.time_limit limit
in_time "the end of a Slurm job" SLURM_JOB_END_TIME slurm
in_time "the time of a Torque job" PBS_WALLTIME torque
SLURM_JOB_END_TIME=1 run_ranks 1 train run.ini output.directory=past \
  >out 2>&1
same "an end that is past does not count, which is said" "0 1" \
  "$? $(grep -c '^warning: SLURM_JOB_END_TIME is in the past' out)"

# In a step that takes long: asked twice, with time between.
"$skillet" train run.ini output.directory=urgent train.steps=100000 \
  train.global_batch=80000 train.warmup_steps=0 >out 2>&1 </dev/null &
urgent=$!
wait_for_event mixture urgent
kill -TERM $urgent
sleep 3.2
kill -TERM $urgent
wait $urgent
same "asked again later, it ends at once" 143 $?

# The commands that make shards start from nothing again.
yes '{"text":"as much as it takes to be asked while it is read"}' |
  head -n 3000000 >text.jsonl

# asked_early SIGNAL COMMAND...: as soon as it has its directory; its status,
# how often it says why, and what files there are.
asked_early() {
  asked_signal=$1
  shift
  timeout -k 5 60 "$skillet" "$@" data.directory=new >out 2>&1 </dev/null &
  started=$!
  wait_until test -e new/.lock
  kill "-$asked_signal" "$(children $started)"
  wait $started
  echo "$? $(grep -c "^skillet: asked to stop by SIG$asked_signal at" out)" \
    "$(find . -name new | wc -l)"
}
same "tokenize ends with status 75, and leaves nothing" "75 1 0" \
  "$(asked_early USR1 tokenize text.jsonl)"
same "so does synth" "75 1 0" \
  "$(asked_early USR2 synth lego synth.train=50000000 synth.variables=9)"
rm text.jsonl

# Directories are where the files of steps 4 and 5 would be made; they are not
# swept away where no run is looked for.
for meanwhile in no yes; do
  rm -rf retried
  mkdir -p retried/checkpoint-00000004.h5.tmp \
    retried/checkpoint-00000005.h5.tmp
  train 2 1 retried checkpoint.resume=no checkpoint.asynchronous=$meanwhile \
    >out 2>&1
  same "a failed save is tried again 1 and 2 steps later, \
asynchronous=$meanwhile" \
    "7 8 12" "$(sed -n 's/.*"event":"checkpoint","step":\([0-9]*\).*/\1/p' \
      retried/metrics.jsonl | xargs)"
  survived "a save that fails" retried rounds
done

# A directory is where a small file would be made: as on a full disk.
mkdir -p small/restarts.tmp
train 2 1 small >out 2>&1
same "a start that can't write leaves nothing" "2 restarts.tmp" \
  "$? $(find small -mindepth 1 ! -name lock -exec basename {} \;)"
stopped_at 8 small rounds
mkdir small/restarts.tmp small/run.ini.tmp
check "a run that is there goes on" train 2 1 small
survived "a disk that is full for small files" small rounds

# objects DIR: how many lines of metrics hold one object.
objects() {
  grep -c '^{"event":[^{}]*\({[^{}]*}[^{}]*\)*} *$' "$1/metrics.jsonl"
}

# The last lines before a checkpoint never came to the disk, and the next life
# makes no checkpoint.
stopped_at 8 lacking rounds
sed '$d' lacking/metrics.jsonl | head -c -500 >short
mv short lacking/metrics.jsonl
touch lacking/STOP
train 2 1 lacking >out 2>&1
same "lines that a checkpoint knows of are missed" "75 1" \
  "$? $(grep -c '^warning: .* lacks lines' out)"
check "the next start goes on" train 2 1 lacking
same "each line is whole" "$(wc -l <lacking/metrics.jsonl)" \
  "$(objects lacking)"
same "no step is told twice" "" "$(sed -n \
  's/.*"event":"step","step":\([0-9]*\).*/\1/p' lacking/metrics.jsonl |
  uniq -d)"

# A disk that is full for metrics.jsonl alone.
small="model.vocabulary=61 model.hidden=8 model.layers=1 checkpoint.every=0
  train.steps=3000 evaluate.every=0 evaluate.windows=4
  model.rotary_fraction=1"
(
  ulimit -f 1500
  # Words.
  # shellcheck disable=SC2086
  train 1 1 full $small >out 2>&1
)
same "no room for metrics does not end a run" 0 $?
check "which is said" grep -q "^warning: .*metrics.jsonl.* kept in memory" out
same "its lines are whole" "$(wc -l <full/metrics.jsonl)" "$(objects full)"
# shellcheck disable=SC2086
check "the next start finishes" train 1 1 full $small
faults_done
