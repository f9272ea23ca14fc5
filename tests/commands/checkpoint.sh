#!/bin/sh
# Other programs read a checkpoint: h5dump lists every name with its type and
# shape, and finds the same bytes under both names of an item.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
h5dump=$(command -v h5dump)
if test -z "$h5dump"; then
  skip "h5dump reads a checkpoint" "no h5dump here"
  tap_done
  exit
fi

check "two ranks write a checkpoint" \
  launch 2 "$top_builddir/tests/commands/make_checkpoint" "$TMPDIR"
file=$TMPDIR/checkpoint-00000042.h5

# NAME TYPE SHAPE of every dataset.
for name in $("$h5dump" -n "$file" | awk '$1 == "dataset" { print $2 }'); do
  "$h5dump" -H -d "$name" "$file" | awk -v name="$name" '
    $1 == "DATATYPE"  { type = $2 }
    $1 == "STRSIZE"   { type = "text-" ($2 + 0) }
    $1 == "DATASPACE" { sub(/.*SIMPLE \{ \( /, ""); sub(/ \).*/, "")
                        print name, type, $0 }'
done >"$TMPDIR/list"
check "h5dump lists every item, its alias and the sums" \
  diff - "$TMPDIR/list" <<'END'
/an.alias.before.its.name H5T_IEEE_F32LE 13
/data/fingerprints H5T_STD_U64LE 3, 2
/files/tokenizer.json H5T_STD_U8LE 4099
/mixture/cursors H5T_STD_I64LE 5
/mixture/ids H5T_STD_U32LE 9
/model/embed.weight H5T_IEEE_F32LE 57, 13
/model/half H5T_STD_U16LE 101, 7
/model/norm.weight H5T_IEEE_F32LE 13
/model/one H5T_IEEE_F32LE 1
/model/twin H5T_IEEE_F32LE 57, 13
/names/train text-65 3
/optimizer/m/embed.weight H5T_IEEE_F64LE 57, 13
/optimizer/master/embed.weight H5T_IEEE_F32LE 57, 13
/settings text-1234 1
/sums H5T_STD_U64LE 12
END

bytes_of() { # NAME OUTPUT
  "$h5dump" -d "$1" -b LE -o "$TMPDIR/$2" "$file" >"$TMPDIR/said"
}
check "h5dump reads an item" bytes_of /model/embed.weight one
check "and its alias" bytes_of /optimizer/master/embed.weight two
check "which are the same bytes" cmp "$TMPDIR/one" "$TMPDIR/two"
place=$("$h5dump" -p -H -d /model/embed.weight "$file" |
  awk '$1 == "OFFSET" { print $2 }')
tail -c +$((place + 1)) "$file" | head -c 2964 >"$TMPDIR/here"
check "and stand where it says" cmp "$TMPDIR/one" "$TMPDIR/here"
tap_done
