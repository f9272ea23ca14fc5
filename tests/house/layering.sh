#!/bin/sh
# The order of the directories, the homes of foreign headers, of `real` and of
# printing, and the names of symbols are those of the design.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
cd "$top_srcdir" || exit 99

sources() { # DIR...
  find "$@" -name '*.[ch]' -o -name '*.cu' -o -name '*.cuh' | LC_ALL=C sort
}

sources kernels mpi io src >"$TMPDIR/sources"
xargs awk -f tests/house/strip.awk <"$TMPDIR/sources" >"$TMPDIR/code"
stripped=$?

# code PATTERN: the lines of code, not of comments and texts, that match.
code() {
  grep -E "^[^:]*:[0-9]*:.*$1" "$TMPDIR/code"
}

# A search that does not run finds no offender, so each is shown to find what
# is there.
same "the code is searched to its last file" \
  "0 $(tail -n 1 "$TMPDIR/sources")" \
  "$stripped $(tail -n 1 "$TMPDIR/code" | cut -d: -f1)"
same "main() is found where it is" "src/launch.c src/main.c" \
  "$(code '(^|[^a-z_])main *\(' | cut -d: -f1 | tr '\n' ' ' | sed 's/ $//')"

includes() { # PATTERN: every include of it, as FILE:LINE:#include ...
  grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*$1" \
    kernels mpi io src --include='*.[ch]' --include='*.cu' --include='*.cuh'
}

may_use() { # DIR LOWER-DIR...
  dir=$1
  all=$(echo "$*" | tr ' ' '|')
  none "$dir includes only $*" "$(includes '"' | grep "^$dir/" |
    grep -vE "include +\"($all)/" | grep -vE '^src/.*"(config|revision)\.h"')"
}

lives_in() { # HEADER-PATTERN HOME
  none "<$1> is included only in $2" \
    "$(includes "[<\"]$1[>\"]" | grep -v "^$2")"
}

# Below each, what it may include: what comes before it in the list of
# doc/design.md.
may_use kernels/base
may_use kernels
may_use mpi kernels
may_use io mpi kernels/base
may_use io/text io kernels/base
may_use io/shards io/text io mpi kernels/base
may_use io/checkpoint io mpi kernels/base
may_use src io mpi kernels

within_src() { # ROOM LOWER-ROOM...
  room=$1
  all=$(echo "$*" | tr ' ' '|')
  none "src/$room includes of src/ only its top and $*" \
    "$(includes '"src/' | grep "^src/$room/" |
      grep -vE "\"src/([a-z_]*\.h|($all)/)")"
}

within_src skills
within_src model
within_src trainer skills model
within_src run skills model trainer
within_src synth skills
within_src tokenize
within_src inspect skills
within_src commands skills run synth tokenize inspect

same "includes are found" mpi/world.c \
  "$(includes '<mpi\.h>' | cut -d: -f1 | grep -x mpi/world.c)"
lives_in 'mpi\.h' mpi/
lives_in 'hdf5[_a-z]*\.h' 'io/h5[_a-z]*\.c'
lives_in 'cblas\.h' kernels/cpu/
lives_in 'jansson\.h' 'io/json[_a-z]*\.c'
lives_in 'utf8proc\.h' io/text/unicode.c
lives_in 'z(std|lib)\.h' io/lines.c
lives_in '(cuda|cublas)[_a-z0-9]*\.h' kernels/cuda/
lives_in 'nccl\.h' mpi/coll_nccl

per_program='^(kernels/|mpi/coll|src/model/|src/trainer/|src/run/)'
none "real stands only in kernels/, mpi/coll*, src/model, src/trainer and \
src/run" \
  "$(code '(^|[^A-Za-z0-9_."/])real([^A-Za-z0-9_."]|$)' |
    grep -vE "$per_program")"

# A struct with a `real` in it has another size in each program, so what is
# compiled once must not see one through any header.  One line a source of what
# it includes; words, as the compiler may have options.
grep '\.c$' "$TMPDIR/sources" >"$TMPDIR/compiled"
# shellcheck disable=SC2046,SC2086
${CC:-mpicc} -I. -MM -MG $(cat "$TMPDIR/compiled") >"$TMPDIR/rules"
same "the compiler tells what each source includes" \
  "0 $(wc -l <"$TMPDIR/compiled")" "$? $(grep -c '^[^ ].*:' "$TMPDIR/rules")"
sees_real() {
  sed -e ':more' -e '/\\$/{N;s/\\\n//;b more' -e '}' "$TMPDIR/rules" |
    grep -E ' kernels/real\.h( |$)' | awk '{ print $2 }'
}
same "model/block.c sees real.h" src/model/block.c \
  "$(sees_real | grep -x src/model/block.c)"
none "nothing that is compiled once sees real.h" \
  "$(sees_real | grep -vE "$per_program")"

# What the user got wrong is a problem that climbs, so that a team of ranks can
# fail and the others go on.
ends='(^|[^A-Za-z0-9_])(refuse|refuse_if|exit|_exit|MPI_Abort) *\('
none "only commands/, main.c and launch.c refuse or exit, and the watchdog" \
  "$(code "$ends" | grep -E '^(io|src)/' |
    grep -vE '^src/(commands/[a-z]*|main|launch|run/watchdog)\.c:')"
none "a trainer knows no log, no run and no signals" \
  "$(code '(log_(line|warning|progress|error)|signal|directory_)' |
    grep '^src/trainer/')"

prints='(stdout|stderr|[^A-Za-z0-9_]v?printf *\(|'
prints="$prints"'[^A-Za-z0-9_](puts|putchar|perror) *\()'
none "only src/log.c, kernels/base/check.c and mpi/refuse.c print" \
  "$(code "$prints" |
    grep -vE '^(src/log|kernels/base/check|mpi/refuse)\.c:')"

none "nothing in src/ but main.c knows the world" \
  "$(code '(group_world|world_start|world_stop) *\(' |
    grep '^src/' | grep -v '^src/main\.c:')"

none "io/ returns what the user got wrong" \
  "$(code '(^|[^A-Za-z0-9_])refuse(_if)? *\(' | grep '^io/')"

none "no file has 500 lines" "$(sources kernels mpi io src tests |
  xargs wc -l | awk '$2 != "total" && $1 >= 500')"
tap_done
