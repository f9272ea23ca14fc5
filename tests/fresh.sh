#!/bin/sh
# On an empty Debian both commands of the README run, and bootstrap mends every
# machine that has some of the packages.  The last commit is what is tested.
# Needs root, debootstrap, a way to Debian's packages and 2 GB under $TMPDIR;
# takes 20 minutes on two cores.
#   SKILLET_DEBIAN_SUITE    default bookworm
#   SKILLET_DEBIAN_MIRROR   default debootstrap's own
#   SKILLET_FRESH_STATES    packages to install alone, default all those below
: "${top_srcdir:=$(cd "$(dirname "$0")/.." && pwd)}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"

: "${SKILLET_DEBIAN_SUITE:=bookworm}"
: "${SKILLET_FRESH_STATES:=make gcc libc6-dev g++ clang autoconf automake \
pkg-config openmpi-bin libopenmpi-dev mpich libmpich-dev libhdf5-dev \
libhdf5-openmpi-dev hdf5-tools libblas-dev libopenblas-dev \
libscalapack-openmpi-dev libscalapack-mpich-dev libjansson-dev libzstd-dev \
zlib1g-dev libutf8proc-dev procps shellcheck}"
libraries="libopenmpi-dev libhdf5-openmpi-dev libopenblas-dev \
libscalapack-openmpi-dev libjansson-dev libzstd-dev zlib1g-dev libutf8proc-dev"

base=$TMPDIR/base
debs=$TMPDIR/debs # what apt-get fetched
out=$TMPDIR/out   # what the last command printed

skip_all() {
  skip "an empty Debian" "$1"
  tap_done
  exit 0
}

test "$(id -u)" -eq 0 || skip_all "only root can make one"
command -v debootstrap >/dev/null || skip_all "no debootstrap here"
test -e "$top_srcdir/.git" || skip_all "no git tree here"
unshare --mount --pid --fork --kill-child true 2>/dev/null ||
  skip_all "no namespaces here"

# Only what runs inside sees its mounts, and they end with it: here the scratch
# directory has none that its removal could follow.
inside_pid=
leave() {
  if test -n "$inside_pid"; then
    kill -KILL "$inside_pid" 2>/dev/null # unshare ignores SIGTERM
    wait
  fi
  rm -rf "$TMPDIR"
}
trap leave EXIT

# inside SHELL-COMMAND: on the machine, in /skillet, as root, with an empty
# environment.  In the background, because only `wait` heeds signals.
inside() {
  # $1, ... are those of the inner shell.
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child sh -c '
    mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" &&
      mount --rbind /sys "$1/sys" &&
      mount --bind "$2" "$1/var/cache/apt/archives" || exit 99
    root=$1
    shift 2
    exec chroot "$root" /usr/bin/env -i "$@"' sh "$machine" "$debs" \
    HOME=/root PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    ${http_proxy:+http_proxy="$http_proxy"} \
    ${https_proxy:+https_proxy="$https_proxy"} \
    sh -c "cd /skillet && { $1
    }" </dev/null >"$out" 2>&1 &
  inside_pid=$!
  wait "$inside_pid"
  inside_status=$?
  inside_pid=
  return "$inside_status"
}

# An empty Debian and the tree.  Nothing of it has to survive a power failure,
# so dpkg need not wait for disks.
make_base() {
  machine=$base
  mkdir -p "$debs/partial" &&
    debootstrap --variant=minbase "$SKILLET_DEBIAN_SUITE" "$base" \
      ${SKILLET_DEBIAN_MIRROR:+"$SKILLET_DEBIAN_MIRROR"} >"$out" 2>&1 &&
    git clone -q "file://$top_srcdir" "$base/skillet" >"$out" 2>&1 &&
    cp /etc/resolv.conf /etc/hosts "$base/etc" &&
    echo force-unsafe-io >"$base/etc/dpkg/dpkg.cfg.d/fresh" &&
    inside 'apt-get update -qq'
}

# new_machine PACKAGE...: has these and the tree.
new_machine() {
  machine=$TMPDIR/machine
  rm -rf "$machine"
  cp -a "$base" "$machine" && add_packages "$@"
}

add_packages() {
  test $# -eq 0 || inside "DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends $*"
}

# calls: how often what was printed last asks for packages.
calls() {
  grep -c '^bootstrap: apt-get update && ' "$out"
}

