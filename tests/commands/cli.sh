#!/bin/sh
# The command line: whatever is wrong with it ends with status 2 and one
# sentence, alone and on two ranks; `skillet` becomes the right program.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
skillet=${top_builddir:?}/skillet
cd "$TMPDIR" || exit 99

# only_sentence FILE PATTERN: one line of it is from skillet, and matches.
only_sentence() {
  test "$(grep -c '^skillet: ' "$1")" -eq 1 && grep -q "^skillet: .*$2" "$1"
}

# refuses NAME PATTERN ARG...
refuses() {
  name=$1
  pattern=$2
  shift 2
  "$skillet" "$@" >out 2>err </dev/null
  status=$?
  if test $status -eq 2 && test ! -s out && test "$(wc -l <err)" -eq 1 &&
    only_sentence err "$pattern"; then
    ok "$name"
  else
    not_ok "$name" "status $status: $(cat out err)"
  fi
}

# The same on two ranks too, where mpirun adds lines of its own.
refuses_together() {
  refuses "$@"
  shift 2
  launch 2 "$skillet" "$@" >out 2>err
  status=$?
  if test $status -eq 2 && only_sentence err "$pattern"; then
    ok "$name, on 2 ranks"
  else
    not_ok "$name, on 2 ranks" "status $status: $(cat out err)"
  fi
}

# shows NAME PATTERN ARG...: status 0, and once, though two ranks run.
shows() {
  name=$1
  pattern=$2
  shift 2
  "$skillet" "$@" >one 2>&1 </dev/null
  status=$?
  if test $status -eq 0 && grep -q -e "$pattern" one; then
    ok "$name"
  else
    not_ok "$name" "status $status: $(cat one)"
  fi
  launch 2 "$skillet" "$@" >two 2>&1
  status=$?
  if test $status -eq 0 && cmp -s one two; then
    ok "$name, on 2 ranks"
  else
    not_ok "$name, on 2 ranks" "status $status: $(cat two)"
  fi
}

printf '[train]\nsteps = 5\n' >good.ini
printf '[train]\nlearning_rat = 1\n' >unknown.ini
printf '[trian]\nsteps = 1\n' >section.ini
printf '[train]\nbeta1 = 1\n' >range.ini
printf '[train]\nsteps = 1\n\nsteps = 2\n' >double.ini
printf '[train]\ndevice = gpu\n' >gpu.ini

"$skillet" >out 2>err </dev/null
same "no command: status, and the sentence" \
  "2 skillet: no command was given" "$? $(cat err)"
same "no command: all are listed" "tokenize synth train inspect help" \
  "$(awk '/^  [a-z]/ { print $1 }' out | tr '\n' ' ' | sed 's/ $//')"
refuses_together "an unknown command" \
  "unknown command trane: did you mean train?" \
  trane good.ini
refuses "a flag" "unknown flag --steps: " train good.ini --steps
refuses_together "an unknown key" \
  "unknown.ini:2: unknown setting train.learning_rat: did you mean \
train.learning_rate?" \
  train unknown.ini
refuses "an unknown key as an argument" \
  "unknown setting train.step: did you mean train.steps?" train train.step=1
refuses "an unknown section" \
  "section.ini:1: unknown section \[trian\]: did you mean \[train\]?" \
  train section.ini
refuses "a value out of range" \
  "range.ini:2: train.beta1=1: must be a number from 0 to below 1" \
  train range.ini
refuses_together "an argument out of range" \
  "train.steps=0: must be a whole number from 1 to " train good.ini \
  train.steps=0
refuses "a wrong word" "train.schedule=step: must be constant|linear|cosine" \
  train train.schedule=step
refuses "a key given twice" \
  "double.ini:4: train.steps was already given in line 2" train double.ini
refuses_together "a missing run file" "absent.ini: .*No such file" \
  train absent.ini
refuses "two run files" \
  "train takes one run file, not both good.ini and range" \
  train good.ini range.ini
refuses "a file that is no run file" "train.jsonl is neither" train train.jsonl
refuses_together "nothing to train" "train needs a run file or settings" train
refuses_together "no help" \
  "no help on trian: did you mean skillet help train?" \
  help trian
if test ! -x "$top_builddir/skillet-gpu-float"; then
  refuses_together "a program that was not built" \
    "gpu.ini:2: train.device=gpu needs .*--with-cuda" train gpu.ini
elif test ! -e /dev/nvidiactl; then
  refuses_together "no GPU" "no GPU can be used here .*train.device=cpu" \
    train gpu.ini
else
  skip "no GPU" "here is one"
fi
refuses "no such program" \
  "train.device=gpu does not work with train.precision" \
  train gpu.ini train.precision=double
refuses "no such program on a CPU" \
  "train.precision=bf16 does not work with train.device=cpu" \
  train train.precision=bf16

refuses "an architecture" "model.architecture=bert: must be gpt-neox" \
  train model.architecture=bert
refuses "a rotary base" "model.rotary_base=0: must be a number above 0" \
  train model.rotary_base=0

# split NAME VARIABLE RANK WANT: a launcher that MPI does not know started four
# of this process; the one of rank 0 speaks.
split() {
  env "$2=4" "${2%SIZE}RANK=$3" "$skillet" train good.ini >out 2>err </dev/null
  same "$1" "2 $4" "$? $(sed 's/processes.*//' err)"
}
split "ranks that MPI takes for four runs refuse" PMI_SIZE 0 \
  "skillet: PMI_SIZE says that 4 "
split "and once" PMI_SIZE 3 ""
split "the same for Open MPI's launcher" OMPI_COMM_WORLD_SIZE 0 \
  "skillet: OMPI_COMM_WORLD_SIZE says that 4 "
