#include "src/program.h"

static const char *const names[2][2] = {
    [DEVICE_CPU] = {[PRECISION_FLOAT] = "skillet-cpu-float",
                    [PRECISION_DOUBLE] = "skillet-cpu-double"},
    [DEVICE_GPU] = {[PRECISION_FLOAT] = "skillet-gpu-float"},
};

struct problem program_for(const struct settings *s, const char **name)
{
    *name = names[s->train.device][s->train.precision];
    if (*name)
        return NO_PROBLEM;
    return problem("%s=gpu does not go with train.precision=double: set "
                   "train.precision=float or train.device=cpu",
                   settings_place(s, "train.device"));
}
