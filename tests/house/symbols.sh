#!/bin/sh
# The name of every public symbol begins with the name of its file.  Four
# families have a prefix of their own: the operations of kernels/, the
# commands, what coll_nccl.c and coll_none.c both are, and die() of check.c.
#
# So do the tags of structs, enums and unions in headers, or with one of the
# things that the file is named after: struct merge is in merges.h.  No tag
# means two things.  Sources of CUDA mirror those of kernels/cpu and are left
# out.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
cd "$top_builddir" || exit 99

# foreign LIBRARY PREFIXES: the symbols whose names begin otherwise.
foreign() {
  "${NM:-nm}" -g --defined-only "$1" | awk -v family="$2" '
    /:$/    { file = $0; sub(/\.o:$/, "", file); sub(/^lib.*_a-/, "", file)
              sub(/\..*/, "", file) }
    NF == 3 { name = file == "check" ? "die" : file
              if ($3 != name && index($3, name "_") != 1 &&
                  !in_family($3))
                print $3 " in " file ".c" }
    function in_family(symbol,   i, n, prefix) {
      n = split(family, prefix, " ")
      for (i = 1; i <= n; i++)
        if (index(symbol, prefix[i]) == 1)
          return 1
      return 0
    }'
}

for library in kernels/*/lib*.a mpi/lib*.a io/lib*.a io/*/lib*.a src/lib*.a \
  src/*/lib*.a; do
  case $library in
    src/libgpusim-*) continue ;; # CUDA's own names
    src/lib*-*.a) family='op_ coll_direct_' ;;
    src/commands/*) family=command_ ;;
    *) family='' ;;
  esac
  if test -z "$("${NM:-nm}" -g --defined-only "$library")"; then
    not_ok "$library" "it has no symbols"
  else
    none "$library" "$(foreign "$library" "$family" | grep -v '^__')"
  fi
done

# Tags that begin otherwise.
cat >"$TMPDIR/exceptions" <<'END'
kernels/tensor.h mat
kernels/tensor.h wide_mat
mpi/comm.h group
END
# mat and wide_mat are as common, and as short, as real and wide.  group.h
# declares struct group, whose members mpi/ alone may see.

# tags FILE...: each with the file that defines it.
tags() {
  awk 'match($0, /(^|[^a-z_0-9])(struct|enum|union) [a-z_0-9]+ \{/) {
         n = split(substr($0, RSTART, RLENGTH), word, " ")
         print FILENAME, word[n - 1]
       }' "$@" | sort -u
}

cd "$top_srcdir" || exit 99
find kernels mpi io src -name '*.h' >"$TMPDIR/headers"
find kernels mpi io src -name '*.[ch]' >"$TMPDIR/sources"
# shellcheck disable=SC2046
tags $(cat "$TMPDIR/headers") >"$TMPDIR/public"
same "tags are found" "mpi/comm.h group" \
  "$(grep '^mpi/comm\.h' "$TMPDIR/public")"
none "tags in headers begin with the header's name" \
  "$(awk '{ name = $1; sub(/.*\//, "", name); sub(/\.h$/, "", name)
            sub(/s$/, "", name); if (index($2, name) != 1) print }' \
    "$TMPDIR/public" | grep -vxFf "$TMPDIR/exceptions")"
# shellcheck disable=SC2046
none "no tag is defined in two files" "$(tags $(cat "$TMPDIR/sources") |
  awk '{ n[$2]++; files[$2] = files[$2] " " $1 }
       END { for (tag in n) if (n[tag] > 1) print tag ":" files[tag] }' |
  sort)"
tap_done
