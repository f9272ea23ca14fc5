#include "tests/lib/shard_files.h"

#include <fcntl.h>
#include <sys/resource.h>

#include "io/shards/corpus_files.h"
#include "io/shards/shard_open.h"
#include "io/shards/shard_write.h"
#include "kernels/base/check.h"

void shard_files_store(const char *path, const char *at, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

    CHECK(fd >= 0 && write(fd, at, n) == (ssize_t)n, "cannot write %s", path);
    close(fd);
}

void shard_files_overwrite(const char *path, size_t at, const void *from,
                           size_t n)
{
    int fd = open(path, O_WRONLY);

    CHECK(fd >= 0 && pwrite(fd, from, n, (off_t)at) == (ssize_t)n,
          "cannot write %s", path);
    close(fd);
}

void shard_files_limit(rlim_t bytes)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
}

void shard_files_write(struct shard s, const uint16_t *token,
                       const uint64_t *offset,
                       const struct shard_answer *answer)
{
    struct shard_writer w;

    settled(shard_write_create(&s, ""));
    settled(shard_write_open(&w, &s));
    settled(shard_write_tokens(&w, 0, s.tokens, token));
    settled(shard_write_documents(&w, 0, s.documents + 1, offset));
    if (s.has_answers)
        settled(shard_write_answers(&w, 0, s.documents, answer));
    settled(shard_write_sums(&w, 0, shard_blocks(&s)));
    settled(shard_write_close(&w));
    settled(shard_write_seal(&s));
    settled(shard_write_publish(&s));
}

void shard_files_name(struct shard *s, const char *skill, const char *split)
{
    struct corpus_file file;

    corpus_files_name(&file, skill, split, 0);
    snprintf(s->skill, sizeof s->skill, "%s", skill);
    snprintf(s->title, sizeof s->title, "%s", skill);
    snprintf(s->split, sizeof s->split, "%s", split);
    snprintf(s->path.text, sizeof s->path.text, "%s/%s", directory, file.name);
}

bool shard_files_found(const char *path)
{
    struct shard s;
    struct shard_file f;
    struct problem wrong = shard_open(&s, path);
    struct shard_answer *answer;
    uint64_t *offset;
    int32_t *out;

    if (is_problem(&wrong))
        return true;
    settled(shard_attach(&f, &s));
    out = malloc((size_t)s.tokens * sizeof *out);
    offset = malloc((size_t)(s.documents + 1) * sizeof *offset);
    answer = malloc((size_t)s.documents * sizeof *answer);
    CHECK(out && offset && answer, "no memory");
    wrong = shard_read_tokens(&f, 0, s.tokens, out);
    if (!is_problem(&wrong))
        wrong = shard_read_documents(&f, 0, s.documents + 1, offset);
    if (!is_problem(&wrong) && s.has_answers)
        wrong = shard_read_answers(&f, 0, s.documents, answer);
    shard_detach(&f);
    free(out);
    free(offset);
    free(answer);
    return is_problem(&wrong);
}
