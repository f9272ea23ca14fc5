#include "mpi/grid.h"

#include <assert.h>

void grid_init(struct grid *grid, struct group *all, int tensor)
{
    int rank = group_rank(all);

    assert(group_size(all) % tensor == 0);
    grid->all = all;
    grid->tensor = group_split(all, rank / tensor);
    grid->data = group_split(all, rank % tensor);
}

void grid_free(struct grid *grid)
{
    group_free(grid->tensor);
    group_free(grid->data);
    *grid = (struct grid){0};
}
