#include "kernels/device.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"

enum { ALIGN = 64 };

struct problem device_open(int rank_on_node)
{
    (void)rank_on_node;
    return NO_PROBLEM;
}

const char *device_kind(void)
{
    return "cpu";
}

const char *device_name(void)
{
    return "cpu";
}

void *device_alloc(size_t bytes)
{
    size_t whole = (bytes / ALIGN + 1) * ALIGN;
    void *at = whole > bytes ? aligned_alloc(ALIGN, whole) : NULL;

    CHECK(at,
          "no %zu bytes of memory; use more ranks or a smaller micro-batch",
          bytes);
    return memset(at, 0, whole);
}

void device_free(void *at)
{
    free(at);
}

void device_put(void *to, const void *from_host, size_t bytes)
{
    memcpy(to, from_host, bytes);
}

void device_get(void *to_host, const void *from, size_t bytes)
{
    memcpy(to_host, from, bytes);
}

void device_zero(void *at, size_t bytes)
{
    memset(at, 0, bytes);
}

size_t device_stage(void *at, size_t bytes, void **host)
{
    *host = at;
    return bytes;
}

void device_unstage(void *at, const void *host, size_t bytes)
{
    (void)at, (void)host, (void)bytes;
}

bool device_is_host(void)
{
    return true;
}