# says NAME WANT PATTERN COMMAND: the COMMAND fails, and prints a line like
# PATTERN (of sed) with WANT in \(.*\).
says() {
  if inside "$4"; then
    not_ok "$1" "status 0: $(tail -n 5 "$out")"
  else
    same "$1" "$2" "$(sed -n "s|^$3\$|\\1|p" "$out")"
  fi
}

# mended STATE: bootstrap asks for packages at most twice; then compiler and
# launcher, as configure found them, run a program on two ranks that know of
# each other.
mended() {
  if ! inside './bootstrap configure'; then
    not_ok "$1" "$(tail -n 15 "$out")"
    return
  fi
  asked=$(calls)
  cat >"$machine/root/ranks.c" <<'END'
#include <mpi.h>
#include <stdio.h>
int main(void)
{
    int ranks;
    MPI_Init(0, 0);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    printf("of %d\n", ranks);
    return MPI_Finalize();
}
END
  # The shell inside expands it.
  # shellcheck disable=SC2016
  inside 'CC=$(sed -n "s/^CC = //p" Makefile)
    MPIEXEC=$(sed -n "s/^MPIEXEC = //p" Makefile)
    . tests/lib/launch.sh
    $CC /root/ranks.c -o /root/ranks && launch 2 /root/ranks'
  if test "$asked" -le 2 && test "$(grep -cx 'of 2' "$out")" -eq 2; then
    ok "$1: mended with calls of apt-get: $asked"
  else
    not_ok "$1: calls of apt-get: $asked" "$(cat "$out")"
  fi
}

if ! make_base; then
  not_ok "an empty Debian" "$(tail -n 15 "$out")"
  tap_done
  exit 0
fi

for package in $SKILLET_FRESH_STATES; do
  if new_machine "$package"; then
    mended "$package alone"
  else
    not_ok "$package alone is installed" "$(tail -n 5 "$out")"
  fi
done

# What bootstrap cannot mend, it names.
new_machine
says "another user sees all that root has to install" \
  "make gcc libc6-dev pkg-config autoconf automake $libraries" \
  'bootstrap: apt-get update && apt-get install .*recommends \(.*\)' \
  'chroot --userspec=nobody / sh -c "cd /skillet && ./bootstrap"'

automake=/usr/local/bin/automake
printf '#!/bin/sh\necho "automake (GNU automake) 1.13.4"\n' \
  >"$machine$automake" && chmod +x "$machine$automake"
says "an old automake that hides Debian's is named" "$automake" \
  'bootstrap: \([^ ]*\) is too old or does not work, .*' \
  './bootstrap configure'
rm "$machine$automake"
mended "that machine without it"
inside './bootstrap configure'
same "a machine that has all is asked for nothing" 0 "$(calls)"

# configure alone names packages too, all in one run.
new_machine make gcc autoconf automake openmpi-bin
inside 'autoreconf -fi'
says "configure without headers of the C library" "gcc libc6-dev" \
  ' *debian: *\(.*\)' ./configure
add_packages libc6-dev
says "configure with a wrapper that has nothing to link" "$libraries" \
  ' *debian: *\(.*\)' ./configure
says "configure with that wrapper as CC" "$libraries" \
  ' *debian: *\(.*\)' './configure CC=mpicc'

# The two commands.
new_machine
if inside './bootstrap demo'; then
  same "./bootstrap demo asks for all packages in one go" 1 "$(calls)"
else
  not_ok "./bootstrap demo" "$(tail -n 15 "$out")"
fi
cp "$out" "$TMPDIR/demo"
none "its tables are README's" "$(SKILLET_DEMO_OUTPUT=$TMPDIR/demo \
  sh "$top_srcdir/tests/commands/demo.sh" | grep -v '^ok\|^1\.\.2$')"

inside 'TESTS="tests/commands/checkpoint.sh tests/commands/cli.sh
  tests/commands/synth.sh tests/house/format.sh tests/house/shell.sh
  tests/cudasim/cudasim.sh tests/kernels/test_gemm-cpu-double" \
  ./bootstrap check'
same "./bootstrap check" 0 "$?"
same "./bootstrap check asks for all packages in one go" 1 "$(calls)"
grep -E '^(FAIL|SKIP|ERROR): |^ok .* # SKIP' "$out" >"$TMPDIR/bad"
same "no test fails or is skipped" "0 failed, 0 skipped" \
  "$(sed -n '$s/^[1-9][0-9]* passed, //p' "$out" && cat "$TMPDIR/bad")"
tap_done
