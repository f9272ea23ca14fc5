# Many ranks: collectives over numbers once per program, the rest once.  One
# line a file.
coll_sources =
coll_sources += %D%/coll.c %D%/coll.h
coll_sources += %D%/coll_direct.h
coll_sources += %D%/coll_none.c

noinst_LIBRARIES += %D%/libcoll-float.a %D%/libcoll-double.a
%C%_libcoll_float_a_SOURCES = $(coll_sources)
%C%_libcoll_float_a_CPPFLAGS = $(float_cppflags)
%C%_libcoll_double_a_SOURCES = $(coll_sources)
%C%_libcoll_double_a_CPPFLAGS = $(double_cppflags)

noinst_LIBRARIES += %D%/libranks.a
%C%_libranks_a_SOURCES =
%C%_libranks_a_SOURCES += %D%/comm.h
%C%_libranks_a_SOURCES += %D%/grid.c %D%/grid.h
%C%_libranks_a_SOURCES += %D%/group.c %D%/group.h
%C%_libranks_a_SOURCES += %D%/refuse.c
%C%_libranks_a_SOURCES += %D%/world.c %D%/world.h
