#include "kernels/base/memory.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/base/check.h"

void *memory_take(size_t n, size_t bytes, const char *what)
{
    void *at = n > 0 ? calloc(n, bytes) : calloc(1, 1);

    CHECK(at, "no memory for %zu %s", n, what);
    return at;
}

void *memory_grow(void *at, size_t n, size_t bytes, const char *what)
{
    at = n > 0 ? reallocarray(at, n, bytes) : realloc(at, 1);
    CHECK(at, "no memory for %zu %s", n, what);
    return at;
}

char *memory_text(const char *text)
{
    char *copy = strdup(text);

    CHECK(copy, "no memory for a text of %zu bytes", strlen(text));
    return copy;
}
