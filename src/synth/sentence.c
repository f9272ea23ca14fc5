#include "src/synth/sentence.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sentence_add(struct sentence *s, const char *fmt, ...)
{
    size_t room = sizeof s->text - s->bytes;
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(s->text + s->bytes, room, fmt, args);
    va_end(args);
    assert(n >= 0 && (size_t)n < room);
    s->bytes += (size_t)n;
}

long sentence_cut(const struct sentence *s, const struct symbols *symbols,
                  uint16_t *ids, struct shard_answer *answer)
{
    long n = 0;

    for (size_t at = 0; at < s->bytes;) {
        int id = symbols_match(symbols, s->text + at, s->bytes - at);

        assert(id >= 0);
        if (at == s->answer)
            *answer = (struct shard_answer){(uint32_t)n, 1};
        ids[n++] = (uint16_t)id;
        at += strlen(symbols->text[id]);
    }
    return n;
}
