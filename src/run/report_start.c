#include "src/run/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "io/h5.h"
#include "kernels/base/clock.h"
#include "kernels/base/memory.h"
#include "kernels/device.h"
#include "mpi/world.h"
#include "src/log.h"

/* The node of each rank, on rank 0. */
static void gather_hosts(struct report *r, struct group *g)
{
    size_t *send =
        memory_take(2 * (size_t)group_size(g), sizeof *send, "host names");
    char here[REPORT_HOST] = "";

    strncpy(here, world_host(), REPORT_HOST - 1);
    send[0] = REPORT_HOST;
    r->host = group_exchange(g, here, send, send + group_size(g));
    free(send);
}

/* Each once, comma-separated. */
static char *host_list(const struct report *r, int ranks)
{
    char *list = memory_take((size_t)ranks, REPORT_HOST + 1, "host names");
    size_t total = 0;

    for (int i = 0; i < ranks; i++) {
        int first = 0;

        while (strcmp(r->host[i], r->host[first]) != 0)
            first++;
        if (first == i)
            total += (size_t)sprintf(list + total, "%s%s", total ? "," : "",
                                     r->host[i]);
    }
    return list;
}

/* What this rank keeps memory for, in bytes. */
struct bytes_of {
    const char *name;
    size_t bytes;
};

enum { ARENAS = 6 };

static size_t list_bytes(const struct model *m, size_t copy_bytes,
                         struct bytes_of list[ARENAS])
{
    const struct parameters *p = &m->parameters;
    const struct bytes_of all[ARENAS] = {
        {"weight_bytes", p->weights.size},
        {"gradient_bytes", p->gradients.size},
        {"moment_bytes", p->moments.size},
        {"activation_bytes", m->activations.size},
        {"exchange_bytes", coll_parts_bytes(m->exchange.parts)},
        {"copy_bytes", copy_bytes},
    };
    size_t total = 0;

    memcpy(list, all, sizeof all);
    for (int i = 0; i < ARENAS; i++)
        total += list[i].bytes;
    return total;
}

/* Programs, libraries and machines. */
static void add_texts(struct report *r, const char *hosts)
{
    const struct grid *grid = &r->trainer->grid;
    char program[64];
    const struct {
        const char *name, *text;
    } texts[] = {
        {"version", PACKAGE_VERSION},
        {"program", program},
        {"device", device_name()},
        {"mpi", world_version()},
        {"hdf5", h5_version()},
        {"blas", SKILLET_BLAS},
        {"hosts", hosts},
        {"tensor_collectives", coll_way(grid->tensor)},
        {"data_collectives", coll_way(grid->data)},
    };

    snprintf(program, sizeof program, "skillet-%s-%s", device_kind(),
             PRECISION);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        metrics_text(&r->metrics, texts[i].name, texts[i].text);
}

static void add_start(struct report *r, const char *hosts,
                      const struct bytes_of *list)
{
    const struct trainer *t = r->trainer;

    metrics_begin(&r->metrics, "start");
    metrics_integer(&r->metrics, "step", t->at.done);
    metrics_integer(&r->metrics, "restarts", r->restarts);
    metrics_number(&r->metrics, "load_seconds", r->load_seconds);
    add_texts(r, hosts);
    metrics_integer(&r->metrics, "ranks", group_size(t->grid.all));
    metrics_integer(&r->metrics, "tensor", group_size(t->grid.tensor));
    metrics_integer(&r->metrics, "data", group_size(t->grid.data));
    metrics_integer(&r->metrics, "parameters",
                    parameters_count(&t->model.parameters));
    for (int i = 0; i < ARENAS; i++)
        metrics_integer(&r->metrics, list[i].name, (int64_t)list[i].bytes);
    report_end_event(r);
}

void report_start(struct report *r, size_t copy_bytes)
{
    const struct trainer *t = r->trainer;
    const struct grid *grid = &t->grid;
    struct bytes_of list[ARENAS];
    size_t bytes = list_bytes(&t->model, copy_bytes, list);
    char *hosts;

    gather_hosts(r, grid->all);
    r->started = clock_seconds();
    r->first = t->at.done;
    if (!r->writes)
        return;
    hosts = host_list(r, group_size(grid->all));
    add_start(r, hosts, list);
    log_line("model %ld parameters, %ld tensor x %ld data ranks on %s, %.1f "
             "MiB a rank",
             parameters_count(&t->model.parameters),
             (long)group_size(grid->tensor), (long)group_size(grid->data),
             hosts, (double)bytes / 0x1p20);
    if (!device_is_host())
        log_line("device %s, tensor ranks by %s, data ranks by %s",
                 device_name(), coll_way(grid->tensor), coll_way(grid->data));
    free(hosts);
}
