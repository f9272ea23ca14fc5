# SKILLET_WITH_CUDA: --with-cuda and --with-nccl.  They check the compiler, headers
# and libraries of the GPU programs and set skillet_cuda for the summary.
AC_DEFUN([SKILLET_WITH_CUDA], [
  AC_ARG_WITH([cuda], [AS_HELP_STRING([--with-cuda@<:@=DIR@:>@],
    [check the CUDA toolkit at DIR; the GPU programs are not built yet @<:@no@:>@])],
    [], [with_cuda=no])
  AC_ARG_WITH([nccl], [AS_HELP_STRING([--with-nccl=DIR],
    [NCCL for --with-cuda @<:@the CUDA toolkit's directory@:>@])],
    [], [with_nccl=])
  AC_ARG_VAR([NVCC], [CUDA compiler])
  skillet_cuda='no GPU program (not built yet)'
  AS_IF([test "x$with_cuda" != xno], [SKILLET_WITH_CUDA_TOOLKIT])
])

AC_DEFUN([SKILLET_WITH_CUDA_TOOLKIT], [
  AS_CASE([$with_cuda],
    [yes], [skillet_dir=${CUDA_HOME-/usr/local/cuda}
      skillet_path=$skillet_dir/bin$PATH_SEPARATOR$PATH],
    [skillet_dir=$with_cuda skillet_path=$skillet_dir/bin])
  AC_PATH_PROG([NVCC], [nvcc], [], [$skillet_path])
  AS_IF([test -z "$NVCC"],
    [SKILLET_MISS([nvcc (--with-cuda=DIR, or set NVCC)], [], [cuda])])
  CUDA_CFLAGS="-I$skillet_dir/include" CUDA_LIBS=
  for skillet_dir in "$with_nccl" "$skillet_dir"; do
    AS_IF([test "x$skillet_dir" = x || test "x$skillet_dir" = xyes], [continue])
    AS_IF([test -d "$skillet_dir/lib64"], [skillet_lib=$skillet_dir/lib64],
          [skillet_lib=$skillet_dir/lib])
    CUDA_CFLAGS="-I$skillet_dir/include $CUDA_CFLAGS"
    AS_VAR_APPEND([CUDA_LIBS], [" -L$skillet_lib -Wl,-rpath,$skillet_lib"])
  done
  AS_VAR_APPEND([CUDA_LIBS], [" -lnccl -lcublas -lcudart"])
  skillet_save_CPPFLAGS=$CPPFLAGS skillet_save_LIBS=$LIBS
  CPPFLAGS="$CPPFLAGS $CUDA_CFLAGS" LIBS="$CUDA_LIBS $LIBS"
  AC_MSG_CHECKING([for the CUDA runtime, cuBLAS and NCCL])
  AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <cuda_runtime.h>
#include <cublas_v2.h>
#include <nccl.h>]], [[int n;
    cublasHandle_t blas;
    ncclUniqueId id;
    cudaGetDeviceCount(&n);
    cublasCreate(&blas);
    ncclGetUniqueId(&id);]])], [
    AC_MSG_RESULT([yes])
    skillet_cuda="found by $NVCC, but GPU programs are not built yet"], [
    AC_MSG_RESULT([no])
    SKILLET_MISS([the CUDA runtime, cuBLAS or NCCL (--with-cuda=DIR, --with-nccl=DIR)],
                 [], [cuda nccl])])
  CPPFLAGS=$skillet_save_CPPFLAGS LIBS=$skillet_save_LIBS
])
