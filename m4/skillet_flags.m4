# The flags of the compiler.  The flags that configure chooses come before
# CFLAGS on the command line, so that CFLAGS from the user wins.

# SKILLET_DEFAULT_CFLAGS: to be called before AC_PROG_CC, which has defaults of
# its own.  The level of optimisation is not in the default CFLAGS because the
# kernels and the tokenizers have another.
AC_DEFUN([SKILLET_DEFAULT_CFLAGS], [
  AC_BEFORE([$0], [AC_PROG_CC])
  OPTIMISE_CFLAGS= TEXT_CFLAGS= KERNEL_CFLAGS=
  AS_IF([test -z "${CFLAGS+set}"],
    [CFLAGS=-g OPTIMISE_CFLAGS=-O2 TEXT_CFLAGS=-O3 KERNEL_CFLAGS=-O3])
  AC_SUBST([OPTIMISE_CFLAGS])
  AC_SUBST([TEXT_CFLAGS])
  AC_SUBST([KERNEL_CFLAGS])
])

# SKILLET_ACCEPTS(FLAG, IF-YES, IF-NO)
AC_DEFUN([SKILLET_ACCEPTS], [
  AC_MSG_CHECKING([whether $CC accepts $1])
  skillet_save_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS $1"
  AC_LINK_IFELSE([AC_LANG_PROGRAM()], [skillet_accepts=yes],
    [skillet_accepts=no])
  CFLAGS=$skillet_save_CFLAGS
  AC_MSG_RESULT([$skillet_accepts])
  AS_IF([test $skillet_accepts = yes], [$2], [$3])
])

# SKILLET_KERNEL_CFLAGS: what lets the loops of kernels/ become vector code
# without changing the order of a sum.
AC_DEFUN([SKILLET_KERNEL_CFLAGS], [
  AC_ARG_WITH([arch], [AS_HELP_STRING([--with-arch=native|NAME|no],
    [processor that the kernels are compiled for, as in -march=NAME
     @<:@native@:>@])],
    [], [with_arch=])
  skillet_arch=${with_arch:-native}
  AS_CASE([$skillet_arch],
    [no], [],
    [yes], [AC_MSG_ERROR([--with-arch needs a value: native, no, or a name dnl
that $CC -march= knows])],
    [SKILLET_ACCEPTS([-march=$skillet_arch],
      [AS_VAR_APPEND([KERNEL_CFLAGS], [" -march=$skillet_arch"])],
      [AS_IF([test -n "$with_arch"],
        [AC_MSG_ERROR([$CC does not know -march=$with_arch; give dnl
--with-arch another name, or no])])
       skillet_arch=no])])
  for skillet_flag in -fopenmp-simd -fno-math-errno -fno-trapping-math; do
    SKILLET_ACCEPTS([$skillet_flag],
      [AS_VAR_APPEND([KERNEL_CFLAGS], [" $skillet_flag"])])
  done
])

AC_DEFUN([SKILLET_SANITIZERS], [
  AC_ARG_ENABLE([sanitizers], [AS_HELP_STRING([--enable-sanitizers],
    [find wrong addresses and undefined behaviour while running @<:@no@:>@])],
    [], [enable_sanitizers=no])
  SANITIZER_CFLAGS=
  AS_IF([test "x$enable_sanitizers" != xno], [
    SANITIZER_CFLAGS='-fsanitize=address,undefined'
    AS_VAR_APPEND([SANITIZER_CFLAGS],
      [' -fno-omit-frame-pointer -fno-sanitize-recover=undefined'])
    SKILLET_ACCEPTS([$SANITIZER_CFLAGS], [],
      [AC_MSG_ERROR([$CC cannot build with --enable-sanitizers; use dnl
another CC])])])
  AC_SUBST([SANITIZER_CFLAGS])
])

# SKILLET_KEEP_ARGUMENTS: what configure was given, for the configures that
# make distcheck and make sanitize run: all but places (--prefix, ...), as
# words for a shell in a recipe.
AC_DEFUN([SKILLET_KEEP_ARGUMENTS], [
  CONFIGURE_ARGUMENTS=
  eval "set x $ac_configure_args"
  shift
  for skillet_word
  do
    AS_CASE([$skillet_word],
      [--with-*|--without-*|--enable-*|--disable-*|@<:@A-Z@:>@*=*], [
        skillet_word=`AS_ECHO(["$skillet_word"]) |
          sed -e "s/'/'\\\\\\\\''/g" -e 's/@<:@@S|@@:>@/&&/g'`
        AS_VAR_APPEND([CONFIGURE_ARGUMENTS], [" '$skillet_word'"])])
  done
  AC_SUBST([CONFIGURE_ARGUMENTS])
])
