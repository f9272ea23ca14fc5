# Files.  One line a file.
noinst_LIBRARIES += %D%/libio.a
%C%_libio_a_CPPFLAGS = $(AM_CPPFLAGS) $(HDF5_CFLAGS) $(JANSSON_CFLAGS) \
	$(ZSTD_CFLAGS) $(ZLIB_CFLAGS) $(UTF8PROC_CFLAGS)
# The sums of sum.c are loops like those of kernels/.
%C%_libio_a_CFLAGS = $(kernel_cflags)
%C%_libio_a_SOURCES =
%C%_libio_a_SOURCES += %D%/added.c %D%/added.h
%C%_libio_a_SOURCES += %D%/arrays.c %D%/arrays.h
%C%_libio_a_SOURCES += %D%/bpe.c %D%/bpe.h
%C%_libio_a_SOURCES += %D%/byte_level.c %D%/byte_level.h
%C%_libio_a_SOURCES += %D%/bytes.c %D%/bytes.h
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
%C%_libio_a_SOURCES += %D%/json_value.c %D%/json_value.h
%C%_libio_a_SOURCES += %D%/lines.c %D%/lines.h
%C%_libio_a_SOURCES += %D%/lock.c %D%/lock.h
%C%_libio_a_SOURCES += %D%/merges.c %D%/merges.h
%C%_libio_a_SOURCES += %D%/metrics.c %D%/metrics.h
%C%_libio_a_SOURCES += %D%/normal.c %D%/normal.h
%C%_libio_a_SOURCES += %D%/seal.c %D%/seal.h
%C%_libio_a_SOURCES += %D%/sha256.c %D%/sha256.h
%C%_libio_a_SOURCES += %D%/shard.c %D%/shard.h
%C%_libio_a_SOURCES += %D%/shard_open.c %D%/shard_open.h
%C%_libio_a_SOURCES += %D%/shard_write.c %D%/shard_write.h
%C%_libio_a_SOURCES += %D%/split.c %D%/split.h
%C%_libio_a_SOURCES += %D%/sum.c %D%/sum.h
%C%_libio_a_SOURCES += %D%/symbols.c %D%/symbols.h
%C%_libio_a_SOURCES += %D%/tokenizer.c %D%/tokenizer.h
%C%_libio_a_SOURCES += %D%/tokenizer_added.c
%C%_libio_a_SOURCES += %D%/tokenizer_encode.c %D%/tokenizer_encode.h
%C%_libio_a_SOURCES += %D%/tokenizer_file.c %D%/tokenizer_file.h
%C%_libio_a_SOURCES += %D%/tokenizer_model.c
%C%_libio_a_SOURCES += %D%/tokenizer_pieces.c
%C%_libio_a_SOURCES += %D%/tokenizer_special.c %D%/tokenizer_special.h
%C%_libio_a_SOURCES += %D%/tokenizer_text.c
%C%_libio_a_SOURCES += %D%/unicode.c %D%/unicode.h
%C%_libio_a_SOURCES += %D%/utf8.c %D%/utf8.h
%C%_libio_a_SOURCES += %D%/vocabulary.c %D%/vocabulary.h
%C%_libio_a_SOURCES += %D%/words.c %D%/words.h

# Its loops are like those of kernels/.  The rest may run on other processors,
# such as those of a login node, too.
noinst_LIBRARIES += %D%/libsum.a
%C%_libsum_a_CFLAGS = $(kernel_cflags)
%C%_libsum_a_SOURCES = %D%/sum.c %D%/sum.h
