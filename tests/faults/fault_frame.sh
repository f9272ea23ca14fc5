# shellcheck shell=sh
# Sourced by the tests of faults, after tap.sh and runs.sh: random numbers, the
# run that is trained, and the table of what was tried and lost.
: "${FAULTS_SEED:=$(date +%s)}"
echo "# FAULTS_SEED=$FAULTS_SEED"
awk -v seed="$FAULTS_SEED" 'BEGIN {
  srand(seed)
  for (i = 0; i < 20000; i++) print int(1000000 * rand())
}' >"$TMPDIR/draws"
exec 9<"$TMPDIR/draws"
: >"$TMPDIR/faults"

# The graph of the runs that are disturbed.
three_skills() {
  cat <<'END'
teaches,a,b,c
a,1,0,0
b,0.5,1,0.5
c,0,0.2,1
END
}

# draw N: drawn is a number below N.
draw() {
  read -r drawn <&9
  drawn=$((drawn % $1))
}

# computed DIR: the events that say what was computed, without times.
computed() {
  sed -n -e '/"event":"\(step\|mixture\|evaluation\)"/!d' \
    -e 's/,"tokens_per_second".*//' -e p "$1/metrics.jsonl"
}

# survived FAULT DIR LIKE: the run in DIR, at its end after the fault, is that
# in LIKE.
survived() {
  computed "$2" >"$TMPDIR/got"
  computed "$3" >"$TMPDIR/want"
  if test -s "$TMPDIR/want" && cmp -s "$TMPDIR/want" "$TMPDIR/got"; then
    echo "$1:1:0" >>"$TMPDIR/faults"
  else
    lost "$1" "$(diff "$TMPDIR/want" "$TMPDIR/got" | cut -c 1-200)"
  fi
}

# lost FAULT DETAIL: it did not survive.
lost() {
  echo "$1:1:1" >>"$TMPDIR/faults"
  not_ok "lost by $1" "$2"
}

# passed_over FAULT REASON: it can't be tried here.
passed_over() {
  echo "$1:0:0" >>"$TMPDIR/faults"
  skip "$1" "$2"
}

faults_done() {
  awk -F: '
    { tried[$1] += $2; lost[$1] += $3; if (!seen[$1]++) name[++n] = $1 }
    END {
      printf "# %-44s %6s %10s %6s\n", "fault", "tried", "recovered", "lost"
      for (i = 1; i <= n; i++)
        printf "# %-44s %6d %10d %6d\n", name[i], tried[name[i]],
          tried[name[i]] - lost[name[i]], lost[name[i]]
    }' "$TMPDIR/faults"
  same "lost" 0 "$(grep -c ':1:1$' "$TMPDIR/faults")"
  tap_done
}
