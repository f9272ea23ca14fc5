#include <hdf5.h>
#include <stdbool.h>

#include "io/h5.h"

struct visit {
    struct h5 *f;
    struct problem (*take)(void *to, const char *name,
                           const struct h5_dataset *d);
    void *to;
    struct problem wrong;
};

/* Functions that describe an object have another form in each version of HDF5;
 * what kind its handle has is said alike by all. */
static H5I_type_t kind_of(const struct h5 *f, const char *name)
{
    hid_t object = H5Oopen(f->file, name, H5P_DEFAULT);
    H5I_type_t kind = object < 0 ? H5I_BADID : H5Iget_type(object);

    if (object >= 0)
        H5Oclose(object);
    return kind;
}

/* A link by path may lead anywhere, into other files too. */
static struct problem visit_link(struct visit *v, const char *name,
                                 bool is_hard)
{
    H5I_type_t kind = is_hard ? kind_of(v->f, name) : H5I_BADID;
    struct h5_dataset d;
    struct problem wrong;

    if (kind == H5I_GROUP)
        return NO_PROBLEM;
    if (kind != H5I_DATASET)
        return problem("%s: \"%s\" is neither a group nor a dataset",
                       v->f->path, name);
    wrong = h5_dataset_find(v->f, name, &d);
    return is_problem(&wrong) ? wrong : v->take(v->to, name, &d);
}

static herr_t visit_one(hid_t root, const char *name, const H5L_info_t *info,
                        void *data)
{
    struct visit *v = data;

    (void)root;
    v->wrong = visit_link(v, name, info->type == H5L_TYPE_HARD);
    return is_problem(&v->wrong) ? H5_ITER_STOP : H5_ITER_CONT;
}

struct problem h5_list(struct h5 *f,
                       struct problem (*take)(void *to, const char *name,
                                              const struct h5_dataset *d),
                       void *to)
{
    struct visit v = {f, take, to, NO_PROBLEM};

    if (H5Lvisit(f->file, H5_INDEX_NAME, H5_ITER_INC, visit_one, &v) < 0)
        return problem("%s: its datasets cannot be listed", f->path);
    return v.wrong;
}
