#!/bin/sh
# usage: version.sh DIR [revision]
# The version of the source tree at DIR, or its git revision: what a release
# recorded, else what git says, without taking git's lock.
dir=${1:-.}
what=${2:-version}

if test -f "$dir/.tarball-$what"; then
  found=$(cat "$dir/.tarball-$what")
elif test ! -e "$dir/.git"; then
  found=
elif test "$what" = revision; then
  found=$(git --no-optional-locks -C "$dir" describe --always --dirty \
    --abbrev=12 --exclude '*' 2>/dev/null)
else
  found=$(git --no-optional-locks -C "$dir" describe --tags --match 'v[0-9]*' \
    --dirty --abbrev=8 2>/dev/null)
fi
case $what in
  version) none=0.1.0 ;;
  *) none=unknown ;;
esac
found=${found:-$none}
printf '%s\n' "${found#v}"
