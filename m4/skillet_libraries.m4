# The libraries.  Each is found by linking a call.

# Serial HDF5 will do as well as a parallel one: no data goes through MPI-IO.
AC_DEFUN([SKILLET_WITH_HDF5], [
  AC_ARG_VAR([H5CC], [HDF5 compiler wrapper, asked for its flags if
    pkg-config does not know HDF5])
  AC_CHECK_PROGS([H5CC], [h5cc h5pcc])
  SKILLET_NEED([hdf5], [HDF5], [HDF5 1.10 or later],
    [hdf5-openmpi hdf5-mpi hdf5 hdf5-serial], [-lhdf5],
    [AS_IF([test -n "$H5CC"], [
      skillet_cflags= skillet_libs=
      for skillet_word in `$H5CC -show`; do
        AS_CASE([$skillet_word],
          [-I*|-D*], [AS_VAR_APPEND([skillet_cflags], [" $skillet_word"])],
          [-L*|-l*|-Wl,*|*.a|*.so],
            [AS_VAR_APPEND([skillet_libs], [" $skillet_word"])])
      done
      AS_CASE([$skillet_libs], [*hdf5.*|*-lhdf5*], [],
        [skillet_libs="-lhdf5 $skillet_libs"])
      SKILLET_CANDIDATE([$skillet_cflags], [$skillet_libs])])],
    [[#include <hdf5.h>
#if !H5_VERSION_GE(1, 10, 0)
#error HDF5 1.10 is needed
#endif]], [[H5open();]], [libhdf5-$skillet_mpi-dev], [hdf5])
])

# The module blas first: where it has CBLAS it is the machine's choice (as by
# Debian's alternatives), and the BLAS that ScaLAPACK is linked with.
AC_DEFUN([SKILLET_WITH_BLAS], [
  SKILLET_NEED([blas], [BLAS], [a BLAS with cblas.h],
    [blas openblas blis cblas], [-lopenblas -lblis -lcblas -lblas], [],
    [[#include <cblas.h>]],
    [[float a = 1, c = 0;
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 1, 1, 1, a, &a, 1,
                  &a, 1, 0.f, &c, 1);]], [libopenblas-dev], [openblas])
  AS_IF([test "$with_blas" = yes], [SKILLET_REFUSE_REFERENCE_BLAS])
])

# Many systems have the reference BLAS by default: it links, and a step takes
# fifty times as long.  Its CBLAS has the variable RowMajorStrg; BLIS carries
# that part of it too.
AC_DEFUN([SKILLET_REFUSE_REFERENCE_BLAS], [
  AC_MSG_CHECKING([whether that is the reference BLAS])
  skillet_save_LIBS=$LIBS skillet_reference=no
  LIBS="$BLAS_LIBS $LIBS"
  AC_LINK_IFELSE([AC_LANG_PROGRAM([[extern int RowMajorStrg;]],
    [[return RowMajorStrg;]])], [skillet_reference=yes])
  AC_LINK_IFELSE([AC_LANG_PROGRAM([[void bli_init(void);]], [[bli_init();]])],
    [skillet_reference=no])
  LIBS=$skillet_save_LIBS
  AC_MSG_RESULT([$skillet_reference])
  AS_IF([test $skillet_reference = yes],
    [SKILLET_MISS([an optimised BLAS: $BLAS_LIBS is the reference BLAS and dnl
some 50 times slower (--with-blas=LIBS takes any)],
      [libopenblas-dev], [openblas])])
])

# ScaLAPACK has no header.
AC_DEFUN([SKILLET_WITH_SCALAPACK], [
  skillet_without_blas=$LIBS
  LIBS="$BLAS_LIBS $LIBS"
  SKILLET_NEED([scalapack], [SCALAPACK], [ScaLAPACK],
    [scalapack-openmpi scalapack-mpich scalapack],
    [-lscalapack-openmpi -lscalapack-mpich -lscalapack], [],
    [[void pdsyevr_(void);
void Cblacs_gridinit(int *context, char *order, int rows, int columns);]],
    [[int context = 0;
      Cblacs_gridinit(&context, "R", 1, 1);
      pdsyevr_();]], [libscalapack-$skillet_mpi-dev], [netlib-scalapack])
  LIBS=$skillet_without_blas
])

AC_DEFUN([SKILLET_WITH_TEXT_LIBRARIES], [
  SKILLET_NEED([jansson], [JANSSON], [jansson], [jansson], [-ljansson], [],
    [[#include <jansson.h>]], [[json_decref(json_object());]],
    [libjansson-dev], [jansson])
  SKILLET_NEED([zstd], [ZSTD], [zstd], [libzstd], [-lzstd], [],
    [[#include <zstd.h>]], [[return (int)ZSTD_versionNumber();]],
    [libzstd-dev], [zstd])
  SKILLET_NEED([zlib], [ZLIB], [zlib], [zlib], [-lz], [],
    [[#include <zlib.h>]], [[return !zlibVersion();]],
    [zlib1g-dev], [zlib])
  SKILLET_NEED([utf8proc], [UTF8PROC], [utf8proc], [libutf8proc],
    [-lutf8proc], [],
    [[#include <utf8proc.h>]], [[return !utf8proc_unicode_version();]],
    [libutf8proc-dev], [utf8proc])
])
