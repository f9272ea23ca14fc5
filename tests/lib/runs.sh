# shellcheck shell=sh
# Sourced by the shell tests that compare runs, after lib.sh.
skillet=${top_builddir:?}/skillet

# run_ranks RANKS COMMAND...: one rank needs no launcher.
run_ranks() {
  if test "$1" = 1; then
    shift
    timeout -k 5 "${TEST_TIMEOUT:-120}" "$skillet" "$@" </dev/null
  else
    launch_on=$1
    shift
    launch "$launch_on" "$skillet" "$@"
  fi
}

# train RANKS TENSOR DIR [SETTING...]: run.ini, into DIR.
train() {
  train_ranks=$1
  train_tensor=$2
  train_name=$3
  shift 3
  run_ranks "$train_ranks" train run.ini \
    "parallel.tensor=$train_tensor" "output.directory=$train_name" "$@"
}

# refused RANKS NAME PATTERN SETTING...: training on run.ini ends with status 2
# and one sentence, and writes nothing.
refused() {
  ranks=$1
  name=$2
  pattern=$3
  shift 3
  run_ranks "$ranks" train run.ini output.directory=none "$@" >out 2>err
  status=$?
  if test $status -eq 2 && test "$(grep -c '^skillet: ' err)" -eq 1 &&
    grep -q "^skillet: .*$pattern" err && test ! -e none && test ! -s out; then
    ok "refused on $ranks ranks: $name"
  else
    not_ok "refused on $ranks ranks: $name" "status $status: $(cat out err)"
    rm -rf none
  fi
}

# steps DIR: the losses of the steps, one a line; shares DIR: the mixtures.
steps() {
  sed -n '/"event":"step"/s/.*"loss":\([^,}]*\),"skill_loss.*/\1/p' \
    "$1/metrics.jsonl"
}

shares() {
  sed -n '/"event":"mixture"/s/.*"p":{\([^}]*\)}.*/\1/p' "$1/metrics.jsonl" |
    tr ',' '\n' | sed 's/.*://'
}

# worst A B: the largest relative difference of two columns of equal length;
# -1 if there is nothing to compare.
worst() {
  paste "$1" "$2" | awk '
    NF != 2 { bad = 1 }
    { d = ($1 - $2) / $2; if (d < 0) d = -d; if (d > w) w = d; n++ }
    END { printf "%.3g\n", n && !bad ? w : -1 }'
}

# agree NAME A B TOLERANCE COLUMN LINES
agree() {
  "$5" "$2" >a.column
  "$5" "$3" >b.column
  found=$(worst a.column b.column)
  if test "$(wc -l <a.column)" -eq "$6" &&
    awk "BEGIN { exit !($found >= 0 && $found < $4) }"; then
    ok "$1: worst difference $found"
  else
    not_ok "$1: worst difference $found of at most $4" \
      "$(paste a.column b.column)"
  fi
}

# stopped_at STEP DIR FROM: DIR as FROM was when it had just saved that step.
stopped_at() {
  rm -rf "$2"
  mkdir "$2"
  cp "$3/run.ini" "$2"
  sed "/\"event\":\"checkpoint\",\"step\":$1,/q" "$3/metrics.jsonl" \
    >"$2/metrics.jsonl"
  cp "$3/checkpoint-$(printf %08d "$1").h5" "$2"
}

# falls DIR SKILLS: the last validation loss of each skill is below its first.
falls() {
  sed -n '/"event":"evaluation"/s/.*"loss":{\([^}]*\)}.*/\1/p' \
    "$1/metrics.jsonl" | awk -F '[:,]' -v skills="$2" '
      { for (i = 2; i <= NF; i += 2) {
          if (NR == 1) first[i] = $i
          last[i] = $i
        } }
      END { for (i in first) { n++; if (last[i] >= first[i] - 0.1) bad = 1 }
            exit n != skills || bad }'
}

# wait_for_event EVENT DIR: until a run reports one, or 20 seconds.
wait_for_event() {
  tries=0
  until grep -q "\"event\":\"$1\"" "$2/metrics.jsonl" 2>/dev/null ||
    test $tries -ge 200; do
    tries=$((tries + 1))
    sleep 0.1
  done
}

# start RANKS COMMAND...: in the background; the launcher is $started, and
# pid.RANK has the process of each rank as soon as it runs.
start() {
  rm -f pid.*
  start_ranks=$1
  shift
  # shellcheck disable=SC2016
  launch "$start_ranks" sh -c \
    'echo $$ >"pid.${OMPI_COMM_WORLD_RANK-${PMI_RANK-${PMIX_RANK-0}}}"
     exec "$@"' sh "$skillet" "$@" &
  # shellcheck disable=SC2034 # for the caller
  started=$!
}
