#!/bin/sh
# What `make install` puts into a stage runs from there and from wherever it is
# moved, and `make uninstall` leaves nothing behind.
# shellcheck source=tests/lib/tap.sh
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
stage=$TMPDIR/stage

# The outer make's jobs and overridden variables are not for this one.
install_make() { # TARGET
  (unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
    cd "$top_builddir" && make -s "$1" DESTDIR="$stage")
}

check "installs into a stage" install_make install
check "one command is for users" test \
  "$(cd "$stage" && find . -path '*/bin/*' |
  sed 's,.*/,,')" = skillet

none "no simulation of a GPU is installed" "$(find "$stage" -name '*sim*')"

# The prefix of the stage, without the stage.
launcher=$(find "$stage" -path '*/bin/skillet')
prefix=${launcher%/bin/skillet}
programs=$prefix/libexec/skillet
if test -d "$programs"; then
  check "the staged command runs" "$launcher" --version
  # Were another installation found instead, these would not speak.
  mkdir "$TMPDIR/moved" &&
    cp -R "$prefix/bin" "$prefix/libexec" "$TMPDIR/moved/"
  for program in "$TMPDIR"/moved/libexec/skillet/*; do
    printf '#!/bin/sh\necho moved %s\n' "${program##*/}" >"$program"
  done
  same "a moved command starts the program that moved with it" \
    "moved skillet-cpu-double" \
    "$("$TMPDIR/moved/bin/skillet" train train.precision=double)"
else
  skip "a moved installation runs" "bin and libexec are apart here"
fi

check "uninstalls" install_make uninstall
none "nothing is left" "$(find "$stage" ! -type d)"
tap_done
