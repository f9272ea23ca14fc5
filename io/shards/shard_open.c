#include "io/shards/shard_open.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "io/h5.h"
#include "io/seal.h"

static struct problem read_numbers(struct h5 *f, struct shard *s)
{
    const struct {
        const char *name;
        long *to;
    } row[] = {{"vocabulary_size", &s->vocabulary_size},
               {"end_of_text", &s->end_of_text},
               {"begin_of_text", &s->begin_of_text}};

    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        int64_t x;
        struct problem wrong = h5_number_read(f, row[i].name, &x);

        if (is_problem(&wrong))
            return wrong;
        *row[i].to = x;
    }
    return NO_PROBLEM;
}

static struct problem read_texts(struct h5 *f, struct shard *s, char *layout,
                                 size_t layout_size)
{
    const struct {
        const char *name;
        char *to;
        size_t size;
    } row[] = {
        {"skill", s->skill, sizeof s->skill},
        {"split", s->split, sizeof s->split},
        {"title", s->title, sizeof s->title},
        {"tokenizer", s->tokenizer, sizeof s->tokenizer},
        {"tokenizer_sha256", s->tokenizer_sha256, sizeof s->tokenizer_sha256},
        {"layout", layout, layout_size},
    };

    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct problem wrong =
            h5_text_read(f, row[i].name, row[i].to, row[i].size);

        if (is_problem(&wrong))
            return wrong;
    }
    return NO_PROBLEM;
}

static struct problem parse_layout(struct shard *s, const char *layout)
{
    for (s->layout = SHARD_PACKED; s->layout <= SHARD_SAMPLES; s->layout++)
        if (strcmp(layout, shard_layout_name(s->layout)) == 0)
            return NO_PROBLEM;
    return problem("%s has layout \"%s\", neither \"packed\" nor \"samples\"",
                   s->path.text, layout);
}

static struct problem check_format(struct h5 *f, const char *path)
{
    char format[32];
    int64_t version;
    struct problem wrong = h5_text_read(f, "format", format, sizeof format);

    if (is_problem(&wrong))
        return wrong;
    if (strcmp(format, "skillet-shard") != 0)
        return problem("%s is not a skill shard: its format is \"%s\"", path,
                       format);
    wrong = h5_number_read(f, "version", &version);
    if (!is_problem(&wrong) && version != SHARD_VERSION)
        return problem("%s has version %lld of the shard format, but this "
                       "Skillet reads version %d: tokenize it again",
                       path, (long long)version, SHARD_VERSION);
    return wrong;
}

static struct problem read_attributes(struct h5 *f, struct shard *s)
{
    char layout[16];
    struct problem wrong = check_format(f, s->path.text);

    if (!is_problem(&wrong))
        wrong = read_texts(f, s, layout, sizeof layout);
    if (!is_problem(&wrong))
        wrong = read_numbers(f, s);
    if (!is_problem(&wrong))
        wrong = parse_layout(s, layout);
    if (is_problem(&wrong))
        return wrong;
    if (s->vocabulary_size < 1 || s->vocabulary_size > INT32_MAX)
        return problem("%s: vocabulary_size is %ld, not 1 to %d", s->path.text,
                       s->vocabulary_size, INT32_MAX);
    if (s->end_of_text < -1 || s->end_of_text >= s->vocabulary_size)
        return problem("%s: end_of_text is %ld, outside the vocabulary of %ld",
                       s->path.text, s->end_of_text, s->vocabulary_size);
    if (s->begin_of_text < -1 || s->begin_of_text >= s->vocabulary_size)
        return problem("%s: begin_of_text is %ld, outside the vocabulary of "
                       "%ld",
                       s->path.text, s->begin_of_text, s->vocabulary_size);
    return wrong;
}

/* A dataset [n], or with two columns [n, 2], n > 0. */
static struct problem find_dataset(struct h5 *f, const char *name,
                                   enum h5_number number, uint64_t columns,
                                   uint64_t file_bytes, struct h5_dataset *d)
{
    struct problem wrong = h5_dataset_find(f, name, d);
    uint64_t width = h5_number_bytes(number);

    if (is_problem(&wrong))
        return wrong;
    if (d->number != number)
        return problem("%s: dataset \"%s\" is not of little-endian uint%d",
                       f->path, name, (int)(8 * width));
    if (d->dims_count != (columns == 1 ? 1 : 2) || d->dims[0] == 0 ||
        (columns > 1 && d->dims[1] != columns))
        return problem(
            "%s: dataset \"%s\" is empty or does not have the shape [n%s]",
            f->path, name, columns > 1 ? ", 2" : "");
    if (d->at > file_bytes ||
        d->dims[0] > (file_bytes - d->at) / (width * columns))
        return problem(
            "%s is truncated: dataset \"%s\" does not end inside it", f->path,
            name);
    return wrong;
}

