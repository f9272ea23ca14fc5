#ifndef IO_H5_H
#define IO_H5_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/base/problem.h"

/* HDF5 files as one rank makes and reads them: attributes of the root group,
 * and contiguous datasets of plain numbers, whose bytes are read and written
 * elsewhere, with pread and pwrite at the offsets given here.  Nothing is
 * locked: a file is made under another name and renamed when whole. */
struct h5 {
    int64_t file;
    const char *path; /* not owned: for messages */
};

/* H5_TEXT: UTF-8 of fixed length, padded with zeros; a number is a byte. */
enum h5_number {
    H5_OTHER,
    H5_U8,
    H5_U16,
    H5_U32,
    H5_U64,
    H5_I64,
    H5_F32,
    H5_F64,
    H5_TEXT
};

struct h5_dataset {
    enum h5_number number; /* little-endian in the file */
    int dims_count;        /* 1 or 2; the texts of H5_TEXT have 1 */
    uint64_t dims[2];      /* of 1, the second is 1, or the bytes of a text */
    uint64_t at;           /* first byte in the file */
};

size_t h5_number_bytes(enum h5_number number);
uint64_t h5_dataset_numbers(const struct h5_dataset *d);
uint64_t h5_dataset_bytes(const struct h5_dataset *d);

/* Takes room for a file, which is made if it is not there.  To be called
 * before h5_create with the size to come: HDF5 does not survive a file that it
 * cannot finish; and again after h5_close, which may have given the room
 * back. */
struct problem h5_reserve(const char *path, uint64_t bytes);

/* Makes an empty file, or empties it, with a user block of that many bytes (0,
 * or a power of two from 512 on).  Equal calls make equal bytes. */
struct problem h5_create(struct h5 *f, const char *path, uint64_t user_block);
struct problem h5_open(struct h5 *f, const char *path);

/* After h5_create a problem means that the file is not whole. */
struct problem h5_close(struct h5 *f);

/* Takes number and dims from d, makes room in the file and fills in d->at.
 * The contents are undefined.  Groups on the way to the name are made. */
struct problem h5_dataset_create(struct h5 *f, const char *name,
                                 struct h5_dataset *d);
/* A second name of a dataset. */
struct problem h5_link(struct h5 *f, const char *name, const char *alias);

bool h5_dataset_exists(struct h5 *f, const char *name);
struct problem h5_dataset_find(struct h5 *f, const char *name,
                               struct h5_dataset *d);

/* Hands every dataset to `take`, one name after another in rising order, group
 * by group; one of two names comes twice.  Ends at the first problem. */
struct problem h5_list(struct h5 *f,
                       struct problem (*take)(void *to, const char *name,
                                              const struct h5_dataset *d),
                       void *to);

/* A dataset of one dimension of texts of fixed length: text i begins at
 * at + i * bytes and ends with a zero. */
struct h5_texts {
    long n;
    size_t bytes;
    char *at; /* malloc'd by read; NULL after a problem */
};

struct problem h5_texts_read(struct h5 *f, const char *name,
                             struct h5_texts *texts);
struct problem h5_texts_write(struct h5 *f, const char *name,
                              const struct h5_texts *texts);

/* Attributes of the root; texts are UTF-8 of fixed length, at most 60,000
 * bytes. */
struct problem h5_text_write(struct h5 *f, const char *name, const char *text);
struct problem h5_text_read(struct h5 *f, const char *name, char *text,
                            size_t size);
struct problem h5_number_write(struct h5 *f, const char *name, int64_t x);
struct problem h5_number_read(struct h5 *f, const char *name, int64_t *x);

/* The library this process runs with, "1.10.8". */
const char *h5_version(void);

#endif
