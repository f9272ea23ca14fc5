#ifndef TESTS_LIB_SHARD_FILES_H
#define TESTS_LIB_SHARD_FILES_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "io/shards/corpus_files.h"
#include "io/shards/shard_open.h"
#include "io/shards/shard_write.h"
#include "kernels/base/check.h"
#include "tests/lib/tap.h"

/* Files of the tests of shards, in a directory that the ranks share. */
static char directory[512];

static inline int rank(void)
{
    return group_rank(group_world());
}

static inline struct problem settled(struct problem p)
{
    CHECK(!is_problem(&p), "%s", p.text);
    return p;
}

static inline void shard_files_store(const char *path, const char *at,
                                     size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

    CHECK(fd >= 0 && write(fd, at, n) == (ssize_t)n, "cannot write %s", path);
    close(fd);
}

static inline void shard_files_overwrite(const char *path, size_t at,
                                         const void *from, size_t n)
{
    int fd = open(path, O_WRONLY);

    CHECK(fd >= 0 && pwrite(fd, from, n, (off_t)at) == (ssize_t)n,
          "cannot write %s", path);
    close(fd);
}

/* Writes behind that many bytes of a file fail from here on. */
static inline void shard_files_limit(rlim_t bytes)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
}

/* A whole shard, from one rank; its path says where. */
static inline void shard_files_write(struct shard s, const uint16_t *token,
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

/* Names the shard of a split of a skill, and its file in the directory. */
static inline void shard_files_name(struct shard *s, const char *skill,
                                    const char *split)
{
    struct corpus_file file;

    corpus_files_name(&file, skill, split, 0);
    snprintf(s->skill, sizeof s->skill, "%s", skill);
    snprintf(s->title, sizeof s->title, "%s", skill);
    snprintf(s->split, sizeof s->split, "%s", split);
    snprintf(s->path.text, sizeof s->path.text, "%s/%s", directory, file.name);
}

/* Whether opening and reading all of it finds a problem. */
static inline bool shard_files_found(const char *path)
{
    struct shard s;
    struct shard_file f;
    struct problem p = shard_open(&s, path);
    struct shard_answer *answer;
    uint64_t *offset;
    int32_t *out;

    if (is_problem(&p))
        return true;
    settled(shard_attach(&f, &s));
    out = malloc((size_t)s.tokens * sizeof *out);
    offset = malloc((size_t)(s.documents + 1) * sizeof *offset);
    answer = malloc((size_t)s.documents * sizeof *answer);
    CHECK(out && offset && answer, "no memory");
    p = shard_read_tokens(&f, 0, s.tokens, out);
    if (!is_problem(&p))
        p = shard_read_documents(&f, 0, s.documents + 1, offset);
    if (!is_problem(&p) && s.has_answers)
        p = shard_read_answers(&f, 0, s.documents, answer);
    shard_detach(&f);
    free(out);
    free(offset);
    free(answer);
    return is_problem(&p);
}

/* The ranks share rank 0's directory; each works on a file of its own. */
static inline void shard_files_begin(void)
{
    const char *parent = getenv("TMPDIR");

    if (rank() == 0) {
        snprintf(directory, sizeof directory, "%s/shard.XXXXXX",
                 parent ? parent : "/tmp");
        CHECK(mkdtemp(directory), "no directory %s", directory);
    }
    group_broadcast(group_world(), directory, sizeof directory);
}

#endif
