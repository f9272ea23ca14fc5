#!/bin/sh
# A tokenizer.json through the program: its shards are the same bytes on any
# number of ranks, inspect gives the texts back, training reads them, and a
# wrong tokenizer.json ends with status 2.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
# shellcheck source=tests/lib/runs.sh
. "$top_srcdir/tests/lib/runs.sh"
kept=$(cd "$top_srcdir" && pwd)/tests/golden/tokenizers
cd "$TMPDIR" || exit 99

# tokenize RANKS OUT TOKENIZER ARG...
tokenize() {
  ranks=$1
  out=$2
  tokenizer=$3
  shift 3
  run_ranks "$ranks" tokenize data.directory="$out" \
    tokenize.tokenizer="$tokenizer" "$@"
}

# fact SHARD KEY [ARG...]: the rest of a line that inspect prints.
fact() {
  shard=$1
  key=$2
  shift 2
  run_ranks 1 inspect "$shard" "$@" 2>&1 | sed -n "s/^$key //p"
}

# Several chunks for each of four ranks.
awk 'BEGIN { for (i = 0; i < 9000; i++) {
  s = sprintf("text %d \\u0065\\u0301 <|endoftext|>", i)
  for (j = 0; j < i * 7919 % 97; j++) s = s " some       words"
  printf "{\"text\": \"%s\"}\n", s } }' >many.jsonl
for kind in neox llama2; do
  check "$kind on 1 rank" tokenize 1 out1 "$kept/$kind.json" many.jsonl
  for ranks in 2 4; do
    check "$kind on $ranks ranks" \
      tokenize $ranks out$ranks "$kept/$kind.json" many.jsonl
    check "the bytes are those of one rank" diff -r out1 out$ranks
  done
  rm -rf out*
done

mkdir model in
cp "$kept/llama2.json" model/tokenizer.json
printf '%s\n' 'to  be' 'ätsch 😀' 'a-b' '  two' >texts
sed 's/.*/{"text": "&"}/' texts >in/words.jsonl
check "a directory holds a tokenizer" \
  tokenize 2 d model in tokenize.split=train
shard=d/words.train.h5
same "the shard names it" "model $(sha256sum model/tokenizer.json |
  cut -d ' ' -f 1) 618 616 615" "$(for key in tokenizer tokenizer_sha256 \
  vocabulary_size end_of_text begin_of_text; do fact "$shard" $key; done |
  tr '\n' ' ' | sed 's/ $//')"
same "inspect gives the texts back" "$(sed 's/.*/"&"/' texts)" \
  "$(fact "$shard" document inspect.documents=4 | cut -d ' ' -f 2-)"
echo '{"add_bos_token": false, "eos_token": "a"}' >model/tokenizer_config.json
check "and a file beside it" tokenize 1 e model in tokenize.split=train
same "has its say" "none $(grep -oE '[,{]"a":[0-9]+' model/tokenizer.json |
  tr -dc 0-9)" "$(fact e/words.train.h5 begin_of_text) \
$(fact e/words.train.h5 end_of_text)"
check "settings have the last word" tokenize 1 f model in \
  tokenize.split=train tokenize.begin_of_text=5 tokenize.end_of_text=none
same "and are in the shard" "5 none" "$(fact f/words.train.h5 begin_of_text) \
$(fact f/words.train.h5 end_of_text)"

# A tokenizer is its file, wherever that lies.
rm model/tokenizer_config.json
cp -r model elsewhere
sed 's/.*/{"text": "& & & & & & & &"}/' texts >in/more.jsonl
check "the same file from elsewhere" tokenize 1 d elsewhere in/more.jsonl \
  tokenize.split=0,1,0
check "the first again" tokenize 1 d model in/more.jsonl tokenize.split=train
tiny="model.layers=1 model.hidden=8 model.heads=1 model.context=16 \
train.sequence_length=16 train.global_batch=2 train.steps=1 mixture.rounds=1 \
mixture.policy=stratified skills.train=more skills.evaluate=more \
data.directory=d output.directory=run"
# Words.
# shellcheck disable=SC2086
check "training takes them as one" run_ranks 2 train $tiny
mv model gone
same "where it is no longer, inspect shows ids and says why" \
  "$(wc -l <texts) 1" "$(fact "$shard" document inspect.documents=4 |
    grep -cE '^[0-9]( [0-9]+)+$') $(fact "$shard" undecoded \
      inspect.documents=4 |
    grep -c 'model: cannot be opened.*tokenize.tokenizer=FILE to show them')"
