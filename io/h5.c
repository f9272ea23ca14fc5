#include "io/h5.h"

#include <errno.h>
#include <fcntl.h>
#include <hdf5.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/base/memory.h"

_Static_assert(sizeof(hid_t) <= sizeof(int64_t), "handles fit struct h5");

static void be_quiet(void)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    /* Several NFS and Lustre mounts refuse locks; the user's word counts. */
    setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);
}

const char *h5_version(void)
{
    static char text[64];
    unsigned major = 0, minor = 0, release = 0;

    H5get_libversion(&major, &minor, &release);
    snprintf(text, sizeof text, "%u.%u.%u", major, minor, release);
    return text;
}

static hid_t type_of(enum h5_number number)
{
    switch (number) {
    case H5_U8:
        return H5T_STD_U8LE;
    case H5_U16:
        return H5T_STD_U16LE;
    case H5_U32:
        return H5T_STD_U32LE;
    case H5_U64:
        return H5T_STD_U64LE;
    case H5_I64:
        return H5T_STD_I64LE;
    case H5_F32:
        return H5T_IEEE_F32LE;
    case H5_F64:
        return H5T_IEEE_F64LE;
    default:
        return H5I_INVALID_HID;
    }
}

size_t h5_number_bytes(enum h5_number number)
{
    static const size_t bytes[] = {0, 1, 2, 4, 8, 8, 4, 8, 1};

    return bytes[number];
}

uint64_t h5_dataset_numbers(const struct h5_dataset *d)
{
    return d->dims[0] * d->dims[1];
}

uint64_t h5_dataset_bytes(const struct h5_dataset *d)
{
    return h5_dataset_numbers(d) * h5_number_bytes(d->number);
}

static enum h5_number number_of(hid_t type)
{
    for (enum h5_number n = H5_U8; n <= H5_F64; n++)
        if (H5Tequal(type, type_of(n)) > 0)
            return n;
    if (H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0)
        return H5_TEXT;
    return H5_OTHER;
}

struct problem h5_reserve(const char *path, uint64_t bytes)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666), rc;

    if (fd < 0)
        return problem("%s cannot be created: %s", path, strerror(errno));
    do
        rc = posix_fallocate(fd, 0, (off_t)bytes);
    while (rc == EINTR);
    close(fd);
    if (rc != 0)
        return problem("%s: no room for %llu bytes: %s", path,
                       (unsigned long long)bytes, strerror(rc));
    return NO_PROBLEM;
}

/* Closing the file closes what a failed call left open in it. */
static hid_t strong_close(void)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);

    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    return access;
}

struct problem h5_create(struct h5 *f, const char *path, uint64_t user_block)
{
    hid_t access, make;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    *f = (struct h5){H5I_INVALID_HID, path};
    if (fd < 0)
        return problem("%s cannot be created: %s", path, strerror(errno));
    close(fd);
    be_quiet();
    access = strong_close();
    make = H5Pcreate(H5P_FILE_CREATE);
    H5Pset_userblock(make, user_block);
    f->file = H5Fcreate(path, H5F_ACC_TRUNC, make, access);
    H5Pclose(make);
    H5Pclose(access);
    if (f->file < 0)
        return problem("%s cannot be created: HDF5 failed", path);
    return NO_PROBLEM;
}

struct problem h5_open(struct h5 *f, const char *path)
{
    hid_t access;

    *f = (struct h5){H5I_INVALID_HID, path};
    be_quiet();
    access = strong_close();
    f->file = H5Fopen(path, H5F_ACC_RDONLY, access);
    H5Pclose(access);
    if (f->file < 0)
        return problem("%s cannot be opened as HDF5: it is truncated, "
                       "damaged or in another format",
                       path);
    return NO_PROBLEM;
}

struct problem h5_close(struct h5 *f)
{
    herr_t rc = f->file < 0 ? 0 : H5Fclose(f->file);

