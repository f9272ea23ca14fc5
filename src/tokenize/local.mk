# Text to skill shards.  One line a file.
noinst_LIBRARIES += %D%/libtokenize.a
%C%_libtokenize_a_SOURCES =
%C%_libtokenize_a_SOURCES += %D%/output.c %D%/output.h
%C%_libtokenize_a_SOURCES += %D%/tokenize_copy.c
%C%_libtokenize_a_SOURCES += %D%/tokenize_create.c
%C%_libtokenize_a_SOURCES += %D%/tokenize_deduplicate.c
%C%_libtokenize_a_SOURCES += %D%/tokenize_inputs.c %D%/tokenize_inputs.h
%C%_libtokenize_a_SOURCES += %D%/tokenize_job.c %D%/tokenize_job.h
%C%_libtokenize_a_SOURCES += %D%/tokenize_output.c %D%/tokenize_output.h
%C%_libtokenize_a_SOURCES += %D%/tokenize_place.c
%C%_libtokenize_a_SOURCES += %D%/tokenize_scan.c
%C%_libtokenize_a_SOURCES += %D%/tokenize_settings.c
%C%_libtokenize_a_SOURCES += %D%/tokenize_skills.c %D%/tokenize_skills.h
%C%_libtokenize_a_SOURCES += %D%/tokenize_split.c
%C%_libtokenize_a_SOURCES += %D%/tokenize_write.c
