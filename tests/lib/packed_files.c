#include "tests/lib/packed_files.h"

#include <stdlib.h>
#include <unistd.h>

#include "io/shards/shard.h"
#include "kernels/base/check.h"
#include "kernels/base/rng.h"
#include "mpi/group.h"

static const char *const packed_skills[] = {"p", "q", "r"};
static const char *const packed_splits[] = {"train", "validation"};

static long packed_make(int number, long i, uint16_t *token)
{
    uint64_t key = rng_key(6, "document", (uint64_t)number, (uint64_t)i);
    long n = 1 + (long)(rng_bits(key, 0) % PACKED_MOST);

    for (long t = 0; t < n; t++) {
        uint64_t noise = rng_bits(key, (uint64_t)t + 1);
        bool follows = t >= 2 && noise % 4;

        token[t] =
            follows
                ? (uint16_t)((token[t - 1] + 3 * token[t - 2] + number % 10) %
                             PACKED_END)
                : (uint16_t)(noise / 4 % PACKED_END);
    }
    return n;
}

static void packed_write(const char *skill, const char *split, int number,
                         long documents)
{
    uint16_t *token =
        malloc((size_t)(documents * PACKED_MOST) * sizeof *token);
    uint64_t *offset = calloc((size_t)documents + 1, sizeof *offset);
    struct shard s = {.tokenizer = "made-up",
                      .vocabulary_size = PACKED_VOCABULARY,
                      .end_of_text = PACKED_END,
                      .begin_of_text = -1,
                      .documents = documents,
                      .layout = SHARD_PACKED};

    CHECK(token && offset, "no memory");
    for (long i = 0; i < documents; i++) {
        s.tokens += packed_make(number, i, token + s.tokens);
        offset[i + 1] = (uint64_t)s.tokens;
    }
    shard_files_name(&s, skill, split);
    shard_files_write(s, token, offset, NULL);
    free(token);
    free(offset);
}

void packed_files_write(void)
{
    for (int i = 0; i < 6 && rank() == 0; i++)
        packed_write(packed_skills[i / 2], packed_splits[i % 2],
                     i / 2 + i % 2 * 10, i % 2 ? 60 : 300);
    group_barrier(group_world());
}

void packed_files_remove(void)
{
    group_barrier(group_world());
    for (int i = 0; i < 6 && rank() == 0; i++) {
        struct shard s;

        shard_files_name(&s, packed_skills[i / 2], packed_splits[i % 2]);
        unlink(s.path.text);
    }
}
