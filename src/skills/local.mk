# Skills, graphs and the policies that mix them.  One line a file.
noinst_LIBRARIES += %D%/libskills.a
%C%_libskills_a_SOURCES =
%C%_libskills_a_SOURCES += %D%/fixed.c %D%/fixed.h
%C%_libskills_a_SOURCES += %D%/graph.c %D%/graph.h
%C%_libskills_a_SOURCES += %D%/graph_file.c %D%/graph_file.h
%C%_libskills_a_SOURCES += %D%/mixture.c %D%/mixture.h
%C%_libskills_a_SOURCES += %D%/names.c %D%/names.h
%C%_libskills_a_SOURCES += %D%/policy.c %D%/policy.h
%C%_libskills_a_SOURCES += %D%/random.c %D%/random.h
%C%_libskills_a_SOURCES += %D%/replay.c %D%/replay.h
%C%_libskills_a_SOURCES += %D%/skill_it.c %D%/skill_it.h
%C%_libskills_a_SOURCES += %D%/static.c %D%/static.h
%C%_libskills_a_SOURCES += %D%/stratified.c %D%/stratified.h
%C%_libskills_a_SOURCES += %D%/weights.c %D%/weights.h
%C%_libskills_a_SOURCES += %D%/window.c %D%/window.h
