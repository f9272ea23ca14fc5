#include "io/text/vocabulary.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/base/memory.h"

void vocabulary_init(struct vocabulary *v, long n)
{
    *v = (struct vocabulary){.n = n, .slots = 16};
    while (v->slots < 2 * (size_t)n)
        v->slots *= 2;
    v->entry = memory_take((size_t)n, sizeof *v->entry, "ids of a vocabulary");
    v->slot = memory_take(v->slots, sizeof *v->slot, "slots of a vocabulary");
    for (long i = 0; i < n; i++)
        v->entry[i] = (struct vocabulary_entry){0, -1};
    for (size_t i = 0; i < v->slots; i++)
        v->slot[i] = -1;
    bytes_make_room(&v->text, 0);
}

void vocabulary_free(struct vocabulary *v)
{
    free(v->entry);
    free(v->slot);
    bytes_free(&v->text);
    *v = (struct vocabulary){0};
}

bool vocabulary_set(struct vocabulary *v, long id, const char *text, size_t n)
{
    if (id < 0 || id >= v->n || v->entry[id].bytes >= 0)
        return false;
    v->entry[id] = (struct vocabulary_entry){v->text.n, (long)n};
    v->known++;
    bytes_add(&v->text, text, n);
    return true;
}

/* FNV-1a: texts of tokens are short. */
static size_t hash(const char *text, size_t n)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return (size_t)(h ^ h >> 29);
}

static size_t find_slot(const struct vocabulary *v, const char *text, size_t n)
{
    size_t i = hash(text, n) & (v->slots - 1);

    for (; v->slot[i] >= 0; i = (i + 1) & (v->slots - 1)) {
        size_t bytes;
        const char *own = vocabulary_text(v, v->slot[i], &bytes);

        if (bytes == n && memcmp(own, text, n) == 0)
            break;
    }
    return i;
}

void vocabulary_show(struct vocabulary *v, long id)
{
    size_t n;
    const char *text = vocabulary_text(v, id, &n);
    size_t i = find_slot(v, text, n);

    if (v->slot[i] < 0)
        v->slot[i] = (int32_t)id;
}

long vocabulary_find(const struct vocabulary *v, const char *text, size_t n)
{
    return v->slot[find_slot(v, text, n)];
}

long vocabulary_hole(const struct vocabulary *v)
{
    long id = 0;

    while (id < v->n && v->entry[id].bytes >= 0)
        id++;
    return id;
}
