# SKILLET_GPUSIM: can the kernels for GPUs be tested on this machine's CPU?
# That takes a C++ compiler whose objects $CC links, and nothing of CUDA.  Sets
# GPUSIM_CXXFLAGS, with the address sanitizer where both compilers have it, and
# GPUSIM_LDFLAGS.  To be called after SKILLET_SANITIZERS.
AC_DEFUN([SKILLET_GPUSIM], [
  AC_REQUIRE([AC_PROG_CXX])
  GPUSIM_CXXFLAGS='-std=c++17 -fno-exceptions -fno-rtti'
  AS_VAR_APPEND([GPUSIM_CXXFLAGS], [' -fno-threadsafe-statics'])
  GPUSIM_LDFLAGS=
  skillet_gpusim=no
  SKILLET_GPUSIM_TRY([$GPUSIM_CXXFLAGS], [], [skillet_gpusim=yes])
  AS_IF([test $skillet_gpusim = yes], [
    SKILLET_GPUSIM_TRY([$GPUSIM_CXXFLAGS -fsanitize=address],
      [-fsanitize=address], [
      AS_VAR_APPEND([GPUSIM_CXXFLAGS],
        [" -fsanitize=address -fno-omit-frame-pointer"])
      GPUSIM_LDFLAGS=-fsanitize=address
      skillet_gpusim='yes, with the address sanitizer'])
    SKILLET_GPUSIM_TRY([$GPUSIM_CXXFLAGS -fsanitize-sections=cudasim_shared],
      [$GPUSIM_LDFLAGS],
      [AS_VAR_APPEND([GPUSIM_CXXFLAGS],
        [" -fsanitize-sections=cudasim_shared"])])],
    [AC_MSG_WARN([no C++17 compiler (set CXX): make check does not run dnl
the GPU kernels])])
  AC_SUBST([GPUSIM_CXXFLAGS])
  AC_SUBST([GPUSIM_LDFLAGS])
  AM_CONDITIONAL([GPUSIM], [test "$skillet_gpusim" != no])
])

# SKILLET_GPUSIM_TRY(CXXFLAGS, LDFLAGS, IF-YES): C++ without its library in a
# program of $CC.
AC_DEFUN([SKILLET_GPUSIM_TRY], [
  AC_MSG_CHECKING([whether $CC links $CXX $1])
  cat >conftest1.cc <<'_EOF'
#include <math.h>
template <class... T> static int count(T...) { return sizeof...(T); }
static __attribute__((section("cudasim_shared"))) float x@<:@3@:>@;
extern "C" int conftest_value(float y)
{
    auto f = @<:@&@:>@(auto z) { x@<:@1@:>@ = exp(z); return count(z, y); };
    return f(y) + (x@<:@1@:>@ > 2);
}
_EOF
  cat >conftest2.c <<'_EOF'
int conftest_value(float);
int main(void) { return conftest_value(1) != 3; }
_EOF
  AS_IF([{ $CXX $1 -c conftest1.cc -o conftest1.o &&
           $CC $2 conftest2.c conftest1.o -o conftest12 -lm &&
           { test "$cross_compiling" = yes || ./conftest12; }; } \
           >&AS_MESSAGE_LOG_FD 2>&1],
    [AC_MSG_RESULT([yes])
     $3],
    [AC_MSG_RESULT([no])])
  rm -f conftest1.* conftest2.* conftest12
])
