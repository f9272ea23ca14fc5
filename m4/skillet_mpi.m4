# SKILLET_PROG_MPICC: the C compiler is the first of MPI's wrappers that links,
# unless the user set CC.  A wrapper may be there without its libraries, as
# Debian's is beside a launcher: a plain compiler then looks for all else.
# Sets skillet_half, the wrapper that does not link; skillet_mpi, the MPI as
# Debian's packages name it; and skillet_mpi_packages.  To be called before
# AC_PROG_CC, which ends configure where its compiler does not link, and names
# no package.
AC_DEFUN([SKILLET_PROG_MPICC], [
  AC_BEFORE([$0], [AC_PROG_CC])
  AC_ARG_VAR([MPICC], [MPI C compiler wrapper, CC if that is not set])
  skillet_given=${CC:-$MPICC} skillet_half= CC=
  AS_IF([test -n "$skillet_given"],
    [SKILLET_LINKS([$skillet_given], [CC=$skillet_given],
                   [skillet_half=$skillet_given])],
    [for skillet_name in mpicc mpiicx mpiicc mpicc.openmpi mpicc.mpich cc; do
       AS_IF([command -v $skillet_name >/dev/null 2>&1],
         [SKILLET_LINKS([$skillet_name], [CC=$skillet_name],
                        [skillet_half=${skillet_half:-$skillet_name}])])
       test -z "$CC" || break
     done])
  SKILLET_MPI_KIND
  AS_IF([test -z "$CC"], [SKILLET_PLAIN_CC],
    [test -n "$skillet_half"],
    [AC_MSG_WARN([$skillet_half does not link, so it is $CC])])
])

# Every wrapper answers -show; where there is none, a launcher may be.
AC_DEFUN([SKILLET_MPI_KIND], [
  skillet_mpi=openmpi
  skillet_show=`{ $CC -show || $skillet_half -show || mpirun --version; } \
    2>/dev/null`
  AS_CASE([$skillet_show], [*mpich*|*HYDRA*], [skillet_mpi=mpich])
  skillet_mpi_packages=lib$skillet_mpi-dev
  AS_CASE([$skillet_show],
    ['gcc '*], [command -v gcc >/dev/null 2>&1 ||
                skillet_mpi_packages="gcc $skillet_mpi_packages"])
])

# SKILLET_LINKS(COMPILER, IF-YES, IF-NO): does COMPILER make programs, with the
# headers of the C library?  Once more without the user's flags: where these
# are wrong, AC_PROG_CC says so.
AC_DEFUN([SKILLET_LINKS], [
  AC_MSG_CHECKING([whether $1 links programs])
  AS_ECHO(["@%:@include <stdio.h>
int main(void) { return puts(\"\") < 0; }"]) >conftest.c
  AS_IF([{ $1 $CPPFLAGS $CFLAGS $LDFLAGS conftest.c -o conftest $LIBS ||
           $1 conftest.c -o conftest; } >&AS_MESSAGE_LOG_FD 2>&1],
    [AC_MSG_RESULT([yes])
     $2],
    [AC_MSG_RESULT([no])
     $3])
  rm -f conftest.c conftest
])

AC_DEFUN([SKILLET_PLAIN_CC], [
  for skillet_name in cc gcc clang; do
    SKILLET_LINKS([$skillet_name], [CC=$skillet_name])
    test -z "$CC" || break
  done
  AS_IF([test -z "$CC"], [
    SKILLET_MISS([a C compiler with its headers, to look for anything else],
                 [gcc libc6-dev], [gcc])
    SKILLET_REPORT_MISSING])
])

# SKILLET_WITH_MPI: CC links MPI-3, and is the one that the user gave.  Only
# make check needs a launcher: containers that build and login nodes may have
# none.  Debian's wrapper mpicc.mpich has its launcher mpirun.mpich.
AC_DEFUN([SKILLET_WITH_MPI], [
  AC_ARG_VAR([MPIEXEC],
    [MPI launcher: make check runs MPIEXEC MPIEXEC_FLAGS -n RANKS PROGRAM])
  AC_ARG_VAR([MPIEXEC_FLAGS], [options of MPIEXEC])
  AC_MSG_CHECKING([whether ${skillet_given:-$CC} links MPI-3 programs])
  skillet_found=no
  AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <mpi.h>
#if MPI_VERSION < 3
#error MPI 3 is needed
#endif]], [[MPI_Init(0, 0);]])], [skillet_found=yes])
  test -z "$skillet_given" || test -z "$skillet_half" || skillet_found=no
  AC_MSG_RESULT([$skillet_found])
  AS_IF([test $skillet_found = no],
    [SKILLET_MISS(
       [an MPI-3 C compiler: ${skillet_half:-$CC} does not link (set CC)],
       [$skillet_mpi_packages], [$skillet_mpi])])
  AS_CASE([$CC], [*mpicc.*], [skillet_launcher=mpirun.${CC@%:@@%:@*mpicc.}],
          [skillet_launcher=])
  AC_CHECK_PROGS([MPIEXEC], [$skillet_launcher mpirun mpiexec srun])
  AS_IF([test -z "$MPIEXEC"],
    [AC_MSG_WARN([no MPI launcher: make check will need MPIEXEC])])
])
