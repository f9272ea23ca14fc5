#!/bin/sh
# tokenize: the shards are the same bytes whatever the number of ranks, hold
# the texts in the order of the input, and wrong input ends with status 2, one
# sentence and nothing written.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
skillet=${top_builddir:?}/skillet
data=${SKILLET_DATA:-$top_srcdir/../shared/data}
case $data in /*) ;; *) data=$(pwd)/$data ;; esac
cd "$TMPDIR" || exit 99

# tokenize RANKS OUT ARG...: the report is left in `log`.
tokenize() {
  ranks=$1
  out=$2
  shift 2
  if test "$ranks" = 1; then
    timeout -k 5 "${TEST_TIMEOUT:-120}" \
      "$skillet" tokenize data.directory="$out" "$@" >log 2>err </dev/null
  else
    launch "$ranks" "$skillet" tokenize data.directory="$out" "$@" >log 2>err
  fi
}

# made NAME RANKS OUT ARG...
made() {
  name=$1
  shift
  if tokenize "$@"; then ok "$name"; else not_ok "$name" "$(cat log err)"; fi
}

# texts OUT SHARD: the bytes of its texts.  /tokens is the last in the file and
# each byte is followed by a zero.
texts() {
  n=$(awk -v f="$2" '$1 == f { print $NF }' log)
  tail -c $((2 * n)) "$1/$2" | tr -d '\0'
}

# same NAME WANT GOT
same() {
  if test "$2" = "$3"; then ok "$1"; else not_ok "$1" "want $2
got $3"; fi
}

# refused NAME PATTERN RANKS ARG...: `new` is not made.
refused() {
  name="$1, $3 ranks"
  pattern=$2
  ranks=$3
  shift 3
  tokenize "$ranks" new "$@"
  status=$?
  if test $status -eq 2 && test "$(grep -c '^skillet: ' err)" -eq 1 &&
    grep -q "^skillet: .*$pattern" err && test ! -e new; then
    ok "$name"
  else
    not_ok "$name" "status $status: $(cat err)
$(ls new 2>&1)"
  fi
  rm -rf new
}

lines() { # WORD...: a document each
  for word; do printf '{"text": "%s\\n"}\n' "$word"; done
}

# Several chunks for each of four ranks, documents longer than a chunk, and
# texts with escapes.
mkdir plain gzip zstd
awk 'BEGIN { for (i = 0; i < 6000; i++) {
  s = sprintf("document %d \\u00e9\\u0000\\ud83d\\ude00 ", i)
  n = i % 1500 == 7 ? 40000 : i * 7919 % 61
  for (j = 0; j < n; j++) s = s "some words of text "
  printf "{\"text\": \"%s\", \"meta\": {\"skill\": \"s %d\"}}\n", s, i % 3
} }' >plain/big.jsonl
awk 'NR % 11 == 3' plain/big.jsonl >plain/small.jsonl
awk 'NR % 7 == 3' plain/big.jsonl >plain/big.test.jsonl
echo 'not an input' >plain/README
for file in plain/*.jsonl; do
  gzip -c "$file" >"gzip/${file#plain/}.gz"
  zstd -qc "$file" >"zstd/${file#plain/}.zst" 2>/dev/null
done

same_bytes() { # WHAT RANKS ARG...
  what=$1
  counts=$2
  shift 2
  made "$what" 1 out1 "$@"
  cp log log1
  for ranks in $counts; do
    made "$what on $ranks ranks" "$ranks" "out$ranks" "$@"
    check "$what: the bytes of $ranks ranks are those of one" \
      diff -r out1 "out$ranks"
    check "$what: the report of $ranks ranks too" diff log1 log
  done
  grep ' skill ' log1 >report
  rm -rf out1 out2 out3 out4
}
same_bytes "plain text" 3 plain
cp report plain.report
same_bytes "plain text by field, deduplicated, in parts" "2 3 4" plain \
  tokenize.skill=@meta.skill tokenize.deduplicate=yes \
  tokenize.shard_size=100000 tokenize.split=0.6,0.2,0.2
same_bytes gzip 2 gzip
check "gzip gives the tokens of the plain text" diff plain.report report
if test -s zstd/big.jsonl.zst; then
  same_bytes zstd 4 zstd
  check "zstd gives the tokens of the plain text" diff plain.report report
else
  skip "zstd files" "no zstd here"
fi
tokenize 2 out plain
same "the other file is named once" 1 \
  "$(grep -c 'skipped plain/README' log)"
rm -rf out

# Order, splits by name, members of several frames, no newline at the end.
lines a b >one.jsonl
printf '{"text": "c"}' >>one.jsonl
lines d >two.val.jsonl
lines e f >two.jsonl
tokenize 2 out one.jsonl two.val.jsonl two.jsonl tokenize.skill=x \
  tokenize.split=1,0,0
same "documents keep the order of the input" "a b ce f" \
  "$(texts out x.train.h5 | tr '\n' ' ' | sed 's/ $//')"
same "a file named .val. is the validation split" d \
  "$(texts out x.validation.h5)"
rm -rf out
tokenize 2 out one.jsonl two.val.jsonl tokenize.skill=x tokenize.split=test
same "a split for everything takes the file named .val. too" "a b cd" \
  "$(texts out x.test.h5 | tr '\n' ' ' | sed 's/ $//')"
rm -rf out
{ gzip -c two.jsonl && lines g | gzip -c; } >members.jsonl.gz
tokenize 1 out members.jsonl.gz tokenize.split=train
same "gzip members are one text" "e f g" \
  "$(texts out members.train.h5 | tr '\n' ' ' | sed 's/ $//')"
rm -rf out

# Splits by hash.
# shellcheck disable=SC2046
lines $(seq 1 400) >many.jsonl
sort -r many.jsonl >reversed.jsonl
tokenize 3 out many.jsonl tokenize.split=0.5,0.3,0.2 tokenize.skill=m
for split in train validation test; do
  texts out m.$split.h5 | sort >$split
done
n=$(wc -l <train)
# 400 fair draws: five standard deviations are 50.
if test "$n" -gt 150 && test "$n" -lt 250; then
  ok "half of 400 documents are for training, nearly"
else
  not_ok "half of 400 documents are for training, nearly" "$n"
fi
same "every document is in one split" "$(seq 1 400 | sort)" \
  "$(cat train validation test | sort)"
rm -rf out
tokenize 2 out reversed.jsonl tokenize.split=0.5,0.3,0.2 tokenize.skill=m
for split in train validation test; do
  same "$split depends on the texts alone" "$(cat $split)" \
    "$(texts out m.$split.h5 | sort)"
done
rm -rf out
# shellcheck disable=SC2046
lines $(seq 1 3) >three.jsonl
tokenize 2 out three.jsonl tokenize.split=0.999998,0.000001,0.000001
same "every split with a share has a document" "1 1 1" \
  "$(sed -n 's/.* documents \([0-9]*\) .*/\1/p' log | tr '\n' ' ' |
  sed 's/ $//')"
