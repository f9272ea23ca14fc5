#!/bin/sh
# The demo: from text to trained models on two ranks of this machine.  Makes
# the text of six skills, the same each time, tokenizes it, trains the same
# small model at the same budget with three mixtures, and prints the losses of
# each skill.
#   usage: demo.sh [DIRECTORY]    default demo; that of an earlier demo is
#                                 replaced
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

awk -v directory=text -f "$jobs/demo_text.awk"
say "makes shards of six skills, 9/10 to train on, 1/10 to validate:"
launch 2 "$skillet" tokenize text data.directory=data \
  tokenize.split=0.9,0.1,0 >tokenize.log
awk '{ print "  " $3, $5, $NF, "tokens" }' tokenize.log

# How much each skill (row) teaches each other (column): here a guess, by how
# the text is made; a learned graph would be used in its place.
cat >graph.csv <<'END'
teaches,counting,sums,days,sentences,plans,stories
counting,1,0.5,0,0,0,0
sums,0,1,0,0,0,0.5
days,0,0,1,0,0.5,0
sentences,0,0,0,1,0.5,0.5
plans,0,0,0,0,1,0
stories,0,0,0,0,0,1
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

# A row a skill and their mean, a column a policy.
losses() { # STEP
  # Words.
  # shellcheck disable=SC2086
  awk -v step="$1" '
    FNR == 1 {
      policy[++policies] = FILENAME
      sub(/\.log$/, "", policy[policies])
    }
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
        for (p = 1; p <= policies; p++) printf "%12.2f", loss[p, skill[s]]
      }
      printf "\n%-12s", "mean"
      for (p = 1; p <= policies; p++) printf "%12.2f", sum[p] / skills
      print ""
    }' random.log stratified.log skill-it.log
}

# A row a skill, a column a round.
shares() {
  awk '$1 == "round" && $3 == "share" {
      if ($2 == 0) skill[++skills] = $4
      share[$2, $4] = $5
      last = $2
    }
    END {
      printf "%-12s", ""
      for (r = 0; r <= last; r++) printf "%7d", r + 1
      for (s = 1; s <= skills; s++) {
        printf "\n%-12s", skill[s]
        for (r = 0; r <= last; r++) printf "%7.2f", share[r, skill[s]]
      }
      print ""
    }' skill-it.log
}

echo
echo "Validation loss at the end, nats a byte:"
losses 300
echo "Shares of the skills in the mixture of skill-it, round by round:"
shares
echo "One seed on a little text proves nothing about the mixtures; it shows"
echo "that the machinery runs.  Look further:"
echo "  ./skillet inspect $work/skill-it           the run, round by round"
echo "  ./skillet inspect $work/data/sums.train.h5 inspect.documents=2"
echo "  ./skillet help settings"