env SLURM_STEP_NUM_TASKS=4 OMPI_COMM_WORLD_SIZE=1 "$skillet" trane 2>err
check "one rank in a larger Slurm step is no split" \
  only_sentence err "unknown command trane"

# Thirty skills, whose texts lie under a path in each line.
mkdir many
i=0
while test $((i += 1)) -le 30; do
  printf '{"meta":{"text":"abcdefgh%d"},"text":1}\n'\
'{"meta":{"text":"zyxwvuts%d"}}\n' \
    $i $i >many/s$i.jsonl
done
check "tokenize.field may be a path" "$skillet" tokenize many \
  data.directory=d \
  tokenize.field=meta.text tokenize.split=0.5,0.5,0
check "more shards are read than the soft limit of open files" \
  sh -c 'ulimit -S -n 40 && exec "$@"' sh "$skillet" train data.directory=d \
  model.hidden=16 model.heads=2 model.layers=1 train.sequence_length=1 \
  train.steps=1 mixture.rounds=1 output.directory=run

shows "--help" "^  train  *RUN.ini" --help
shows "help" "^usage: skillet COMMAND" help
shows "help of a command" "^usage: skillet train RUN.ini" help train
shows "help of a command that takes words" \
  "^usage: skillet synth \[RUN.ini\] lego|addition" help synth
shows "--help of a command" "^usage: skillet tokenize .*INPUT" tokenize --help
shows "--version" "^skillet [0-9]" --version
shows "help settings" "^train.learning_rate  *" help settings

none "--version names the libraries" "$("$skillet" --version >out
  for what in program MPI HDF5 Unicode BLAS CUDA; do
    grep -q "^$what  *[^ ]" out || echo "$what"
  done)"

# The program itself, started for settings that need another.
"$top_builddir/skillet-cpu-float" train train.precision=double \
  >out 2>err </dev/null
status=$?
if test $status -eq 2 &&
  only_sentence err "need skillet-cpu-double, but skillet-cpu-float"; then
  ok "the wrong program refuses"
else
  not_ok "the wrong program refuses" "status $status: $(cat out err)"
fi

# Our own programs next to a copy of the launcher report what it starts, with
# which arguments and which ignored signals.
mkdir beside && cp "$skillet" beside/
for program in skillet-cpu-float skillet-cpu-double; do
  cat >beside/$program <<'EOF'
#!/bin/sh
echo "${0##*/}"
for word; do echo "<$word>"; done
ignored=$((0x$(awk '/^SigIgn/ { print $2 }' /proc/self/status)))
echo "ignores USR1 $((ignored >> 9 & 1)) USR2 $((ignored >> 11 & 1))"
EOF
  chmod +x beside/$program
done
printf '\n[train]\nprecision = double\n' >precise.ini
printf '[train]\nprecision = double\nsteps = x\n' >wrong.ini

starts() { # NAME PROGRAM ARG...
  name=$1
  program=$2
  shift 2
  got=$(beside/skillet "$@" | head -n 1)
  if test "$got" = "$program"; then ok "$name"; else not_ok "$name" "$got"; fi
}

starts "float is the default" skillet-cpu-float train good.ini
starts "an argument selects double" skillet-cpu-double \
  train good.ini train.precision=double
starts "a run file selects double" skillet-cpu-double train precise.ini
starts "an argument overrides the run file" skillet-cpu-float \
  train train.precision=float precise.ini
starts "a wrong run file is left to the program" skillet-cpu-double \
  train wrong.ini

beside/skillet train 'a b' '' 'x.y= *' >got
printf '%s\n' skillet-cpu-float '<train>' '<a b>' '<>' '<x.y= *>' \
  'ignores USR1 1 USR2 1' >want
check "arguments pass unchanged, USR1 and USR2 are ignored" cmp got want

# Threads of the BLAS, where the user gave none: all processors alone, their
# share where a launcher started several here.
mkdir threads && cp "$skillet" threads/
cat >threads/skillet-cpu-float <<'EOF'
#!/bin/sh
echo "$OMP_NUM_THREADS $OPENBLAS_NUM_THREADS"
EOF
chmod +x threads/skillet-cpu-float
launchers="OMPI_COMM_WORLD MV2_COMM_WORLD PMI PALS PMIX SLURM"
threads() { # NAME WANT [VARIABLE=VALUE...]
  name=$1
  want=$2
  shift 2
  got=$(
    # Launched or not, this test is alone.
    # shellcheck disable=SC2046,SC2086
    unset OMP_NUM_THREADS OPENBLAS_NUM_THREADS \
      $(env | sed -n \
        "s/^\($(echo $launchers | sed 's/ /[A-Z_]*\\|/g')[A-Z_]*\)=.*/\1/p")
    env "$@" threads/skillet
  )
  if test "$got" = "$want"; then ok "$name"; else not_ok "$name" "$got"; fi
}
mine=$(env -u OMP_NUM_THREADS nproc) # heeds a binding
online=$(getconf _NPROCESSORS_ONLN)
threads "alone: threads for all processors" "$mine $mine"
threads "alone in a batch script of Slurm's" "$mine $mine" SLURM_PROCID=0
threads "as many ranks as processors: one thread each" "1 1" \
  OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_LOCAL_SIZE="$online"
threads "more ranks than processors: one thread each" "1 1" \
  OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_LOCAL_SIZE=$((2 * online))
threads "one rank of a Slurm step by PMIx" "$mine $mine" PMIX_RANK=0 \
  SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=2 'SLURM_STEP_TASKS_PER_NODE=1(x2)'
threads "a launcher that does not say: one thread" "1 1" PMIX_RANK=0
threads "the user's number stays" " 7" OPENBLAS_NUM_THREADS=7
tap_done