rm -rf out

# Duplicates, empty texts, lines that are no documents.
{ lines a b a && echo '{"text": ""}' && lines b c; } >dup.jsonl
lines a a >other.jsonl
tokenize 2 out dup.jsonl other.jsonl tokenize.split=train \
  tokenize.deduplicate=yes
same "the first of equal texts is kept" "a b c" \
  "$(texts out dup.train.h5 | tr '\n' ' ' | sed 's/ $//')"
same "other skills may have them" a "$(texts out other.train.h5)"
same "duplicates and empty texts are counted" \
  "dropped 1 empty texts dropped 3 duplicates" \
  "$(grep dropped log | tr '\n' ' ' | sed 's/ $//')"
rm -rf out
{ lines a && echo '{"text": 1}' && echo && echo 'x' && lines b; } >bad.jsonl
tokenize 2 out bad.jsonl tokenize.split=train tokenize.on_error=skip
same "wrong lines can be skipped" "a b" \
  "$(texts out bad.train.h5 | tr '\n' ' ' | sed 's/ $//')"
check "and are counted, the first one named" grep -q \
  'skipped 2 lines.*bad.jsonl:2: "text" is a number' err
rm -rf out

# What JSON allows, and what may surround it.
{
  printf '\357\273\277{"text": "a\\n"}\n'
  printf '{"text": "b\\n", "id": 123456789012345678901234567890}\n'
  printf '{"x": [1e999, -1.5E+4000, "\\"1e999"], "text": "1e999\\n"}\n'
} >numbers.jsonl
tokenize 1 out numbers.jsonl tokenize.split=train
same "a byte order mark and numbers of any size do no harm" "a b 1e999" \
  "$(texts out numbers.train.h5 | tr '\n' ' ' | sed 's/ $//')"
