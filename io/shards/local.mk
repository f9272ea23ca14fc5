# Tokenized text: shards, and the streams of skills.  One line a file.
noinst_LIBRARIES += %D%/libshards.a
%C%_libshards_a_CPPFLAGS = $(io_cppflags)
%C%_libshards_a_SOURCES =
%C%_libshards_a_SOURCES += %D%/corpus.c %D%/corpus.h
%C%_libshards_a_SOURCES += %D%/corpus_files.c %D%/corpus_files.h
%C%_libshards_a_SOURCES += %D%/corpus_read.c
%C%_libshards_a_SOURCES += %D%/shard.c %D%/shard.h
%C%_libshards_a_SOURCES += %D%/shard_open.c %D%/shard_open.h
%C%_libshards_a_SOURCES += %D%/shard_write.c %D%/shard_write.h
%C%_libshards_a_SOURCES += %D%/split.c %D%/split.h
