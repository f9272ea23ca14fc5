# Files.  One line a file.
noinst_LIBRARIES += %D%/libio.a
%C%_libio_a_CPPFLAGS = $(AM_CPPFLAGS) $(HDF5_CFLAGS) $(JANSSON_CFLAGS) \
	$(ZSTD_CFLAGS) $(ZLIB_CFLAGS)
# The sums of sum.c are loops like those of kernels/.
%C%_libio_a_CFLAGS = $(kernel_cflags)
%C%_libio_a_SOURCES =
%C%_libio_a_SOURCES += %D%/arrays.c %D%/arrays.h
%C%_libio_a_SOURCES += %D%/checkpoint.c %D%/checkpoint.h
%C%_libio_a_SOURCES += %D%/checkpoint_files.c %D%/checkpoint_files.h
%C%_libio_a_SOURCES += %D%/checkpoint_open.c
%C%_libio_a_SOURCES += %D%/checkpoint_thread.c %D%/checkpoint_thread.h
%C%_libio_a_SOURCES += %D%/checkpoint_write.c %D%/checkpoint_write.h
%C%_libio_a_SOURCES += %D%/corpus.c %D%/corpus.h
%C%_libio_a_SOURCES += %D%/corpus_files.c %D%/corpus_files.h
%C%_libio_a_SOURCES += %D%/corpus_read.c
%C%_libio_a_SOURCES += %D%/csv.c %D%/csv.h
%C%_libio_a_SOURCES += %D%/file.c %D%/file.h
%C%_libio_a_SOURCES += %D%/graph_file.c %D%/graph_file.h
%C%_libio_a_SOURCES += %D%/h5.c %D%/h5.h
%C%_libio_a_SOURCES += %D%/h5_list.c
%C%_libio_a_SOURCES += %D%/ini.c %D%/ini.h
%C%_libio_a_SOURCES += %D%/json.c %D%/json.h
%C%_libio_a_SOURCES += %D%/lines.c %D%/lines.h
%C%_libio_a_SOURCES += %D%/lock.c %D%/lock.h
%C%_libio_a_SOURCES += %D%/metrics.c %D%/metrics.h
%C%_libio_a_SOURCES += %D%/seal.c %D%/seal.h
%C%_libio_a_SOURCES += %D%/shard.c %D%/shard.h
%C%_libio_a_SOURCES += %D%/shard_open.c %D%/shard_open.h
%C%_libio_a_SOURCES += %D%/shard_write.c %D%/shard_write.h
%C%_libio_a_SOURCES += %D%/sum.c %D%/sum.h
%C%_libio_a_SOURCES += %D%/symbols.c %D%/symbols.h
%C%_libio_a_SOURCES += %D%/tokenizer.c %D%/tokenizer.h
%C%_libio_a_SOURCES += %D%/utf8.c %D%/utf8.h
%C%_libio_a_SOURCES += %D%/tokenizer.c %D%/tokenizer.h

# Its loops are like those of kernels/.  The rest may run on other processors,
# such as those of a login node, too.
noinst_LIBRARIES += %D%/libsum.a
%C%_libsum_a_CFLAGS = $(kernel_cflags)
%C%_libsum_a_SOURCES = %D%/sum.c %D%/sum.h