/* One sum a block of a dataset; *at is where they are. */
static struct problem find_sums(struct h5 *f, const char *name, long blocks,
                                uint64_t file_bytes, uint64_t *at)
{
    struct h5_dataset d;
    struct problem wrong = find_dataset(f, name, H5_U64, 1, file_bytes, &d);

    if (!is_problem(&wrong) && (long)d.dims[0] != blocks)
        wrong =
            problem("%s: dataset \"%s\" has %ld numbers, not one for each of "
                    "%ld blocks",
                    f->path, name, (long)d.dims[0], blocks);
    *at = d.at;
    return wrong;
}

/* A shard that another program wrote need not have sums of its documents and
 * answers: then their place is 0, where no dataset can stand. */
static struct problem find_all_sums(struct h5 *f, struct shard *s, bool sealed,
                                    uint64_t file_bytes)
{
    struct problem wrong =
        find_sums(f, "sums", shard_sums(s->tokens, SHARD_BLOCK), file_bytes,
                  &s->sums_at);

    if (!is_problem(&wrong) &&
        (sealed || h5_dataset_exists(f, "document_sums")))
        wrong = find_sums(f, "document_sums",
                          shard_sums(s->documents + 1, SHARD_OFFSETS),
                          file_bytes, &s->document_sums_at);
    if (!is_problem(&wrong) && s->has_answers &&
        (sealed || h5_dataset_exists(f, "answer_sums")))
        wrong = find_sums(f, "answer_sums",
                          shard_sums(s->documents, SHARD_ANSWERS), file_bytes,
                          &s->answer_sums_at);
    return wrong;
}

static struct problem find_answers(struct h5 *f, struct shard *s,
                                   uint64_t file_bytes)
{
    struct h5_dataset d;
    struct problem wrong = NO_PROBLEM;

    s->has_answers = h5_dataset_exists(f, "answers");
    if (!s->has_answers)
        return wrong;
    if (s->layout != SHARD_SAMPLES)
        return problem(
            "%s has answers, which only layout \"samples\" can have",
            s->path.text);
    wrong = find_dataset(f, "answers", H5_U32, 2, file_bytes, &d);
    if (!is_problem(&wrong) && (long)d.dims[0] != s->documents)
        wrong = problem(
            "%s: dataset \"answers\" has %ld rows, not one for each of "
            "%ld documents",
            s->path.text, (long)d.dims[0], s->documents);
    if (!is_problem(&wrong))
        s->answers_at = d.at;
    return wrong;
}

static struct problem read_datasets(struct h5 *f, struct shard *s, bool sealed)
{
    struct h5_dataset tokens, documents;
    struct stat st;
    struct problem wrong;

    if (stat(s->path.text, &st) != 0)
        return problem("%s cannot be read: %s", s->path.text, strerror(errno));
    s->token_bytes = s->vocabulary_size <= 1 << 16 ? 2 : 4;
    wrong = find_dataset(f, "tokens", s->token_bytes == 2 ? H5_U16 : H5_U32, 1,
                         (uint64_t)st.st_size, &tokens);
    if (!is_problem(&wrong))
        wrong = find_dataset(f, "documents", H5_U64, 1, (uint64_t)st.st_size,
                             &documents);
    if (is_problem(&wrong))
        return wrong;
    s->tokens = (long)tokens.dims[0];
    s->documents = (long)documents.dims[0] - 1;
    s->tokens_at = tokens.at;
    s->documents_at = documents.at;
    if (s->documents < 1)
        return problem("%s has no document", s->path.text);
    wrong = find_answers(f, s, (uint64_t)st.st_size);
    return is_problem(&wrong)
               ? wrong
               : find_all_sums(f, s, sealed, (uint64_t)st.st_size);
}

static struct problem read_header(struct shard *s)
{
    struct h5 f;
    bool sealed;
    struct problem wrong = seal_check(s->path.text, &sealed);

    if (is_problem(&wrong))
        return wrong;
    wrong = h5_open(&f, s->path.text);
    if (!is_problem(&wrong))
        wrong = read_attributes(&f, s);
    if (!is_problem(&wrong))
        wrong = read_datasets(&f, s, sealed);
    h5_close(&f);
    return wrong;
}

/* The ends alone: what is between is checked where it is read. */
static struct problem check_ends(struct shard_file *f)
{
    uint64_t offset;
    struct problem wrong = shard_read_documents(f, 0, 1, &offset);

    if (!is_problem(&wrong))
        wrong = shard_read_documents(f, f->head.documents, 1, &offset);
    return wrong;
}

struct problem shard_open(struct shard *s, const char *path)
{
    struct shard_file f;
    struct problem wrong;

    memset(s, 0, sizeof *s);
    wrong = path_print(&s->path, "%s", path);
    if (is_problem(&wrong))
        return wrong;
    wrong = read_header(s);
    if (is_problem(&wrong))
        return wrong;
    wrong = shard_attach(&f, s);
    if (is_problem(&wrong))
        return wrong;
    wrong = check_ends(&f);
    shard_detach(&f);
    return wrong;
}