same "or takes the one that is named" "$(sed 's/.*/"&"/' texts)" \
  "$(fact "$shard" document inspect.documents=4 tokenize.tokenizer=gone |
    cut -d ' ' -f 2-)"
same "if it is the same" 1 "$(fact "$shard" undecoded inspect.documents=1 \
  tokenize.tokenizer="$kept/gpt2.json" |
    grep -c 'gpt2.json is not the tokenizer')"

sed 's/"decoder":{.*},"model"/"decoder":null,"model"/' gone/tokenizer.json \
  >mute.json
check "a tokenizer without a decoder" tokenize 1 m mute.json in/words.jsonl \
  tokenize.split=train
same "gives the same ids" "$(fact "$shard" document inspect.documents=4)" \
  "$(fact m/words.train.h5 document inspect.documents=4)"
same "and inspect says why it shows them" 1 \
  "$(fact m/words.train.h5 undecoded inspect.documents=4 |
    grep -c 'mute.json has no .*decoder')"

# More ids than two bytes hold, and characters that have none.
awk 'BEGIN {
  printf "{\"model\": {\"type\": \"BPE\", \"merges\": [], \"vocab\": {"
  for (i = 0; i < 70000; i++) printf "\"t%d\": %d, ", i, i
  printf "\"a\": 70000}}, \"decoder\": {\"type\": \"Fuse\"},"
  printf "\"added_tokens\": [{\"id\": 70001, \"content\": \"<x>\"}]}"
}' >wide.json
printf '{"text": "abba<x>b"}\n{"text": "bbb"}\n' >in/wide.jsonl
check "seventy thousand ids" tokenize 2 w wide.json in/wide.jsonl \
  tokenize.split=train
rm wide.json
same "are written in four bytes" "0 70000 70000 70001" \
  "$(fact w/wide.train.h5 document inspect.documents=9)"

# wrong NAME PATTERN TOKENIZER
wrong() {
  tokenize 2 new "$3" in >out 2>err
  status=$?
  if test $status -eq 2 && test "$(grep -c '^skillet: ' err)" -eq 1 &&
    test ! -e new &&
    grep -q "^skillet: .*tokenize.tokenizer: $2" err; then
    ok "$1"
  else
    not_ok "$1" "status $status: $(cat err)"
  fi
}
head -c 5000 "$kept/gpt2.json" >cut.json
wrong "a file that is cut off" 'cut.json: not JSON' cut.json
sed 's/"BPE"/"WordPiece"/' "$kept/gpt2.json" >other.json
wrong "another model" 'other.json: model WordPiece is not supported' other.json
wrong "a directory without one" 'in/tokenizer.json: cannot be opened' in

# As on nodes with disks of their own.
cat >apart <<EOF
#!/bin/sh
cd "rank\${OMPI_COMM_WORLD_RANK:-\${PMI_RANK:-0}}" && exec $skillet "\$@"
EOF
chmod +x apart
mkdir rank0 rank1
cp "$kept/gpt2.json" rank0/t.json
cp "$kept/qwen2.json" rank1/t.json
exits 2 launch 2 ./apart tokenize "$(pwd)/in" data.directory="$(pwd)/new" \
  tokenize.tokenizer=t.json >out 2>err
same "ranks with tokenizers of their own are refused" "0 1" \
  "$? $(grep -c '^skillet: t.json is not the same on all ranks' err)"
cp rank0/t.json rank1
echo '{"eos_token": "a"}' >rank1/tokenizer_config.json
exits 2 launch 2 ./apart tokenize "$(pwd)/in" data.directory="$(pwd)/new" \
  tokenize.tokenizer=t.json >out 2>err
same "and with special ids of their own" "0 1" \
  "$? $(grep -c '^skillet: t.json: end and begin of text are .* on rank 0' \
    err)"
tap_done