rm -rf out
{ gzip -c one.jsonl && head -c 300000 /dev/zero; } >padded.jsonl.gz
tokenize 1 out padded.jsonl.gz tokenize.split=train
same "zeros behind a .gz are its end" "a b c" \
  "$(texts out padded.train.h5 | tr '\n' ' ')"
rm -rf out

# Parts.
lines 1 22 333 4444 55555 1 1 1 999999999999 1 >sizes.jsonl
tokenize 3 out sizes.jsonl tokenize.split=train tokenize.shard_size=8
same "a part is not above its size unless one document is" "5 4 5 8 4 13 2" \
  "$(sed -n 's/.* tokens //p' log | tr '\n' ' ' | sed 's/ $//')"
same "parts are numbered and hold all" "$(sed 's/[^0-9]//g' sizes.jsonl)" \
  "$(for i in 1 2 3 4 5 6 7; do texts out sizes.train.0000$i.h5; done)"
refused "a part that is there" "out/sizes.train.00001.h5 already exists" 2 \
  data.directory=out sizes.jsonl tokenize.split=train
tokenize 2 out sizes.jsonl tokenize.split=train tokenize.overwrite=yes
same "overwriting leaves no old parts" sizes.train.h5 "$(ls out)"
check "another split of the skill may be added" tokenize 1 out sizes.jsonl \
  tokenize.split=test
rm -rf out

# Names.
printf '{"text": "a", "s": "Caf\\u00e9 au lait"}\n' >name.jsonl
tokenize 2 out name.jsonl tokenize.skill=@s tokenize.split=train
same "other characters of a name become -" Caf--au-lait.train.h5 "$(ls out)"
rm -rf out
for s in 'a b' 'a-b'; do printf '{"text": "a", "s": "%s"}\n' "$s"; done \
  >collide.jsonl
printf '{"text": "a", "s": "_a"}\n' >first.jsonl
printf '{"text": "a", "s": "%065d"}\n' 0 >long.jsonl
refused "two names become one" '"a b" and "a-b" would both be named a-b' 2 \
  collide.jsonl tokenize.skill=@s
refused "a name begins wrongly" '"_a"' 1 first.jsonl tokenize.skill=@s
refused "a name is too long" 'at most 64' 2 long.jsonl tokenize.skill=@s

# Names across runs into one directory.
printf '{"text": "b", "s": "Caf\\u00e9 au-lait"}\n' >namesake.jsonl
tokenize 1 out name.jsonl tokenize.skill=@s tokenize.split=train
for more in tokenize.split=test tokenize.overwrite=yes; do
  tokenize 1 out namesake.jsonl tokenize.skill=@s tokenize.split=train $more
  same "a skill of another run that has the name is not mixed in: $more" \
    "2 out/Caf--au-lait.train.h5 contains skill \"Café au lait\", and \
\"Café au-lait\" would get the same name, Caf--au-lait" \
    "$? $(sed 's/^skillet: //; s/: .*//' err)"
