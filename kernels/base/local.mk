# The base of everything; compiled once.  One line a file.
noinst_LIBRARIES += %D%/libbase.a
%C%_libbase_a_SOURCES =
%C%_libbase_a_SOURCES += %D%/check.c %D%/check.h
%C%_libbase_a_SOURCES += %D%/clock.h
%C%_libbase_a_SOURCES += %D%/duration.c %D%/duration.h
%C%_libbase_a_SOURCES += %D%/exit.h
%C%_libbase_a_SOURCES += %D%/memory.c %D%/memory.h
%C%_libbase_a_SOURCES += %D%/nearest.c %D%/nearest.h
%C%_libbase_a_SOURCES += %D%/path.c %D%/path.h
%C%_libbase_a_SOURCES += %D%/problem.c %D%/problem.h

# Its loops are like the loops of kernels/.  The rest may also run on other
# processors, such as a login node's.
noinst_LIBRARIES += %D%/librng.a
%C%_librng_a_CFLAGS = $(kernel_cflags)
%C%_librng_a_SOURCES = %D%/rng.c %D%/rng.h
