/* In a step a rank enters as many collectives however many ranks there are,
 * and sends one message to each other data rank for the gradients and one for
 * the weights of each part of the model.    ranks: 4 16 64 */
#include <mpi.h>
#include <stdio.h>
#include <unistd.h>

#include "src/run/loop.h"
#include "tests/lib/place.h"
#include "tests/lib/tap.h"

enum { LAYERS = 3 };

static long messages, collectives;

/* In the place of MPI's own, which they call. */
int MPI_Isend(const void *at, int n, MPI_Datatype type, int to, int tag,
              MPI_Comm comm, MPI_Request *request)
{
    messages++;
    return PMPI_Isend(at, n, type, to, tag, comm, request);
}

int MPI_Allreduce(const void *from, void *to, int n, MPI_Datatype type,
                  MPI_Op op, MPI_Comm comm)
{
    collectives++;
    return PMPI_Allreduce(from, to, n, type, op, comm);
}

int MPI_Bcast(void *at, int n, MPI_Datatype type, int root, MPI_Comm comm)
{
    collectives++;
    return PMPI_Bcast(at, n, type, root, comm);
}

int MPI_Barrier(MPI_Comm comm)
{
    collectives++;
    return PMPI_Barrier(comm);
}

/* A square grid, or nearly; one window a data rank and step. */
static int tensor_ranks(void)
{
    int tensor = 1;

    while (tensor * tensor < group_size(group_world()))
        tensor *= 2;
    return tensor;
}

static void remove_run(const char *path, long steps)
{
    static const char *const files[] = {"metrics.jsonl", "run.ini", "restarts",
                                        "lock"};
    char name[700];

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(name, sizeof name, "%s/%s", path, files[i]);
        unlink(name);
    }
    snprintf(name, sizeof name, "%s/checkpoint-%08ld.h5", path, steps);
    unlink(name);
    rmdir(path);
}

/* A whole run of so many steps. */
static void train(long steps)
{
    char path[600], output[700], tensor[64], batch[64], length[64];
    const char *const list[] = {output,
                                tensor,
                                batch,
                                length,
                                "model.layers=3",
                                "model.hidden=32",
                                "model.heads=8",
                                "model.vocabulary=64",
                                "model.context=8",
                                "model.rotary_fraction=1",
                                "train.sequence_length=8",
                                "train.warmup_steps=0",
                                "skills.train=a,b",
                                "mixture.rounds=1",
                                "evaluate.every=0",
                                "evaluate.windows=8",
                                "checkpoint.every=0"};
    int ranks = group_size(group_world()), status;
    struct settings s;

    snprintf(path, sizeof path, "%s/run", directory);
    snprintf(output, sizeof output, "output.directory=%s", path);
    snprintf(tensor, sizeof tensor, "parallel.tensor=%d", tensor_ranks());
    snprintf(batch, sizeof batch, "train.global_batch=%d",
             ranks / tensor_ranks());
    snprintf(length, sizeof length, "train.steps=%ld", steps);
    settings_init(&s);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        settled(settings_read_argument(&s, list[i]));
    settled(loop_train(group_world(), &s, &status));
    ok(status == 0, "%ld steps on %d x %d ranks", steps, tensor_ranks(),
       ranks / tensor_ranks());
    settings_free(&s);
    if (rank() == 0)
        remove_run(path, steps);
    group_barrier(group_world());
}

/* What a step costs: the difference of two runs, of which one has four more
 * steps.  Gradients are summed and weights gathered block by block; the other
 * three parts are the embedding, the head, and what all tensor ranks have.
 * Tensor ranks sum twice a block and six times beside; up to four more
 * collectives of all ranks agree on the step. */
static void check_messages(void)
{
    long others = group_size(group_world()) / tensor_ranks() - 1;
    long more[2];

    train(4);
    more[0] = -messages, more[1] = -collectives;
    messages = collectives = 0;
    train(8);
    more[0] += messages, more[1] += collectives;
    ok(more[0] == 4 * 2 * (LAYERS + 3) * others,
       "a rank sends %g messages a step, to %ld others", (double)more[0] / 4,
       others);
    ok(more[1] <= 4 * (2 * LAYERS + 6 + 4), "and enters %g collectives",
       (double)more[1] / 4);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    place_begin();
    check_messages();
    place_end();
    tap_done();
    world_stop();
    return 0;
}
