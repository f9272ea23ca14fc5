#include "src/program.h"

static const char *const names[2][3] = {
    [DEVICE_CPU] = {[PRECISION_FLOAT] = "skillet-cpu-float",
                    [PRECISION_DOUBLE] = "skillet-cpu-double"},
    [DEVICE_GPU] = {[PRECISION_FLOAT] = "skillet-gpu-float",
                    [PRECISION_BF16] = "skillet-gpu-bf16"},
};

struct problem program_for(const struct settings *s, const char **name)
{
    *name = names[s->train.device][s->train.precision];
    if (*name)
        return NO_PROBLEM;
    if (s->train.device == DEVICE_CPU)
        return problem("%s=bf16 does not work with train.device=cpu: set "
                       "train.precision=float or train.device=gpu",
                       settings_place(s, "train.precision"));
    return problem("%s=gpu does not work with train.precision=double: set "
                   "train.precision=float or train.device=cpu",
                   settings_place(s, "train.device"));
}
