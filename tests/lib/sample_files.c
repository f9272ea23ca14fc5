#include "tests/lib/sample_files.h"

#include <stdlib.h>
#include <unistd.h>

#include "io/shards/shard.h"
#include "kernels/base/check.h"
#include "kernels/base/rng.h"
#include "mpi/group.h"

struct made sample_make(int number, long i)
{
    uint64_t key = rng_key(5, "sample", (uint64_t)number, (uint64_t)i);
    long question = 1 + (long)(rng_bits(key, 0) % 5);
    long answer = 1 + (long)(rng_bits(key, 1) % 2);
    long behind = (long)(rng_bits(key, 2) % 3);
    struct made s = {.n = 1 + question + answer + behind,
                     .answer = 1 + question,
                     .answer_end = 1 + question + answer};

    s.token[0] = SAMPLE_VOCABULARY - 1;
    for (long t = 1; t < s.n; t++) {
        long asked = s.token[1] * (1 + t - s.answer) + number;
        bool is_answer = t >= s.answer && t < s.answer_end;

        s.token[t] = is_answer
                         ? (int32_t)(asked % 10)
                         : (int32_t)(rng_bits(key, (uint64_t)t + 9) % 10);
    }
    return s;
}

/* One rank writes a split of a skill. */
static void sample_write(const char *skill, const char *split, int number,
                         long samples, bool has_answers)
{
    uint16_t *token = malloc((size_t)(samples * SAMPLE_MOST) * sizeof *token);
    uint64_t *offset = calloc((size_t)samples + 1, sizeof *offset);
    struct shard_answer *answer = calloc((size_t)samples, sizeof *answer);
    struct shard s = {.tokenizer = "made-up",
                      .vocabulary_size = SAMPLE_VOCABULARY,
                      .end_of_text = -1,
                      .begin_of_text = SAMPLE_VOCABULARY - 1,
                      .documents = samples,
                      .layout = SHARD_SAMPLES,
                      .has_answers = has_answers};

    CHECK(token && offset && answer, "no memory");
    for (long i = 0; i < samples; i++) {
        struct made made = sample_make(number, i);

        for (long t = 1; t < made.n; t++)
            token[s.tokens++] = (uint16_t)made.token[t];
        offset[i + 1] = (uint64_t)s.tokens;
        answer[i] =
            (struct shard_answer){(uint32_t)(made.answer - 1),
                                  (uint32_t)(made.answer_end - made.answer)};
    }
    shard_files_name(&s, skill, split);
    shard_files_write(s, token, offset, answer);
    free(token);
    free(offset);
    free(answer);
}

static const struct {
    const char *skill, *split;
    int number;
    long samples;
    bool has_answers;
} sample_shards[] = {{"a", "train", 1, 61, true},
                     {"b", "train", 2, 67, true},
                     {"b", "validation", 12, 199, true},
                     {"plain", "train", 3, 31, false},
                     {"plain", "validation", 13, 53, false}};

enum { SAMPLE_SHARDS = sizeof sample_shards / sizeof *sample_shards };

void sample_files_begin(void)
{
    place_begin();
    for (int i = 0; i < SAMPLE_SHARDS && rank() == 0; i++)
        sample_write(sample_shards[i].skill, sample_shards[i].split,
                     sample_shards[i].number, sample_shards[i].samples,
                     sample_shards[i].has_answers);
    group_barrier(group_world());
}

void sample_files_end(void)
{
    group_barrier(group_world());
    for (int i = 0; i < SAMPLE_SHARDS && rank() == 0; i++) {
        struct shard s;

        shard_files_name(&s, sample_shards[i].skill, sample_shards[i].split);
        unlink(s.path.text);
    }
    place_end();
}
