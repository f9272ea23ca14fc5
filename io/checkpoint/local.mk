# Checkpoints.  One line a file.
noinst_LIBRARIES += %D%/libcheckpoint.a
%C%_libcheckpoint_a_CPPFLAGS = $(io_cppflags)
%C%_libcheckpoint_a_SOURCES =
%C%_libcheckpoint_a_SOURCES += %D%/arrays.c %D%/arrays.h
%C%_libcheckpoint_a_SOURCES += %D%/checkpoint.c %D%/checkpoint.h
%C%_libcheckpoint_a_SOURCES += %D%/checkpoint_files.c %D%/checkpoint_files.h
%C%_libcheckpoint_a_SOURCES += %D%/checkpoint_open.c
%C%_libcheckpoint_a_SOURCES += %D%/checkpoint_thread.c %D%/checkpoint_thread.h
%C%_libcheckpoint_a_SOURCES += %D%/checkpoint_write.c %D%/checkpoint_write.h
