#!/bin/sh
# The demo's text is the same from every awk, and becomes the same shards: so
# the tables in README stay true.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
skillet=$(cd "$top_builddir" && pwd)/skillet
text=$(cd "$top_srcdir" && pwd)/jobs/demo_text.awk
cd "$TMPDIR" || exit 99

# Sum and bytes of each file, in the order of their names.
sums="905421901 792618"
for awk in awk mawk gawk original-awk "busybox awk"; do
  command -v "${awk%% *}" >/dev/null || continue
  rm -rf text && mkdir text
  # Words.
  # shellcheck disable=SC2086
  check "$awk writes the text" $awk -v directory=text -f "$text"
  same "$awk: its sum and bytes" "$sums" "$(cat text/*.jsonl | cksum)"
done
check "it has less than 1 MiB" \
  test "$(cat text/*.jsonl | wc -c)" -lt 1048576

launch 2 "$skillet" tokenize text data.directory=data \
  tokenize.split=0.9,0.1,0 >tokens 2>&1
same "tokens of each shard" "75724 10080 59624 5091 98483 12617 194752 21599 \
154696 18755 114691 13546" "$(awk '{ print $NF }' tokens | tr '\n' ' ' |
  sed 's/ $//')"
tap_done