done
same "nor written" Caf--au-lait.train.h5 "$(ls out)"
rm -rf out

# A field that differs in every line; neither of two ranks alone has too many.
awk 'BEGIN { for (i = 0; i < 70000; i++)
  printf "{\"text\": \"a\", \"s\": \"%d\"}\n", i }' >field.many.jsonl
for ranks in 1 2; do
  refused "too many skills" 'but the most is 65536: is it the right field' \
    $ranks field.many.jsonl tokenize.skill=@s
done

# Special ids.
h5dump=$(command -v h5dump)
attributes() { # SHARD
  for a in end_of_text begin_of_text vocabulary_size; do
    "$h5dump" -a "/$a" "$1" | sed -n 's/.*(0): //p'
  done | tr '\n' ' '
}
if test -n "$h5dump"; then
  tokenize 2 out one.jsonl tokenize.split=train
  same "bytes has 257 ids, the last is end-of-text" "256 -1 257 " \
    "$(attributes out/one.train.h5)"
  rm -rf out
  tokenize 2 out one.jsonl tokenize.split=train tokenize.end_of_text=none \
    tokenize.begin_of_text=10
  same "special ids can be given" "-1 10 257 " "$(attributes out/one.train.h5)"
  rm -rf out
else
  skip "bytes has 257 ids, the last is end-of-text" "no h5dump here"
  skip "special ids can be given" "no h5dump here"
fi

# Wrong input.
mkdir none && touch none/a.txt
echo '[1]' >array.jsonl
echo '{"text": "' >cut.jsonl
echo '{"txt": "a"}' >field.jsonl
lines '' | sed 's/\\n//' >empty.jsonl
# On 3 ranks line 900 is read by rank 1, line 3500 by rank 0.
awk 'NR == 900 || NR == 3500 || NR == 5900 { print "{" } 1' plain/big.jsonl \
  >wrong.jsonl
head -c 20000 gzip/big.jsonl.gz >cut.jsonl.gz
head -c 20000 zstd/big.jsonl.zst >cut.jsonl.zst
for f in gzip/big.jsonl.gz zstd/big.jsonl.zst; do
  { head -c 10000 $f && printf 'xxxxxxxxxxxxxxxx' && tail -c +10017 $f; } \
    >"bent.${f#*/big.}"
done
cp one.jsonl plain.jsonl.gz && cp one.jsonl plain.jsonl.zst
: >zero.jsonl.gz
printf '{"text": "a", "x": [1e999, 01]}\n' >octal.jsonl
printf '{"text": "a \\ud800 b"}\n' >half.jsonl
{ cat padded.jsonl.gz && gzip -c one.jsonl; } >behind.jsonl.gz
refused "a wrong number beside a large one" 'octal.jsonl:1: not JSON' 1 \
  octal.jsonl
refused "half of a surrogate pair" \
  'half.jsonl:1: .*ud800.*, half of a surrogate pair' 1 half.jsonl
refused "data behind the zeros of a .gz" 'more after the zeros' 1 \
  behind.jsonl.gz
refused "no input" 'needs input' 1
refused "no text file in a directory" 'none has no .jsonl' 1 none
refused "a file of another name" 'README is not a .jsonl' 1 plain/README
refused "a file given twice" 'given twice' 1 plain plain/big.jsonl
refused "no object" 'array.jsonl:1: a JSON object' 1 array.jsonl
refused "no field" 'field.jsonl:1: no "text"' 1 field.jsonl
refused "no text" 'bad.jsonl:2: "text" is a number' 1 bad.jsonl
refused "no field of a skill" 'one.jsonl:1: no "meta"' 1 one.jsonl \
  tokenize.skill=@meta.skill
