# What files hold.  One line a file.
noinst_LIBRARIES += %D%/libinspect.a
%C%_libinspect_a_SOURCES =
%C%_libinspect_a_SOURCES += %D%/inspect.h
%C%_libinspect_a_SOURCES += %D%/inspect_checkpoint.c
%C%_libinspect_a_SOURCES += %D%/inspect_graph.c
%C%_libinspect_a_SOURCES += %D%/inspect_run.c
%C%_libinspect_a_SOURCES += %D%/inspect_shard.c
%C%_libinspect_a_SOURCES += %D%/inspect_shards.c
%C%_libinspect_a_SOURCES += %D%/inspect_text.c
