#!/bin/sh
# inspect: it reports what is in a file, counted here by other means; it finds
# damage, and ends with status 2 for what it cannot describe.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
# shellcheck source=tests/lib/runs.sh
. "$top_srcdir/tests/lib/runs.sh"
cd "$TMPDIR" || exit 99

# inspect ARG...: what it prints is left in `out`.
inspect() {
  run_ranks 1 inspect "$@" >out 2>err
}

# shows NAME ARG...
shows() {
  name=$1
  shift
  if inspect "$@"; then ok "$name"; else not_ok "$name" "$(cat out err)"; fi
}

# fact KEY: the rest of its line.
fact() {
  sed -n "s/^$1 //p" out
}

# refuses NAME PATTERN ARG...
refuses() {
  name=$1
  pattern=$2
  shift 2
  inspect "$@"
  status=$?
  if test $status -eq 2 && test "$(wc -l <err)" -eq 1 &&
    grep -q "^skillet: .*$pattern" err; then
    ok "$name"
  else
    not_ok "$name" "status $status: $(cat out err)"
  fi
}

# flip FILE BYTE
flip() {
  byte=$(od -An -tu1 -j "$2" -N 1 "$1")
  # shellcheck disable=SC2059
  printf "\\$(printf %o $((byte ^ 4)))" |
    dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# Texts of letters and blanks: as many bytes as characters.
mkdir in
awk 'BEGIN { for (i = 0; i < 700; i++) { s = "text " i
  for (j = 0; j < i * 7919 % 43; j++) s = s " word"
  print s } }' >texts
sed 's/.*/{"text": "&"}/' texts >in/cooking.jsonl
sed -n '1,90p' in/cooking.jsonl >in/baking.jsonl
check "shards to look at" run_ranks 1 tokenize in data.directory=d \
  tokenize.split=train
shard=d/cooking.train.h5

shows "a packed shard" $shard inspect.documents=5
same "its header" "cooking cooking train packed bytes 257 256 none yes" \
  "$(for key in skill title split layout tokenizer vocabulary_size \
    end_of_text begin_of_text sealed; do fact $key; done | tr '\n' ' ' |
    sed 's/ $//')"
same "its sizes" \
  "$(wc -l <texts) $(tr -d '\n' <texts | wc -c) $(wc -c <$shard)" \
  "$(fact documents) $(fact tokens) $(fact bytes)"
same "its lengths" "$(awk '{ n = length($0); s += n
    if (NR == 1 || n < least) least = n
    if (n > most) most = n }
    END { printf "%.2f %d %d", s / NR, least, most }' texts)" \
  "$(fact length_mean) $(fact length_least) $(fact length_most)"
same "the histogram of its lengths" "$(awk '{ n = length($0)
    for (low = 1; 2 * low <= n; low *= 2) { }
    count[low]++
    if (low > most) most = low; if (NR == 1 || low < least) least = low }
    END { for (low = least; low <= most; low *= 2)
      print low "-" 2 * low - 1, count[low] + 0 }' texts)" "$(fact length)"
same "its first documents" "$(head -5 texts | sed 's/.*/"&"/')" \
  "$(fact document | cut -d ' ' -f 2-)"
shows "more documents than there are" $shard inspect.documents=1000
same "are all of them" 700 "$(fact document | wc -l)"

printf '{"text":"a\\u001b[2Jb\\"c\\\\d\\n\\u00e9\\u009b"}\n' >in/odd.jsonl
run_ranks 1 tokenize in/odd.jsonl data.directory=odd tokenize.split=train \
  >log 2>&1
inspect odd/odd.train.h5 inspect.documents=1
same "control characters are escaped, letters are not" \
  "0 \"a\\x1b[2Jb\\\"c\\\\d\\n$(printf '\303\251')\\xc2\\x9b\"" \
  "$(fact document)"

shows "verify" $shard inspect.verify=yes
same "says what it verified" "2 blocks, 2 by their sums" "$(fact verified)"
cp $shard whole.h5
flip $shard $(($(wc -c <$shard) - 9))
shows "a shard is described though its tokens are damaged" $shard
refuses "verify finds it" \
  "cooking.train.h5 is damaged: tokens 0 to .* do not match their sum" \
  $shard inspect.verify=yes
