# Everything Skillet needs from the site is looked for before anything is
# reported, so that one run of configure names all that is missing.

# SKILLET_MISS(WHAT, DEBIAN, SPACK): note that WHAT is missing.  DEBIAN or
# SPACK may be empty.
AC_DEFUN([SKILLET_MISS], [
  AS_VAR_APPEND([skillet_missing], ["
    $1"])
  AS_VAR_APPEND([skillet_debian], [m4_ifval([$2], [" $2"], [""])])
  AS_VAR_APPEND([skillet_spack], [m4_ifval([$3], [" $3"], [""])])
])

# SKILLET_REPORT_MISSING: stop if anything is.  ./bootstrap reads the line that
# starts with "debian:".
AC_DEFUN([SKILLET_REPORT_MISSING], [
  AS_IF([test -n "$skillet_missing"],
    [AC_MSG_ERROR([missing (config.log says what was tried):$skillet_missing
  Install these, or point configure at them (./configure --help). Packages:
  debian:$skillet_debian
  spack:$skillet_spack])])
])

# SKILLET_CANDIDATE(CFLAGS, LIBS): one more way to link what is looked for.
AC_DEFUN([SKILLET_CANDIDATE], [
  AS_VAR_APPEND([skillet_candidates], ["$1|$2
"])
])

# SKILLET_NEED(NAME, VAR, TITLE, MODULES, LIBRARIES, EXTRA, PROLOGUE, BODY,
#              DEBIAN, SPACK)
# Set VAR_CFLAGS and VAR_LIBS to the first way in which BODY links: what
# --with-NAME says, else the pkg-config MODULES, else the candidates that the
# shell code EXTRA adds, else each of LIBRARIES (words such as -lz) as it is.
AC_DEFUN([SKILLET_NEED], [
  AC_ARG_WITH([$1], [AS_HELP_STRING([--with-$1=PREFIX|LIBS],
    [where $3 is, or how to link it @<:@$4 by pkg-config, $5@:>@])],
    [], [with_$1=yes])
  skillet_candidates=
  AS_CASE([$with_$1],
    [no], [],
    [yes|check], [
      for skillet_module in $4; do
        AS_IF([test -n "$PKG_CONFIG" &&
               $PKG_CONFIG --exists $skillet_module], [
          SKILLET_CANDIDATE([`$PKG_CONFIG --cflags $skillet_module`],
                            [`$PKG_CONFIG --libs $skillet_module`])])
      done
      $6
      for skillet_library in $5; do
        SKILLET_CANDIDATE([], [$skillet_library])
      done],
    [-*], [SKILLET_CANDIDATE([], [$with_$1])],
    [for skillet_lib in lib64 lib; do
      AS_IF([test -d "$with_$1/$skillet_lib"], [
        for skillet_library in $5; do
          SKILLET_CANDIDATE([-I$with_$1/include],
            [-L$with_$1/$skillet_lib -Wl,-rpath,$with_$1/$skillet_lib dnl
$skillet_library])
        done])
    done])
  AC_MSG_CHECKING([for $3])
  skillet_found=no
  skillet_save_CPPFLAGS=$CPPFLAGS skillet_save_LIBS=$LIBS skillet_save_IFS=$IFS
  IFS='
'
  for skillet_candidate in $skillet_candidates; do
    IFS=$skillet_save_IFS
    $2_CFLAGS=${skillet_candidate%%|*} $2_LIBS=${skillet_candidate@%:@*|}
    CPPFLAGS="$skillet_save_CPPFLAGS $$2_CFLAGS"
    LIBS="$$2_LIBS $skillet_save_LIBS"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([$7], [$8])], [skillet_found=yes])
    test $skillet_found = no || break
  done
  IFS=$skillet_save_IFS CPPFLAGS=$skillet_save_CPPFLAGS LIBS=$skillet_save_LIBS
  AS_IF([test $skillet_found = yes], [AC_MSG_RESULT([$$2_LIBS])],
    [AC_MSG_RESULT([no])
     SKILLET_MISS([$3], [$9], [$10])])
  AC_SUBST([$2_CFLAGS])
  AC_SUBST([$2_LIBS])
])
