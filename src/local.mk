# The program.  One line a file.
noinst_LIBRARIES += %D%/libcore.a
%C%_libcore_a_SOURCES =
%C%_libcore_a_SOURCES += %D%/launcher.c %D%/launcher.h
%C%_libcore_a_SOURCES += %D%/log.c %D%/log.h
%C%_libcore_a_SOURCES += %D%/program.c %D%/program.h
%C%_libcore_a_SOURCES += %D%/settings.c %D%/settings.h
%C%_libcore_a_SOURCES += %D%/settings_row.c %D%/settings_row.h
%C%_libcore_a_SOURCES += %D%/settings_table.c

# The one command of the user starts the program that serves a run.
bin_PROGRAMS += skillet
skillet_SOURCES = %D%/launch.c
skillet_CPPFLAGS = $(AM_CPPFLAGS) -DPKGLIBEXECDIR='"$(pkglibexecdir)"'
skillet_LDADD = $(lower_libs) $(site_libs)

include src/skills/local.mk
include src/model/local.mk
include src/trainer/local.mk
include src/run/local.mk
include src/synth/local.mk
include src/tokenize/local.mk
include src/inspect/local.mk
include src/commands/local.mk
