#!/bin/sh
# The demo: from text to trained models on two ranks of this machine.  Takes the
# files of this project and of its build as seven skills of text, tokenizes them,
# trains the same small model at the same budget with three mixtures, and prints
# what each skill lost.   usage: demo.sh [DIRECTORY]     (default demo; that of an
# earlier demo is replaced)
set -eu
jobs=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$jobs")
: "${skillet:=$top/skillet}"
work=${1:-demo}

say() { echo "demo: $*"; }

# Two ranks of one thread each, on any machine, as root too: as the tests.
export TEST_TIMEOUT=3600
# shellcheck source=tests/lib/launch.sh
. "$top/tests/lib/launch.sh"

# Every demo leaves these and the mark; a directory with anything else in it is
# not ours to remove.
mark=.skillet-demo
results="data graph.csv random random.log skill-it skill-it.log stratified \
stratified.log text tokenize.log"

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

# documents SKILL FILE...: text/SKILL.jsonl, a document every 100 lines.
documents() {
  skill=$1
  shift
  tab=$(printf '\t')
  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e "s/$tab/\\\\t/g" -e 's/$/\\n/' "$@" |
    tr -d '\000-\011\013-\037' |
    awk 'NR % 100 == 1 { if (NR > 1) print "\"}"; printf "{\"text\":\"" }
      { printf "%s", $0 }
      END { print "\"}" }' >"text/$skill.jsonl"
}

documents c "$top"/kernels/*.c "$top"/*/*/*.c "$top"/mpi/*.c "$top"/io/*.c \
  "$top"/src/*.c
documents headers "$top"/*/*.h "$top"/*/*/*.h
documents m4 "$top"/aclocal.m4 "$top"/m4/*.m4 "$top/configure.ac"
documents make "$top/Makefile.in" "$top"/*.am "$top"/*/*.mk
documents prose "$top"/*.md "$top"/doc/*.md "$top/COPYING"
documents shell "$top/configure" "$top"/build-aux/* "$top"/tests/*.sh \
  "$top"/jobs/*.sh "$top/bootstrap"
documents tests "$top"/tests/*.c
say "makes skill shards of seven kinds of text, 4/5 to train on, 1/5 to validate:"
launch 2 "$skillet" tokenize text data.directory=data \
  tokenize.split=0.8,0.2,0 >tokenize.log
awk '{ print "  " $3, $5, $NF, "tokens" }' tokenize.log

# What we guess each skill (row) teaches each other (column): a learned graph
# would stand here.
cat >graph.csv <<'END'
teaches,c,headers,m4,make,prose,shell,tests
c,1,0.5,0,0,0,0,0.5
headers,0.5,1,0,0,0.5,0,0.2
m4,0,0,1,0,0,0.5,0
make,0,0,0,1,0,0.2,0
prose,0,0.2,0,0,1,0,0
shell,0,0,0.5,0.2,0,1,0
tests,0.5,0.2,0,0,0,0,1
END
policies="random stratified skill-it"
for policy in $policies; do
  say "trains on 2 ranks with the mixture $policy:"
  {
    launch 2 "$skillet" train "$jobs/demo.ini" "mixture.policy=$policy" \
      "output.directory=$policy" || echo "demo failed"
  } | tee "$policy.log" | grep -E '^(model|step [0-9]+ of|demo failed)' |
    sed 's/^/  /'
  if grep -qx "demo failed" "$policy.log"; then exit 1; fi
done

# losses STEP: a row a skill and their mean, a column a policy, at that step.
losses() {
  # Words.
  # shellcheck disable=SC2086
  awk -v step="$1" '
    FNR == 1 { policy[++policies] = FILENAME; sub(/\.log$/, "", policy[policies]) }
    $1 == "step" && $2 == step && $3 == "validation" {
      if (policies == 1) skill[++skills] = $4
      loss[policies, $4] = $6
      sum[policies] += $6
    }
    END {
      printf "%-12s", ""
      for (p = 1; p <= policies; p++) printf "%12s", policy[p]
      for (s = 1; s <= skills; s++) {
        printf "\n%-12s", skill[s]
        for (p = 1; p <= policies; p++) printf "%12.4f", loss[p, skill[s]]
      }
      printf "\n%-12s", "mean"
      for (p = 1; p <= policies; p++) printf "%12.4f", sum[p] / skills
      print ""
    }' random.log stratified.log skill-it.log
}

echo
echo "Validation loss, nats a byte, at half of the budget (300 steps):"
losses 300
echo "and at the end (600 steps):"
losses 600
echo "The mixture of skill-it, round by round:"
awk '$1 == "round" && $3 == "share" {
    if ($2 == 0) skill[++skills] = $4
    share[$2, $4] = $5
    last = $2
  }
  END {
    printf "%-12s", ""
    for (r = 0; r <= last; r++) printf "%8d", r + 1
    for (s = 1; s <= skills; s++) {
      printf "\n%-12s", skill[s]
      for (r = 0; r <= last; r++) printf "%8.3f", share[r, skill[s]]
    }
    print ""
  }' skill-it.log
echo "One seed on a little text proves nothing about the mixtures; it shows that"
echo "the machinery runs.  Look further:  ./skillet inspect $work/skill-it"