    f->file = H5I_INVALID_HID;
    if (rc < 0)
        return problem("%s could not be written: HDF5 failed to close it "
                       "(is the disk full?)",
                       f->path);
    return NO_PROBLEM;
}

/* The byte of the file at which a contiguous dataset begins. */
static struct problem place_of(const struct h5 *f, const char *name, hid_t set,
                               uint64_t *at)
{
    haddr_t place = H5Dget_offset(set);

    if (place == HADDR_UNDEF)
        return problem("%s: dataset \"%s\" has no bytes in the file", f->path,
                       name);
    *at = place;
    return NO_PROBLEM;
}

/* Contiguous, with its bytes in the file at once, and no time of day. */
static hid_t plain_dataset(void)
{
    hid_t make = H5Pcreate(H5P_DATASET_CREATE);

    H5Pset_layout(make, H5D_CONTIGUOUS);
    H5Pset_alloc_time(make, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(make, H5D_FILL_TIME_NEVER);
    H5Pset_obj_track_times(make, false);
    return make;
}

static hid_t file_type(const struct h5_dataset *d)
{
    hid_t type = H5Tcopy(d->number == H5_TEXT ? H5T_C_S1 : type_of(d->number));

    if (d->number == H5_TEXT) {
        H5Tset_size(type, d->dims[1]);
        H5Tset_cset(type, H5T_CSET_UTF8);
    }
    return type;
}

static hid_t with_groups(void)
{
    hid_t link = H5Pcreate(H5P_LINK_CREATE);

    H5Pset_create_intermediate_group(link, 1);
    return link;
}

struct problem h5_dataset_create(struct h5 *f, const char *name,
                                 struct h5_dataset *d)
{
    struct problem wrong;
    hsize_t dims[2] = {d->dims[0], d->dims[1]};
    hid_t space = H5Screate_simple(d->dims_count, dims, NULL);
    hid_t type = file_type(d), link = with_groups(), make = plain_dataset();
    hid_t set =
        H5Dcreate2(f->file, name, type, space, link, make, H5P_DEFAULT);

    H5Pclose(make);
    H5Pclose(link);
    H5Tclose(type);
    H5Sclose(space);
    if (set < 0)
        return problem("%s: HDF5 cannot create dataset \"%s\"", f->path, name);
    wrong = place_of(f, name, set, &d->at);
    H5Dclose(set);
    return wrong;
}

struct problem h5_link(struct h5 *f, const char *name, const char *alias)
{
    hid_t link = with_groups();
    herr_t rc =
        H5Lcreate_hard(f->file, name, f->file, alias, link, H5P_DEFAULT);

    H5Pclose(link);
    if (rc < 0)
        return problem("%s: HDF5 cannot give \"%s\" the name \"%s\"", f->path,
                       name, alias);
    return NO_PROBLEM;
}

static bool is_plain(hid_t set)
{
    hid_t made = H5Dget_create_plist(set);
    bool plain = H5Pget_layout(made) == H5D_CONTIGUOUS &&
                 H5Pget_external_count(made) == 0;

    H5Pclose(made);
    return plain;
}

static struct problem describe(const struct h5 *f, const char *name, hid_t set,
                               struct h5_dataset *d)
{
    hid_t space = H5Dget_space(set), type = H5Dget_type(set);
    hsize_t dims[2] = {1, 1};
    int dims_count = H5Sget_simple_extent_ndims(space);

    if (dims_count == 1 || dims_count == 2)
        H5Sget_simple_extent_dims(space, dims, NULL);
    *d = (struct h5_dataset){
        number_of(type), dims_count, {dims[0], dims[1]}, 0};
    if (d->number == H5_TEXT && dims_count == 1)
        d->dims[1] = H5Tget_size(type);
    else if (d->number == H5_TEXT)
        d->number = H5_OTHER;
    H5Tclose(type);
    H5Sclose(space);
    if (dims_count != 1 && dims_count != 2)
        return problem("%s: dataset \"%s\" has neither one dimension nor two",
                       f->path, name);
    if (!is_plain(set))
        return problem("%s: dataset \"%s\" is not contiguous", f->path, name);
    return place_of(f, name, set, &d->at);
}

bool h5_dataset_exists(struct h5 *f, const char *name)
{
    return H5Lexists(f->file, name, H5P_DEFAULT) > 0;
}

struct problem h5_dataset_find(struct h5 *f, const char *name,
                               struct h5_dataset *d)
{
    struct problem wrong;
    hid_t set = H5Dopen2(f->file, name, H5P_DEFAULT);

    if (set < 0)
        return problem("%s has no dataset \"%s\"", f->path, name);
    wrong = describe(f, name, set, d);
    H5Dclose(set);
    return wrong;
}

/* A type of our own from that of a file: its padding becomes zeros. */
static hid_t text_type(hid_t from, size_t bytes)
{
    hid_t type = H5Tcopy(from);

    H5Tset_size(type, bytes);
    H5Tset_strpad(type, H5T_STR_NULLTERM);
    return type;
}

/* A damaged file may claim more texts than it has bytes. */
static struct problem take_texts(const struct h5 *f, const char *name,
                                 const struct h5_dataset *d,
                                 struct h5_texts *texts)
{
    hsize_t file_bytes = 0;
    size_t bytes = d->dims[1];

    if (d->number != H5_TEXT)
        return problem("%s: dataset \"%s\" is not one row of texts of fixed "
                       "length",
                       f->path, name);
    H5Fget_filesize(f->file, &file_bytes);
    if (bytes == 0 || bytes > file_bytes || d->dims[0] > file_bytes / bytes)
        return problem(
            "%s is truncated: dataset \"%s\" does not end inside it", f->path,
            name);
    texts->n = (long)d->dims[0];
    texts->bytes = bytes + 1;
    texts->at =
        memory_take((size_t)texts->n, texts->bytes, "texts of a dataset");
    return NO_PROBLEM;
}

struct problem h5_texts_read(struct h5 *f, const char *name,
                             struct h5_texts *texts)
{
    hid_t set = H5Dopen2(f->file, name, H5P_DEFAULT), type, ours;
    struct h5_dataset d;
    struct problem wrong;

    *texts = (struct h5_texts){0};
    if (set < 0)
        return problem("%s has no dataset \"%s\"", f->path, name);
    type = H5Dget_type(set);
    wrong = describe(f, name, set, &d);
    if (!is_problem(&wrong))
        wrong = take_texts(f, name, &d, texts);
    if (!is_problem(&wrong)) {
        ours = text_type(type, texts->bytes);
        if (H5Dread(set, ours, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts->at) < 0) {
            wrong =
                problem("%s: dataset \"%s\" cannot be read", f->path, name);
            free(texts->at);
            texts->at = NULL;
        }
        H5Tclose(ours);
    }
    H5Tclose(type);
    H5Dclose(set);
    return wrong;
}

struct problem h5_texts_write(struct h5 *f, const char *name,
                              const struct h5_texts *texts)
{
    struct h5_dataset d = {H5_TEXT, 1, {(uint64_t)texts->n, texts->bytes}, 0};
    struct problem wrong = h5_dataset_create(f, name, &d);
    hid_t set, type;

    if (is_problem(&wrong))
        return wrong;
    set = H5Dopen2(f->file, name, H5P_DEFAULT);
    type = file_type(&d);
    if (H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts->at) < 0)
        wrong = problem("%s: HDF5 cannot write dataset \"%s\"", f->path, name);
    H5Tclose(type);
    H5Dclose(set);
    return wrong;
}