refuses "a directory too" "cooking.train.h5 is damaged" d inspect.verify=yes
cp whole.h5 $shard
flip $shard 700
refuses "damage outside the tokens needs no verify" \
  "cooking.train.h5 is damaged" $shard
cp whole.h5 $shard

shows "a directory" d inspect.verify=yes
same "has a line a shard" \
  "baking.train.h5 skill baking split train documents 90 \
tokens $(head -90 texts | tr -d '\n' | wc -c)
cooking.train.h5 skill cooking split train documents 700 \
tokens $(tr -d '\n' <texts | wc -c)" "$(grep '\.h5 ' out)"
same "and totals" "shards 2 skills 2 documents 790 \
tokens $(cat texts texts | head -790 | tr -d '\n' | wc -c)" "$(fact total)"
refuses "a directory of neither" "in contains neither .* nor a skill shard" in

check "samples to look at" run_ranks 1 synth addition data.directory=s \
  synth.train=40 synth.validation=5 synth.test=5
shows "a shard of samples" s/addition-tens.train.h5 inspect.documents=40 \
  inspect.verify=yes
same "its answers" "samples 40 40 1.00 3 blocks, 3 by their sums" \
  "$(fact layout) \
$(fact documents) $(fact answers) $(fact answer_length_mean) $(fact verified)"
# The answer comes after the last blank of the text, and is the sum's digit.
same "each answer is the one of its sample" 40 "$(fact document | tr -d '":' |
  awk '{ a = $5 $6 $7; b = $9 $10 $11; digit = int((a + b) / 10) % 10 }
    $(NF - 2) == digit && $NF == digit && $(NF - 1) == "answer"' | wc -l)"

# density NAME WANT GRAPH: positive, negative and all edges, density, note.
density() {
  echo "$3" >g.csv
  inspect g.csv
  same "density of $1" "$2" "$(fact positive_edges) $(fact negative_edges) \
$(fact edges) $(fact density) $(fact note | cut -d ' ' -f 1-3)"
}
density "a square graph, without its diagonal" "2 1 6 0.3333 " 't,a,b,c
a,1,.5,0
b,-1,1,0
c,0,0.25,0'
same "its weights" "3 3 yes -1 1" "$(fact training_skills) \
$(fact evaluation_skills) $(fact names) $(fact smallest) $(fact largest)"
same "its rows" "a sum 1.5 teaches 1
b sum 0 teaches 0
c sum 0.25 teaches 1" "$(fact row)"
density "a graph to other skills" "3 0 4 0.7500 " 't,x,y
a,1,1
b,0,1'
density "the same skills in another order" "3 0 4 0.7500 " 't,b,a
a,1,1
b,0,1'
density "an identity" "0 0 6 0.0000 density below 0.05:" '1,0,0
0,1,0
0,0,1'
density "a full graph" "2 0 2 1.0000 density above 0.95:" '0,1
1,0'
density "one skill" "0 0 0  " '1'

set -- data.directory=d skills.evaluate=baking,cooking model.hidden=16 \
  model.heads=2 model.layers=1 train.sequence_length=16 train.global_batch=2
run() { # DIRECTORY ARG...
  directory=$1
  shift
  run_ranks 1 train output.directory="$directory" "$@" >log 2>&1
}
run_ranks 1 tokenize in/cooking.jsonl in/baking.jsonl data.directory=d \
  tokenize.overwrite=yes tokenize.split=0.5,0.5,0 >log 2>&1
check "a run to look at" run r "$@" train.steps=30 mixture.rounds=15
shows "a run" r
same "its facts" "30 960 finished 0 15 1 tensor x 1 data ranks" \
  "$(fact steps) $(fact tokens) $(fact stop) $(fact status) $(fact rounds) \
$(fact grid)"
same "its last loss" "$(steps r | tail -1 | xargs printf %.4f)" "$(fact loss)"
same "the shares of its last twelve rounds" \
  "$(shares r | tail -24 | xargs printf '%.4f ')" "$(awk '
    $1 == "share" { for (i = 3; i <= NF; i++) s[$2, i] = $i; n = NF }
    END { for (i = 3; i <= n; i++)
      printf "%s %s ", s["baking", i], s["cooking", i] }' out)"