refused "an empty .gz" 'zero.jsonl.gz is truncated' 1 zero.jsonl.gz
refused "plain text as .gz" 'plain.jsonl.gz is damaged' 1 plain.jsonl.gz
refused "plain text as .zst" 'plain.jsonl.zst is damaged' 1 plain.jsonl.zst
refused "no output directory" 'data.directory' 1 one.jsonl data.directory=
# What one rank finds, or has to remove, is settled by all.
for ranks in 1 3; do
  refused "a missing input" 'missing.jsonl cannot be read' "$ranks" \
    missing.jsonl
  refused "no JSON" 'cut.jsonl:1: not JSON' "$ranks" cut.jsonl
  refused "the first wrong line of many" 'wrong.jsonl:900:' "$ranks" \
    wrong.jsonl
  refused "nothing but empty texts" 'nothing to write' "$ranks" empty.jsonl
  refused "a truncated .gz" 'cut.jsonl.gz is truncated' "$ranks" cut.jsonl.gz
  # The lines before the damage is seen may be wrong, or look right.
  refused "a damaged .gz" 'bent.jsonl.gz is damaged' "$ranks" bent.jsonl.gz \
    tokenize.on_error=skip
  refused "too few documents" 'too few' "$ranks" two.jsonl
  refused "an output directory without a parent" 'new/a' "$ranks" one.jsonl \
    data.directory=new/a
done
# Ranks that see other files under one name: shorter, or of other text alone.
cat >apart <<EOF
#!/bin/sh
cd "rank\${OMPI_COMM_WORLD_RANK:-\${PMI_RANK:-0}}" && exec $skillet "\$@"
EOF
chmod +x apart
mkdir rank0 rank1
cp plain/big.jsonl rank0/in.jsonl
for change in 3000q 's/words/Words/'; do
  sed "$change" rank0/in.jsonl >rank1/in.jsonl
  launch 2 ./apart tokenize data.directory="$(pwd)/new" in.jsonl >log 2>err
  status=$?
  if test $status -eq 2 && test ! -e new &&
    grep -q '^skillet: in.jsonl is not the same on all ranks' err; then
    ok "ranks with files of their own are refused ($change)"
  else
    not_ok "ranks with files of their own are refused ($change)" \
      "status $status: $(cat err)
$(ls new 2>&1)"
  fi
  rm -rf new
done

cannot_open='tokenizer.json: cannot be opened.*tokenizer.json'
refused "an unknown tokenizer" "tokenize.tokenizer.*: $cannot_open" 1 \
  one.jsonl tokenize.tokenizer=tokenizer.json
refused "a tokenizer of sentences alone" "skillet synth lego.; use bytes" 1 \
  one.jsonl tokenize.tokenizer=lego
refused "an unknown split" 'tokenize.split=tain' 1 one.jsonl \
  tokenize.split=tain
refused "two shares" 'three shares' 1 one.jsonl tokenize.split=0.5,0.5
refused "shares above 1" 'sum to 1' 1 one.jsonl tokenize.split=0.5,0.5,0.5
refused "an id above the vocabulary" 'tokenize.end_of_text=257' 1 \
  one.jsonl tokenize.end_of_text=257
refused "an id that is no number" 'tokenize.begin_of_text=<s>' 1 \
  one.jsonl tokenize.begin_of_text='<s>'
if test -s zstd/big.jsonl.zst; then
  refused "a truncated .zst" 'cut.jsonl.zst is truncated' 1 cut.jsonl.zst
  refused "a damaged .zst" 'bent.jsonl.zst is damaged' 1 bent.jsonl.zst
else
  skip "a truncated .zst" "no zstd here"
  skip "a damaged .zst" "no zstd here"
fi

