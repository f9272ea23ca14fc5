# Many ranks.  One line a file.
noinst_LIBRARIES += %D%/libranks.a
%C%_libranks_a_SOURCES =
%C%_libranks_a_SOURCES += %D%/comm.h
%C%_libranks_a_SOURCES += %D%/grid.c %D%/grid.h
%C%_libranks_a_SOURCES += %D%/group.c %D%/group.h
%C%_libranks_a_SOURCES += %D%/refuse.c
%C%_libranks_a_SOURCES += %D%/trace.c %D%/trace.h
%C%_libranks_a_SOURCES += %D%/world.c %D%/world.h

# Collectives over numbers: compiled once per number type.
coll_sources =
coll_sources += %D%/coll.c %D%/coll.h
coll_sources += %D%/coll_direct.h
coll_sources += %D%/coll_parts.c %D%/coll_parts.h

# The way between the devices of a program's ranks is coll_none or coll_nccl.
EXTRA_DIST += $(coll_sources) %D%/coll_nccl.c %D%/coll_none.c
