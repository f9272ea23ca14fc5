# The paper's skill sets.  One line a file.
noinst_LIBRARIES += %D%/libsynth.a
%C%_libsynth_a_SOURCES =
%C%_libsynth_a_SOURCES += %D%/addition.c %D%/addition.h
%C%_libsynth_a_SOURCES += %D%/draws.c %D%/draws.h
%C%_libsynth_a_SOURCES += %D%/generator.c %D%/generator.h
%C%_libsynth_a_SOURCES += %D%/lego.c %D%/lego.h
%C%_libsynth_a_SOURCES += %D%/samples.c %D%/samples.h
%C%_libsynth_a_SOURCES += %D%/sentence.c %D%/sentence.h