# One run at a time.
if command -v flock >/dev/null; then
  mkdir out
  echo 'host elsewhere, process 7' >out/.lock
  for ranks in 1 2; do
    exec 8<out/.lock
    flock -n 8
    tokenize $ranks out one.jsonl tokenize.split=train 8<&-
    same "a directory that another run writes into is refused, $ranks ranks" \
      "2 skillet: another run is writing to out (host elsewhere, process 7)" \
      "$? $(sed -n '/^skillet: /s/): .*/)/p' err)"
    exec 8<&-
  done
  same "and left as it is" .lock "$(ls -A out)"
  made "the lock of a dead run does not count" 1 out one.jsonl \
    tokenize.split=train
  same "and no lock is left" one.train.h5 "$(ls -A out)"
  rm -rf out
else
  skip "one run at a time" "no flock here"
fi

# Shards take their names one after another; a directory in the way stops that.
for s in a b c; do
  printf '{"text": "new %s", "s": "%s"}\n' $s $s
done >abc.jsonl
sed 's/new/old/; p' abc.jsonl >old.jsonl
tokenize 1 whole abc.jsonl tokenize.skill=@s tokenize.split=train
for way in a b; do
  tokenize 1 out old.jsonl tokenize.skill=@s tokenize.split=train \
    tokenize.shard_size=5
  mkdir out/$way.train.h5
  cp -r out before
  tokenize 1 out abc.jsonl tokenize.skill=@s tokenize.split=train \
    tokenize.overwrite=yes
  same "a shard that cannot have its name fails the run ($way)" 1 $?
  if test $way = a; then
    check "the first one: all is as before" diff -r before out
  else
    check "a later one: it says what is where" grep -q \
      '1 of 3 shards are in place, the others are complete in out/\*.h5.tmp' \
      err
    mv out/b.train.h5.tmp out/c.train.h5.tmp "$TMPDIR" && rmdir out/b.train.h5
    for s in b c; do
      check "shard $s is whole" cmp $s.train.h5.tmp whole/$s.train.h5
    done
    check "and so is what has its name" cmp out/a.train.h5 whole/a.train.h5
    rm out/a.train.h5 && rm -r before/b.train.h5
    check "nothing old is lost" diff -r before out
  fi
  rm -rf out before
done

# The machine's failure: status 1, and what was there before is still there.
# A limit on file sizes acts as a full disk; MPI itself needs some room.
tokenize 1 out one.jsonl tokenize.split=train
cp -r out before
cat plain/big.jsonl plain/big.jsonl plain/big.jsonl >large.jsonl
tokenize 1 large large.jsonl tokenize.split=train
tokens=$(sed -n 's/.* tokens //p' log)
full_disk() { # WHERE BLOCKS PATTERN
  if (
    trap '' XFSZ
    ulimit -f "$2"
    exits 1 tokenize 1 out one.jsonl large.jsonl tokenize.overwrite=yes \
      tokenize.split=train
  ) && grep -q "$3" err; then
    ok "a full disk ends with status 1: $1"
  else
    not_ok "a full disk ends with status 1: $1" "$(cat log err)"
  fi
  check "and leaves the directory as it was" diff -r before out
}
full_disk "no room for the spool" 20000 'spool file in out cannot be written'
# The shard has its document offsets beyond the tokens, which are all there is
# in the spool.
full_disk "no room for a shard" $(((2 * tokens + 20000) / 512)) \
  'large.train.h5.tmp'

# Real text.
if test -d "$data/corpus" && command -v zstd >/dev/null; then
  rm -rf out
  made "the real corpus on 2 ranks" 2 out "$data/corpus"
  # Lines are {"text": "...", "meta": ...}; every escape in them is one byte.
  want=$(zstd -dcq "$data"/corpus/*.jsonl.zst | LC_ALL=C sed -E \
    's/^\{"text": "//; s/\\\\/./g; s/\\"/./g; s/", "meta": .*$//; s/\\././g' |
    tr -d '\n' | wc -c)
  same "its tokens are the bytes of its texts" "$want" \
    "$(awk '/ skill / { n += $NF } END { print n }' log)"
else
  skip "the real corpus on 2 ranks" "no corpus or no zstd here"
  skip "its tokens are the bytes of its texts" "no corpus or no zstd here"
fi
tap_done
