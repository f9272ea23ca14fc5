/* usage: make_graph GRAPH.csv GRAPH.h5
 * Writes a skills graph with names as HDF5, for shell tests. */
#include <stdio.h>

#include "kernels/base/check.h"
#include "tests/lib/graph_h5.h"
#include "tests/lib/place.h"

int main(int argc, char **argv)
{
    struct csv t;

    CHECK(argc == 3, "usage: make_graph GRAPH.csv GRAPH.h5");
    settled(csv_read(&t, argv[1]));
    CHECK(t.row_names, "%s has no names", argv[1]);
    graph_h5_write(argv[2], &t);
    csv_free(&t);
    return 0;
}
