#!/bin/sh
# The name of every public symbol begins with the name of its file.  Four
# families have a prefix of their own: the operations of kernels/, the commands,
# what coll_nccl.c and coll_none.c both are, and die() of check.c.
# shellcheck source=tests/lib.sh
. "${top_srcdir:-$(dirname "$0")/..}/tests/lib.sh"
cd "$top_builddir" || exit 99

# foreign LIBRARY FAMILY: the symbols whose names begin otherwise.
foreign() {
  "${NM:-nm}" -g --defined-only "$1" | awk -v family="$2" '
    /:$/    { file = $0; sub(/\.o:$/, "", file); sub(/^lib.*_a-/, "", file)
              sub(/-gpu-[a-z0-9]*$/, "", file) }
    NF == 3 { name = file == "check" ? "die" : file
              if ($3 != name && index($3, name "_") != 1 &&
                  !(family && index($3, family) == 1))
                print $3 " in " file ".c" }'
}

for library in kernels/lib*.a mpi/lib*.a io/lib*.a src/lib*.a; do
  case $library in
    kernels/*) family=op_ ;;
    mpi/libcoll*) family=coll_direct_ ;;
    src/libcommands.a) family=command_ ;;
    *) family='' ;;
  esac
  if test -z "$("${NM:-nm}" -g --defined-only "$library")"; then
    not_ok "$library" "it has no symbols"
  else
    none "$library" "$(foreign "$library" "$family" | grep -v '^__')"
  fi
done
tap_done