same "their numbers" "3 4 5 6 7 8 9 10 11 12 13 14 / 6 8 10 12 14 16 18 20 22 \
24 26 28" "$(fact round | xargs) / $(fact from_step | xargs)"
same "its first and last losses" "$(sed -n \
  '/"event":"evaluation"/s/.*"loss":{\([^}]*\)}.*/\1/p' r/metrics.jsonl |
  sed -n '1p;$p' | tr ',' '\n' | sed 's/.*://' | xargs printf '%.4f\n' |
  awk '{ x[NR] = $0 } END { print "baking", x[1], x[3]
    print "cooking", x[2], x[4] }')" \
  "$(fact 'validation loss' | awk '{ print $1, $2, $3 }')"
same "its warning" "$(sed -n 's/.*"warning","text":"\(.*\)"}/\1/p' \
  r/metrics.jsonl)" "$(fact warning)"

# A run in progress: the end of the file is half a line.
mkdir on
head -c 4000 r/metrics.jsonl >on/metrics.jsonl
shows "a run whose last line is cut" on
same "it goes on" "none: the run is in progress, or was killed / cut / \
$(grep -c '"event":"step".*}$' on/metrics.jsonl)" \
  "$(fact stop) / $(fact last_line) / $(fact steps)"
printf '{"event":"start"\n{"event":"step"}\n' >on/metrics.jsonl
refuses "a cut line within" "metrics.jsonl:1: not JSON" on
cat >on/metrics.jsonl <<END
{"event":"evaluation","step":0,"split":"test","loss":{"a.b":2,"c":3},\
"accuracy":{"a.b":0.125}}
{"event":"evaluation","step":9,"split":"test","loss":{"a.b":null,"c":1},\
"accuracy":{"a.b":1}}
{"event":"something"}
{"event":"warning","text":"\u001b[2J"}
END
shows "a run of which little is known" on/metrics.jsonl
same "its accuracies" "2 from step 0 to 9 / a.b 2.0000 nan c 3.0000 1.0000 / \
a.b 0.1250 1.0000 / \\x1b[2J" "$(fact 'test evaluations') / \
$(fact 'test loss' | xargs) / \
$(fact 'test accuracy' | xargs) / $(fact warning)"

cat >on/metrics.jsonl <<'END'
{"event":"step","step":7,"tokens":99999999999999999999,"loss":1e999}
END
shows "numbers that are too large" on
same "leave the others as they are" "7 100000000000000000000 nan" \
  "$(fact steps) $(fact tokens) $(fact loss)"

shows "several files" $shard g.csv
same "one after another" "$shard g.csv" "$(fact shard) $(fact graph)"
refuses "the first bad one" "absent.h5 cannot be read" g.csv absent.h5 $shard
same "ends it" "g.csv " "$(fact graph) $(fact shard)"
refuses "no file" "inspect needs a file"
refuses "another file" "log: inspect describes .h5 and .csv files" log
refuses "text" "cooking.jsonl:1: no .event.: not from" in/cooking.jsonl
refuses "one line of it" "odd.jsonl:1: no .event.: not from" in/odd.jsonl
cp in/cooking.jsonl text.h5
refuses "what is no HDF5" "text.h5 is not an HDF5 file" text.h5

# What is no file may keep silent for ever, or never end.
mkdir pipes devices
for pipe in pipe.h5 pipe.csv pipe.jsonl pipes/a.train.h5; do mkfifo $pipe; done
ln -s /dev/zero devices/metrics.jsonl
for path in pipe.h5 pipe.csv pipe.jsonl pipes devices; do
  refuses "$path" "$path.* is not a file" $path
done
printf 't,a\033[2J\n\302\233x,q\033]0;\a\n' >g.csv
refuses "a table of no numbers" "q?\]0;?. is not a finite number" g.csv
same "no control character of it comes to the terminal" "$(cat err)" \
  "$(tr -d '\000-\011\013-\037\177' <err)"
launch 2 "$skillet" inspect $shard >out 2>err
status=$?
same "two ranks are refused" "2 1" \
  "$status $(grep -c '^skillet: inspect runs on one rank' err)"
tap_done
