#include "config.h"

#include "io/h5.h"
#include "io/text/unicode.h"
#include "kernels/device.h"
#include "mpi/world.h"
#include "revision.h"
#include "src/commands/commands.h"

void command_version(const char *program, FILE *to)
{
    fprintf(to, "skillet %s (%s)\n", PACKAGE_VERSION, SKILLET_REVISION);
    fprintf(to, "program  %s, computes on %s\n", program, device_name());
    fprintf(to, "MPI      %s\n", world_version());
    fprintf(to, "HDF5     %s\n", h5_version());
    fprintf(to, "Unicode  %s\n", unicode_version());
    fprintf(to, "BLAS     %s\n", SKILLET_BLAS);
    fprintf(to, "CUDA     %s\n", SKILLET_CUDA);
}
