# SKILLET_PROG_MPICC: the C compiler is MPI's wrapper, unless the user set CC.
# To be called before AC_PROG_CC.
AC_DEFUN([SKILLET_PROG_MPICC], [
  AC_BEFORE([$0], [AC_PROG_CC])
  AC_ARG_VAR([MPICC], [MPI C compiler wrapper, CC if that is not set])
  AS_IF([test -z "$CC"], [
    AC_CHECK_PROGS([MPICC], [mpicc mpiicx mpiicc mpicc.openmpi mpicc.mpich cc])
    CC=$MPICC])
])

# SKILLET_WITH_MPI: CC links MPI-3.  Only make check needs a launcher: containers
# that build and login nodes may have none.
AC_DEFUN([SKILLET_WITH_MPI], [
  AC_ARG_VAR([MPIEXEC], [MPI launcher that make check calls as MPIEXEC MPIEXEC_FLAGS -n RANKS PROGRAM])
  AC_ARG_VAR([MPIEXEC_FLAGS], [options of MPIEXEC])
  AC_MSG_CHECKING([whether $CC links MPI-3 programs])
  AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <mpi.h>
#if MPI_VERSION < 3
#error MPI 3 is needed
#endif]], [[MPI_Init(0, 0);]])], [AC_MSG_RESULT([yes])], [
    AC_MSG_RESULT([no])
    SKILLET_MISS([an MPI-3 C compiler (set CC to its wrapper)],
                 [libopenmpi-dev], [openmpi])])
  AC_CHECK_PROGS([MPIEXEC], [mpirun mpiexec srun])
  AS_IF([test -z "$MPIEXEC"],
    [AC_MSG_WARN([no MPI launcher: make check will need MPIEXEC])])
])
