#!/bin/sh
# The demo: from text to trained models on two ranks of this machine.  Takes the
# project's own files as four skills of text, tokenizes them, trains the same
# small model at the same budget with two mixtures, and prints what each skill
# lost.   usage: demo.sh [DIRECTORY]     (default demo; that of an earlier demo
# is replaced)
set -eu
jobs=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$jobs")
: "${skillet:=$top/skillet}"
work=${1:-demo}

say() { echo "demo: $*"; }

# Two ranks of one thread each, on any machine, as root too: as the tests.
export TEST_TIMEOUT=3600
# shellcheck source=tests/launch.sh
. "$top/tests/launch.sh"

# Every demo leaves these and the mark; a directory with anything else in it is
# not ours to remove.
mark=.skillet-demo
results="data graph.csv skill-it skill-it.log stratified stratified.log text \
tokenize.log"

is_earlier_demo() {
  test ! -L "$work" && test -f "$work/$mark" || return 1
  for path in "$work"/* "$work"/.[!.]*; do
    case " $results $mark " in
      *" ${path##*/} "*) ;;
      *) test ! -e "$path" || return 1 ;;
    esac
  done
}

make_directory() {
  if test -e "$work" || test -L "$work"; then
    if ! is_earlier_demo; then
      echo "demo: $work is there, and not (only) from an earlier demo: move" \
        "it away or name another directory" >&2
      exit 2
    fi
    say "replaces $work, which an earlier demo made"
    # Words.
    # shellcheck disable=SC2086
    (cd "$work" && rm -rf $results)
  fi
  mkdir -p "$work/text"
  : >"$work/$mark"
}

make_directory
cd "$work"

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
say "makes skill shards of four kinds of text, 4/5 to train on, 1/5 to validate:"
launch 2 "$skillet" tokenize text data.directory=data \
  tokenize.split=0.8,0.2,0 >tokenize.log
awk '{ print "  " $3, $5, $NF, "tokens" }' tokenize.log

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
  say "trains on 2 ranks with the mixture $policy:"
  {
    launch 2 "$skillet" train "$jobs/demo.ini" "mixture.policy=$policy" \
      "output.directory=$policy" || echo "demo failed"
  } | tee "$policy.log" | grep -E '^(model|step [0-9]+ of|demo failed)' |
    sed 's/^/  /'
  if grep -qx "demo failed" "$policy.log"; then exit 1; fi
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
