#include <stdlib.h>
#include <string.h>

#include "io/shards/corpus_files.h"
#include "io/shards/shard_open.h"
#include "src/inspect/inspect.h"

struct total {
    long shards, skills, documents, tokens;
};

static struct problem print_shard(const struct settings *s, const char *path,
                                  FILE *to, struct total *total)
{
    struct shard head;
    struct shard_file f;
    struct problem wrong = shard_open(&head, path);
    const char *name = strrchr(path, '/') + 1;

    if (is_problem(&wrong))
        return wrong;
    inspect_text(name, strlen(name), to);
    fputs(" skill ", to);
    inspect_text(head.skill, strlen(head.skill), to);
    fputs(" split ", to);
    inspect_text(head.split, strlen(head.split), to);
    fprintf(to, " documents %ld tokens %ld\n", head.documents, head.tokens);
    total->shards++;
    total->documents += head.documents;
    total->tokens += head.tokens;
    if (!s->inspect.verify)
        return wrong;
    wrong = shard_attach(&f, &head);
    if (!is_problem(&wrong)) {
        wrong = inspect_shard_verify(&f, to);
        shard_detach(&f);
    }
    return wrong;
}

struct problem inspect_shards(const struct settings *s, const char *directory,
                              FILE *to)
{
    struct total total = {0};
    struct corpus_files files;
    struct problem wrong = corpus_files_list(&files, directory);

    if (!is_problem(&wrong) && files.n == 0)
        wrong = problem("%s contains neither the metrics.jsonl of a run nor a "
                        "skill shard (SKILL.SPLIT.h5)",
                        directory);
    for (long i = 0; i < files.n && !is_problem(&wrong); i++) {
        const struct corpus_file *f = &files.at[i];
        struct path path;

        wrong = path_print(&path, "%s/%s", directory, f->name);
        if (!is_problem(&wrong))
            wrong = print_shard(s, path.text, to, &total);
        if (i == 0 || strcmp(f->skill, f[-1].skill) != 0)
            total.skills++;
    }
    corpus_files_free(&files);
    if (!is_problem(&wrong))
        fprintf(to, "total shards %ld skills %ld documents %ld tokens %ld\n",
                total.shards, total.skills, total.documents, total.tokens);
    return wrong;
}
