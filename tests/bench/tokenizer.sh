#!/bin/sh
# Not a test: MB of text a second that are tokenized, beside the original
# library on one thread.   usage: make bench    Quiet machines only.
#
#   SKILLET_DATA  real tokenizers and text (default ../shared/data)
#   PEER_PYTHON   a python3 that has tokenizers (default python3)
# shellcheck source=tests/lib/launch.sh
. "${top_srcdir:=.}/tests/lib/launch.sh"
: "${top_builddir:=.}" "${SKILLET_DATA:=$top_srcdir/../shared/data}"
: "${PEER_PYTHON:=python3}"
work=$TMPDIR/bench
mkdir "$work"
TEST_TIMEOUT=600
if ! test -d "$SKILLET_DATA/corpus" || ! command -v zstd >/dev/null; then
  echo "tokenizing: no $SKILLET_DATA/corpus, or no zstd here"
  exit 0
fi
for file in "$SKILLET_DATA"/corpus/*.jsonl.zst; do
  zstd -dcq "$file" >"$work/$(basename "$file" .zst)" || exit 1
done

for name in 20B mistral_v1; do
  tokenizer=$SKILLET_DATA/tokenizers/${name}_tokenizer.json
  printf '%-34s ' "$name, encode, 1 rank"
  "$top_builddir/tests/bench/tokenizer" "$tokenizer" \
    "$work"/*.jsonl || exit 1
  printf '%-34s ' "$name, the original, 1 thread"
  "$PEER_PYTHON" "$top_srcdir/tests/bench/tokenizer.py" "$tokenizer" \
    "$work"/*.jsonl 2>"$work/err" || tail -n 1 "$work/err"
done

# From compressed text to whole shards on the disk.
for ranks in 1 2; do
  rm -rf "$work/out"
  begin=$(date +%s.%N)
  launch $ranks "$top_builddir/skillet" tokenize "$SKILLET_DATA/corpus" \
    data.directory="$work/out" \
    tokenize.tokenizer="$SKILLET_DATA/tokenizers/20B_tokenizer.json" \
    >"$work/log" 2>&1 || {
    cat "$work/log"
    exit 1
  }
  end=$(date +%s.%N)
  printf '%-34s ' "20B, skillet tokenize, $ranks ranks"
  cat "$work"/*.jsonl | wc -c | awk '{
    printf "%.1f MB/s of lines, the start of the job too\n",
      $1 / ('"$end - $begin"') / 1e6 }'
done
