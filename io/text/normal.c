#define _GNU_SOURCE /* memmem */
#include "io/text/normal.h"

#include <string.h>

#include "io/text/unicode.h"

void normal_free(struct normal *s)
{
    for (int i = 0; i < s->steps; i++) {
        bytes_free(&s->step[i].from);
        bytes_free(&s->step[i].to);
    }
    for (int i = 0; i < 2; i++)
        bytes_free(&s->room[i]);
    *s = (struct normal){.steps = 0};
}

void normal_add_replaced(struct bytes *out, const char *text, size_t n,
                         const struct bytes *from, const struct bytes *to)
{
    const char *end = text + n, *at;

    while ((at = memmem(text, (size_t)(end - text), from->at, from->n))) {
        bytes_add(out, text, (size_t)(at - text));
        bytes_add(out, to->at, to->n);
        text = at + from->n;
    }
    bytes_add(out, text, (size_t)(end - text));
}

static void apply_step(const struct normal_step *s, const char *text, size_t n,
                       struct bytes *out)
{
    switch (s->kind) {
    case NORMAL_NFC:
        unicode_add_nfc(out, text, n);
        break;
    case NORMAL_PREPEND:
        if (n > 0)
            bytes_add(out, s->to.at, s->to.n);
        bytes_add(out, text, n);
        break;
    case NORMAL_REPLACE:
        normal_add_replaced(out, text, n, &s->from, &s->to);
        break;
    }
}

void normal_apply(struct normal *s, const char **text, size_t *n)
{
    for (int i = 0; i < s->steps; i++) {
        struct bytes *out = &s->room[i % 2];

        out->n = 0;
        bytes_make_room(out, *n);
        apply_step(&s->step[i], *text, *n, out);
        *text = out->at;
        *n = out->n;
    }
}
