#!/bin/sh
# synth: the shards are the same bytes on any number of ranks; wrong input ends
# with status 2, one sentence and nothing written; existing shards are replaced
# as a whole or not at all.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
skillet=${top_builddir:?}/skillet
cd "$TMPDIR" || exit 99

# synth RANKS OUT ARG...: the report is left in `log`.
synth() {
  ranks=$1
  out=$2
  shift 2
  if test "$ranks" = 1; then
    timeout -k 5 "${TEST_TIMEOUT:-120}" \
      "$skillet" synth data.directory="$out" "$@" >log 2>err </dev/null
  else
    launch "$ranks" "$skillet" synth data.directory="$out" "$@" >log 2>err
  fi
}

# made NAME RANKS OUT ARG...
made() {
  name=$1
  shift
  if synth "$@"; then ok "$name"; else not_ok "$name" "$(cat log err)"; fi
}

# refused NAME PATTERN RANKS OUT ARG...: OUT stays as it is, or is not made.
refused() {
  name="$1, $3 ranks"
  pattern=$2
  rm -rf before
  if test -e "$4"; then cp -r "$4" before; fi
  shift 2
  synth "$@"
  status=$?
  if test $status -eq 2 && test "$(grep -c '^skillet: ' err)" -eq 1 &&
    grep "^skillet: " err | grep -q "$pattern" &&
    if test -e before; then diff -r before "$2"; else test ! -e "$2"; fi; then
    ok "$name"
  else
    not_ok "$name" "status $status: $(cat err)"
  fi
}

few='synth.train=300 synth.validation=20 synth.test=10'
for set in lego addition; do
  # Words.
  # shellcheck disable=SC2086
  for ranks in 1 2 4; do
    made "$set on $ranks ranks" $ranks $set$ranks $set $few synth.seed=7
    cp log log$ranks
    test $ranks = 1 && continue
    check "$set: the bytes of $ranks ranks are those of one" \
      diff -r ${set}1 $set$ranks
    check "$set: the report of $ranks ranks too" diff log1 log$ranks
  done
done
same "a line a shard" \
  "addition-hundreds.test.h5 skill addition-hundreds split \
test documents 10 tokens 190" "$(head -n 1 log)"
same "shards of three splits and three skills" "9 9" \
  "$(wc -l <log | tr -d ' ') \
$(find addition1 -name '*.h5' | wc -l | tr -d ' ')"
check "a shard tells what makes it again" grep -aq \
  "skillet synth lego synth.variables=5 synth.graph=chain \
synth.validation=20 synth.test=10 synth.train=300 synth.seed=7" \
  lego1/lego-3.train.h5
{ echo '[synth]'; echo "$few seed=7" | tr ' ' '\n' |
  sed 's/^synth\.//'; } >run.ini
made "settings may stand in a run file" 1 ini run.ini lego
check "and give the same" diff -r lego1 ini
made "as many skills as variables" 2 tree lego synth.variables=7 \
  synth.graph=tree synth.train=1 synth.validation=1 synth.test=0
same "and no test split where none is wanted" \
  "$(for i in 1 2 3 4 5 6 7; do
    echo lego-$i.train.h5 lego-$i.validation.h5; done)" \
  "$(cd tree && echo -- * | sed 's/^-- //' | xargs -n 2)"

echo '{"text": "bricks"}' >bricks.jsonl
check "bricks" "$skillet" tokenize bricks.jsonl data.directory=named \
  tokenize.skill='lego 2' tokenize.split=train
refused "no word" 'one skill set: .skillet synth lego. or' 2 new
refused "two words" 'one skill set' 1 new lego addition
refused "another word" 'one skill set' 1 new legos
refused "no directory" 'data.directory' 2 new lego data.directory=
refused "a path that is too long" 'data.directory: the path .* is too long' 2 \
  "$(printf '%01010d' 0)" lego
refused "too many samples" \
  '50200 different samples .* half of the 5200 .*synth.variables' 2 new lego \
  synth.variables=2
# The text does not distinguish two equal children of a variable.
refused "too many samples of a tree" 'half of the 374400 ' 1 new lego \
  synth.variables=3 synth.train=190000 synth.graph=tree
# Questions of training may come again.
refused "too many questions" '^skillet: 499100 .* half of the 998001 ' 1 new \
  addition synth.validation=499000
# What rank 0 finds, all settle.
for ranks in 1 3; do
  refused "a directory without a parent" 'new/a' $ranks new/a lego
  refused "shards that are there" \
    'lego1/lego-[1-5].[a-z]*.h5 already exists.*synth.overwrite=yes' \
    "$ranks" \
    lego1 lego
  refused "a shard of another skill of the same name" \
    'lego-2.train.h5 contains skill "lego 2"' "$ranks" named lego \
    synth.overwrite=yes
done

# A set is replaced as a whole: an old test split could hold samples of the new
# training.
rm -rf old
cp -r lego1 old
touch old/other.test.h5
made "a set is replaced" 2 old lego synth.overwrite=yes synth.train=50 \
  synth.validation=5 synth.test=0
synth 1 fresh lego synth.train=50 synth.validation=5 synth.test=0
rm old/other.test.h5
check "and nothing is left of it but shards of other skills" diff -r fresh old

# One run at a time.
if command -v flock >/dev/null; then
  mkdir held
  echo 'host elsewhere, process 7' >held/.lock
  exec 8<held/.lock
  flock -n 8
  refused "a directory that another run writes into" \
    'another run is writing to held (host elsewhere, process 7)' \
    2 held lego 8<&-
  exec 8<&-
else
  skip "a directory that another run writes into" "no flock here"
fi

# The machine's failure: status 1, and what was there before is still there.  A
# limit on file sizes acts as a full disk; MPI itself needs some room.
fails() { # NAME FILE COMMAND...: the directory `full` stays as it was
  name=$1
  file=$2
  shift 2
  rm -rf before
  cp -r full before
  if (trap '' XFSZ && exits 1 "$@") && grep -q "$file" err; then
    ok "$name"
  else
    not_ok "$name" "$(cat log err)"
  fi
  check "and leaves the directory as it was" diff -r before full
}
limited() { ulimit -f 20000 && synth "$@"; }
cp -r addition1 full
fails "a full disk ends with status 1" addition-ones.train.h5.tmp \
  limited 1 full addition synth.train=200000 synth.overwrite=yes
cat >second <<EOF
#!/bin/sh
test "\${OMPI_COMM_WORLD_RANK:-\${PMI_RANK:-0}}" != 1 || ulimit -f 20000
trap '' XFSZ
exec $skillet "\$@"
EOF
chmod +x second
skillet=./second
fails "and one that the second rank meets" addition-tens.train.h5.tmp \
  synth 2 full addition synth.train=200000 synth.overwrite=yes
skillet=$top_builddir/skillet
(trap '' XFSZ && limited 1 new addition synth.train=200000)
check "a directory that was made for it is removed" test ! -e new
tap_done