static struct problem attribute_write(struct h5 *f, const char *name,
                                      hid_t file_type, hid_t type,
                                      const void *value)
{
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t a =
        H5Acreate2(f->file, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT);
    herr_t rc = a < 0 ? -1 : H5Awrite(a, type, value);

    if (a >= 0)
        H5Aclose(a);
    H5Sclose(space);
    if (rc < 0)
        return problem("%s: HDF5 cannot write attribute \"%s\"", f->path,
                       name);
    return NO_PROBLEM;
}

struct problem h5_text_write(struct h5 *f, const char *name, const char *text)
{
    struct problem wrong;
    hid_t type = H5Tcopy(H5T_C_S1);

    H5Tset_size(type, strlen(text) + 1);
    H5Tset_cset(type, H5T_CSET_UTF8);
    wrong = attribute_write(f, name, type, type, text);
    H5Tclose(type);
    return wrong;
}

struct problem h5_number_write(struct h5 *f, const char *name, int64_t x)
{
    return attribute_write(f, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &x);
}

/* A scalar attribute of the class, or a negative handle and the problem. */
static hid_t attribute_open(struct h5 *f, const char *name, H5T_class_t class,
                            struct problem *wrong)
{
    hid_t a = H5Aopen(f->file, name, H5P_DEFAULT), space, type;
    bool fits;

