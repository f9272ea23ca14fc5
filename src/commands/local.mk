# One file a command.  One line a file.
noinst_LIBRARIES += %D%/libcommands.a
%C%_libcommands_a_SOURCES =
%C%_libcommands_a_SOURCES += %D%/commands.c %D%/commands.h
%C%_libcommands_a_SOURCES += %D%/help.c
%C%_libcommands_a_SOURCES += %D%/inspect.c
%C%_libcommands_a_SOURCES += %D%/synth.c
%C%_libcommands_a_SOURCES += %D%/tokenize.c
%C%_libcommands_a_SOURCES += %D%/train.c
%C%_libcommands_a_SOURCES += %D%/version.c
