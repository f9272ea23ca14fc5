#!/bin/sh
# The name of every public symbol begins with the name of its file.  Four
# families have a prefix of their own: the operations of kernels/, the commands,
# what coll_nccl.c and coll_none.c both are, and die() of check.c.
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
tap_done
