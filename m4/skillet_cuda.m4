# SKILLET_WITH_CUDA: --with-cuda, --with-cuda-arch and --with-nccl.  Sets NVCC,
# NVCC_FLAGS, CUDA_CFLAGS and CUDA_LIBS for the GPU programs, the conditionals
# CUDA and NCCL, and skillet_cuda for the summary.  The driver's libcuda is
# never linked: a program must start, and say so, where there is none.  To be
# called after AC_PROG_CXX.
AC_DEFUN([SKILLET_WITH_CUDA], [
  AC_ARG_WITH([cuda], [AS_HELP_STRING([--with-cuda@<:@=DIR@:>@],
    [build the GPU programs with the CUDA toolkit at DIR
     @<:@no; DIR: CUDA_HOME or /usr/local/cuda@:>@])],
    [], [with_cuda=no])
  AC_ARG_WITH([cuda-arch], [AS_HELP_STRING([--with-cuda-arch=80,90],
    [compute capabilities that the GPU programs are compiled for; the newest
     serves later GPUs too @<:@80,90@:>@])],
    [], [with_cuda_arch=80,90])
  AC_ARG_WITH([nccl], [AS_HELP_STRING([--with-nccl=DIR|no],
    [NCCL for --with-cuda; no: GPUs exchange numbers through their hosts
     @<:@the directory of CUDA@:>@])],
    [], [with_nccl=yes])
  AC_ARG_VAR([NVCC], [CUDA compiler])
  skillet_cuda='none, so no GPU program (--with-cuda)'
  AS_IF([test "x$with_cuda" != xno],
    [SKILLET_FIND_NVCC
     SKILLET_FIND_CUDA_LIBRARIES
     AS_IF([test -n "$NVCC"], [SKILLET_CUDA_ARCHITECTURES])])
  AM_CONDITIONAL([CUDA], [test "x$with_cuda" != xno])
  AM_CONDITIONAL([NCCL], [test "x$with_nccl" != xno])
  AC_SUBST([NVCC_FLAGS])
  AC_SUBST([CUDA_CFLAGS])
  AC_SUBST([CUDA_LIBS])
])

AC_DEFUN([SKILLET_FIND_NVCC], [
  AS_CASE([$with_cuda],
    [yes], [skillet_cuda_dir=${CUDA_HOME-/usr/local/cuda}
      skillet_path=$skillet_cuda_dir/bin$PATH_SEPARATOR$PATH],
    [skillet_cuda_dir=$with_cuda skillet_path=$skillet_cuda_dir/bin])
  AC_PATH_PROG([NVCC], [nvcc], [], [$skillet_path])
  AS_IF([test -z "$NVCC"],
    [SKILLET_MISS([nvcc (--with-cuda=DIR, or set NVCC)], [], [cuda])])
])

AC_DEFUN([SKILLET_FIND_CUDA_LIBRARIES], [
  AS_CASE([$with_nccl], [yes|no], [skillet_nccl_dir=],
    [skillet_nccl_dir=$with_nccl])
  for skillet_dir in $skillet_nccl_dir $skillet_cuda_dir; do
    AS_IF([test -d "$skillet_dir/lib64"], [skillet_lib=$skillet_dir/lib64],
          [skillet_lib=$skillet_dir/lib])
    AS_VAR_APPEND([CUDA_CFLAGS], [" -I$skillet_dir/include"])
    AS_VAR_APPEND([CUDA_LIBS], [" -L$skillet_lib -Wl,-rpath,$skillet_lib"])
  done
  skillet_title='the CUDA runtime and cuBLAS' skillet_nccl_flag=
  AS_IF([test "x$with_nccl" != xno], [
    AS_VAR_APPEND([CUDA_LIBS], [" -lnccl"])
    skillet_title='the CUDA runtime, cuBLAS and NCCL'
    skillet_nccl_flag=-DWITH_NCCL])
  AS_VAR_APPEND([CUDA_LIBS], [" -lcublas -lcudart"])
  skillet_save_CPPFLAGS=$CPPFLAGS skillet_save_LIBS=$LIBS
  CPPFLAGS="$CPPFLAGS $CUDA_CFLAGS $skillet_nccl_flag" LIBS="$CUDA_LIBS $LIBS"
  AC_MSG_CHECKING([for $skillet_title])
  AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <cuda_runtime.h>
#include <cublas_v2.h>
#ifdef WITH_NCCL
#include <nccl.h>
#endif]], [[int n;
    cublasHandle_t blas;
    cudaGetDeviceCount(&n);
    cublasCreate(&blas);
#ifdef WITH_NCCL
    ncclUniqueId id;
    ncclGetUniqueId(&id);
#endif]])], [AC_MSG_RESULT([yes])], [
    AC_MSG_RESULT([no])
    SKILLET_MISS([$skillet_title (--with-cuda=DIR, --with-nccl=DIR)],
                 [], [cuda nccl])])
  CPPFLAGS=$skillet_save_CPPFLAGS LIBS=$skillet_save_LIBS
])

# Machine code for each, and for the last PTX too.  Exceptions and the rest of
# the C++ library stay out, so that the C compiler links the programs.
AC_DEFUN([SKILLET_CUDA_ARCHITECTURES], [
  NVCC_FLAGS='-std=c++17 -O2 -Xcompiler'
  AS_VAR_APPEND([NVCC_FLAGS],
    [' -fno-exceptions,-fno-rtti,-fno-threadsafe-statics'])
  test -z "$CXX" || AS_VAR_APPEND([NVCC_FLAGS], [" -ccbin '$CXX'"])
  for skillet_cc in `AS_ECHO(["$with_cuda_arch"]) | tr ',' ' '`; do
    AS_VAR_APPEND([NVCC_FLAGS],
      [" -gencode arch=compute_$skillet_cc,code=sm_$skillet_cc"])
  done
  AS_VAR_APPEND([NVCC_FLAGS],
    [" -gencode arch=compute_$skillet_cc,code=compute_$skillet_cc"])
  AC_MSG_CHECKING([whether $NVCC compiles for $with_cuda_arch])
  echo '__global__ void conftest(int *x) { *x = 1; }' >conftest.cu
  AS_IF([eval "$NVCC $NVCC_FLAGS -c conftest.cu -o conftest.o" \
      >&AS_MESSAGE_LOG_FD 2>&1],
    [AC_MSG_RESULT([yes])
     skillet_gpu_programs=', skillet-gpu-float, skillet-gpu-bf16'
     skillet_cuda="$NVCC for compute capability $with_cuda_arch,$CUDA_LIBS"],
    [AC_MSG_RESULT([no])
     SKILLET_MISS([an nvcc that knows --with-cuda-arch=$with_cuda_arch dnl
and the compiler $CXX], [], [])])
  rm -f conftest.cu conftest.o
])
