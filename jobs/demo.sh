#!/bin/sh
# The demo: from text to trained models on two ranks of this machine.  Takes the
# project's own files as four skills of text, tokenizes them, trains the same
# small model at the same budget with two mixtures, and prints what each skill
# lost.   usage: demo.sh [DIRECTORY]     (default demo; must not exist)
set -eu
jobs=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$jobs")
skillet=$top/skillet
work=${1:-demo}
if test -e "$work"; then
  echo "demo: $work is there already; remove it or name another directory" >&2
  exit 2
fi
mkdir -p "$work/text"
cd "$work"

# Two ranks of one thread each, on any machine, as root too.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
run() {
  # MPIEXEC_FLAGS are words.
  # shellcheck disable=SC2086
  ${MPIEXEC:-mpirun} ${MPIEXEC_FLAGS:---oversubscribe} -n 2 "$skillet" "$@" \
    </dev/null
}

# documents SKILL FILE...: each file as one JSON line of text/SKILL.jsonl.
documents() {
  skill=$1
  shift
  for file in "$@"; do
    printf '{"text":"'
    tab=$(printf '\t')
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e "s/$tab/\\\\t/g" -e 's/$/\\n/' \
      "$file" | tr -d '\000-\037'
    printf '"}\n'
  done >"text/$skill.jsonl"
}

documents c "$top"/*/*.c "$top"/*/*/*.c
documents headers "$top"/*/*.h
documents shell "$top"/tests/*.sh "$top"/jobs/*.sh "$top"/m4/skillet*.m4 \
  "$top/configure.ac" "$top/bootstrap"
documents prose "$top"/*.md "$top"/doc/*.md "$top/COPYING"
run tokenize text data.directory=data tokenize.split=0.8,0.2,0

# What we guess each skill (row) teaches each other (column): a learned graph
# would stand here.
cat >graph.csv <<'END'
teaches,c,headers,prose,shell
c,1,0.5,0,0
headers,0.5,1,0.5,0
prose,0,0.5,1,0
shell,0,0,0,1
END
for policy in skill-it stratified; do
  run train "$jobs/demo.ini" "mixture.policy=$policy" \
    "output.directory=$policy" | tee "$policy.log"
done

# loss POLICY STEP SKILL
loss() {
  awk -v step="$2" -v skill="$3" \
    '$1 == "step" && $2 == step && $4 == skill { print $6 }' "$1.log"
}
echo
echo "validation loss (nats a byte)   half   full     half   full   share at the end"
echo "                              skill-it       stratified      of skill-it"
for skill in c headers prose shell; do
  share=$(awk -v skill="$skill" '$4 == skill && $1 == "round" { p = $5 }
    END { print p }' skill-it.log)
  printf '%-28s  %5s  %5s    %5s  %5s  %11s\n' "$skill" \
    "$(loss skill-it 120 "$skill")" "$(loss skill-it 240 "$skill")" \
    "$(loss stratified 120 "$skill")" "$(loss stratified 240 "$skill")" "$share"
done
echo "One seed on a little text proves nothing about the mixtures; it shows that"
echo "the machinery runs.  Look into $work/*/metrics.jsonl for every number."
