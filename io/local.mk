# Files.  One line a file.
io_cppflags = $(AM_CPPFLAGS) $(HDF5_CFLAGS) $(JANSSON_CFLAGS) $(ZSTD_CFLAGS) \
	$(ZLIB_CFLAGS) $(UTF8PROC_CFLAGS)

noinst_LIBRARIES += %D%/libio.a
%C%_libio_a_CPPFLAGS = $(io_cppflags)
%C%_libio_a_SOURCES =
%C%_libio_a_SOURCES += %D%/bytes.c %D%/bytes.h
%C%_libio_a_SOURCES += %D%/csv.c %D%/csv.h
%C%_libio_a_SOURCES += %D%/file.c %D%/file.h
%C%_libio_a_SOURCES += %D%/h5.c %D%/h5.h
%C%_libio_a_SOURCES += %D%/h5_list.c
%C%_libio_a_SOURCES += %D%/ini.c %D%/ini.h
%C%_libio_a_SOURCES += %D%/json.c %D%/json.h
%C%_libio_a_SOURCES += %D%/json_value.c %D%/json_value.h
%C%_libio_a_SOURCES += %D%/lines.c %D%/lines.h
%C%_libio_a_SOURCES += %D%/lock.c %D%/lock.h
%C%_libio_a_SOURCES += %D%/metrics.c %D%/metrics.h
%C%_libio_a_SOURCES += %D%/seal.c %D%/seal.h
%C%_libio_a_SOURCES += %D%/sha256.c %D%/sha256.h
%C%_libio_a_SOURCES += %D%/utf8.c %D%/utf8.h

# Its loops are like the loops of kernels/.  The rest may also run on other
# processors, such as a login node's.
noinst_LIBRARIES += %D%/libsum.a
%C%_libsum_a_CFLAGS = $(kernel_cflags)
%C%_libsum_a_SOURCES = %D%/sum.c %D%/sum.h

include io/text/local.mk
include io/shards/local.mk
include io/checkpoint/local.mk