    *wrong = NO_PROBLEM;
    if (a < 0) {
        *wrong = problem("%s has no attribute \"%s\"", f->path, name);
        return a;
    }
    space = H5Aget_space(a);
    type = H5Aget_type(a);
    fits = H5Sget_simple_extent_npoints(space) == 1 &&
           H5Tget_class(type) == class;
    H5Tclose(type);
    H5Sclose(space);
    if (fits)
        return a;
    H5Aclose(a);
    *wrong = problem("%s: attribute \"%s\" is not one %s", f->path, name,
                     class == H5T_STRING ? "text" : "whole number");
    return H5I_INVALID_HID;
}

/* Other programs write texts of variable length, which HDF5 allocates. */
static herr_t read_variable(hid_t a, hid_t type, char *text, size_t size)
{
    char *at = NULL;
    herr_t rc = H5Aread(a, type, &at);

    if (rc >= 0)
        rc = at && strlen(at) < size ? 0 : -1;
    if (rc >= 0)
        strcpy(text, at);
    H5free_memory(at);
    return rc;
}

static herr_t read_fixed(hid_t a, hid_t type, char *text, size_t size)
{
    size_t n = H5Tget_size(type);
    char *at = n <= size + 1 ? memory_take(n + 1, 1, "bytes of a text") : NULL;
    herr_t rc = at ? H5Aread(a, type, at) : -1;

    if (rc >= 0)
        rc = strlen(at) < size ? 0 : -1;
    if (rc >= 0)
        strcpy(text, at);
    free(at);
    return rc;
}

struct problem h5_text_read(struct h5 *f, const char *name, char *text,
                            size_t size)
{
    struct problem wrong;
    hid_t a = attribute_open(f, name, H5T_STRING, &wrong), type;
    herr_t rc;

    if (a < 0)
        return wrong;
    type = H5Aget_type(a);
    rc = H5Tis_variable_str(type) > 0 ? read_variable(a, type, text, size)
                                      : read_fixed(a, type, text, size);
    H5Tclose(type);
    H5Aclose(a);
    if (rc < 0)
        return problem(
            "%s: attribute \"%s\" cannot be read, or is longer than "
            "%zu bytes",
            f->path, name, size - 1);
    return NO_PROBLEM;
}

struct problem h5_number_read(struct h5 *f, const char *name, int64_t *x)
{
    struct problem wrong;
    hid_t a = attribute_open(f, name, H5T_INTEGER, &wrong);
    herr_t rc;

    if (a < 0)
        return wrong;
    rc = H5Aread(a, H5T_NATIVE_INT64, x);
    H5Aclose(a);
    if (rc < 0)
        return problem("%s: attribute \"%s\" cannot be read", f->path, name);
    return NO_PROBLEM;
}
