/* A checkpoint is read as it was written, has the same bytes whatever the
 * ranks that wrote it, and is there whole or not at all.    ranks: 1 2 4 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "io/checkpoint/checkpoint_files.h"
#include "kernels/base/rng.h"
#include "tests/lib/checkpoint_content.h"

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static bool same_shape(const struct h5_dataset *a, const struct h5_dataset *b)
{
    return a->number == b->number && a->dims_count == b->dims_count &&
           a->dims[0] == b->dims[0] && a->dims[1] == b->dims[1];
}

static void check_same(const struct checkpoint *written)
{
    struct checkpoint c;
    struct problem wrong =
        checkpoint_open(&c, group_world(), written->path.text);
    long failures = 0, lost = 0;

    ok(!is_problem(&wrong), "it opens%s%s", wrong.text[0] ? ": " : "",
       wrong.text);
    for (long i = 0; i < written->items; i++) {
        const struct checkpoint_item *item = &written->item[i];
        long at = checkpoint_find(&c, item->name);

        lost += at < 0;
        lost += item->alias[0] && checkpoint_find(&c, item->alias) != at;
        failures += at < 0 || !same_shape(&c.item[at].data, &item->data);
    }
    ok(lost == 0 && c.items == written->items,
       "%ld of %ld items and %ld names are lost", written->items - c.items,
       written->items, lost);
    ok(failures == 0, "%ld items have another type or shape", failures);
    ok(checkpoint_find(&c, "model") == -1 && checkpoint_find(&c, "sums") == -1,
       "what is no item is not found");
    ok(c.step == written->step && c.tokens == written->tokens,
       "step %lld and %lld tokens", (long long)c.step, (long long)c.tokens);
    failures = content_wrong(&c);
    ok(failures == 0, "%ld of %d items are not read as written", failures,
       CONTENT_ITEMS);
    wrong = checkpoint_verify(&c, group_world());
    ok(!is_problem(&wrong), "all sums are right%s%s",
       wrong.text[0] ? ": " : "", wrong.text);
    checkpoint_free(&c);
}

/* Other ranks, and once in another second. */
static void check_same_bytes(const struct checkpoint *together)
{
    struct group *alone = group_split(group_world(), rank());
    char mine[600];
    struct checkpoint c;
    size_t n, m;
    char *one, *many;

    snprintf(mine, sizeof mine, "%s/alone.%d", directory, rank());
    mkdir(mine, 0777);
    c = content_init(mine, together->step);
    if (group_size(group_world()) == 1)
        usleep(1100000);
    content_write(&c, alone);
    one = content_load(c.path.text, &n);
    many = content_load(together->path.text, &m);
    ok(n == m && memcmp(one, many, n) == 0,
       "each rank alone writes the %zu bytes that %d ranks write", n,
       group_size(group_world()));
    free(one);
    free(many);
    unlink(c.path.text);
    rmdir(mine);
    checkpoint_free(&c);
    group_free(alone);
}

enum trouble {
    NO_ROOM_AT_ALL, /* as on a full disk: shown where room is taken */
    NO_ROOM_LEFT,
    BAD_WRITE,
    BAD_SYNC,
    BAD_NAME,
    TROUBLES
};

/* What goes wrong on one rank while the file is open. */
static void make_trouble(struct checkpoint_writer *w, enum trouble trouble)
{
    if (trouble == NO_ROOM_LEFT)
        shard_files_limit(9000);
    if (trouble == BAD_WRITE) {
        int fd = open(w->name.text, O_RDONLY);

        dup2(fd, w->fd);
        close(fd);
    }
    if (trouble == BAD_SYNC) {
        content_put_all(w);
        close(w->fd);
    }
    if (trouble == BAD_NAME)
        mkdir(w->checkpoint->path.text, 0777);
}

static struct problem write_in_trouble(struct checkpoint *c,
                                       enum trouble trouble)
{
    struct group *g = group_world();
    bool here = rank() == (trouble == BAD_NAME || trouble == NO_ROOM_AT_ALL
                               ? 0
                               : group_size(g) - 1);
    struct checkpoint_writer w;
    struct problem wrong;

    if (here && trouble == NO_ROOM_AT_ALL)
        shard_files_limit(9000);
    wrong = checkpoint_write_create(&w, c, g);
    if (!is_problem(&wrong)) {
        if (here)
            make_trouble(&w, trouble);
        if (!here || trouble != BAD_SYNC)
            content_put_all(&w);
        wrong = checkpoint_write_publish(&w);
    }
    shard_files_limit(RLIM_INFINITY);
    group_barrier(g);
    return wrong;
}

static void check_next_attempt(struct checkpoint *c, const char *want,
                               size_t n)
{
    size_t m;
    char *got;

    content_write(c, group_world());
    got = content_load(c->path.text, &m);
    ok(n == m && memcmp(want, got, n) == 0, "the next attempt is as good");
    free(got);
    group_barrier(group_world());
}

/* A save that fails on one rank leaves what was there before. */
static void check_troubles(const struct checkpoint *whole)
{
    static const char *const word[] = {
        "no room for", "cannot be written", "cannot be written",
        "cannot be written to the disk", "cannot be renamed"};
    size_t before, after;
    char *old = content_load(whole->path.text, &before), *still;

    signal(SIGXFSZ, SIG_IGN);
    for (enum trouble t = 0; t < TROUBLES; t++) {
        struct checkpoint c =
            content_init(directory, t == BAD_NAME ? 99 : whole->step);
        struct problem wrong = write_in_trouble(&c, t);
        char path[sizeof c.path.text + 8];

        ok(strstr(wrong.text, word[t]), "trouble: %s", wrong.text);
        snprintf(path, sizeof path, "%s.tmp", c.path.text);
        ok(!exists(path), "no file is left");
        still = content_load(whole->path.text, &after);
        ok(before == after && memcmp(old, still, after) == 0,
           "and the one that was there is whole");
        free(still);
        group_barrier(group_world());
        if (t == BAD_NAME && rank() == 0)
            rmdir(c.path.text);
        if (t != BAD_NAME)
            check_next_attempt(&c, old, before);
        checkpoint_free(&c);
    }
    free(old);
}

static void check_no_directory(void)
{
    char missing[600], path[1200];
    struct checkpoint_writer w;
    struct checkpoint c;
    struct problem wrong;

    snprintf(missing, sizeof missing, "%s/missing", directory);
    c = content_init(missing, 1);
    wrong = checkpoint_write_create(&w, &c, group_world());
    ok(strstr(wrong.text, "No such file"), "no directory: %s", wrong.text);
    checkpoint_free(&c);
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    wrong = checkpoint_init(&c, path, 1);
    ok(strstr(wrong.text, "too long"), "a long path: %s", wrong.text);
}

/* A hundred layers; nothing may take the square of that. */
static void check_many_items(void)
{
    enum { MANY = 5000 };
    struct checkpoint c, again;
    struct checkpoint_writer w;
    struct problem wrong;
    float x[3] = {1, 2, 3};
    long lost = 0;

    settled(checkpoint_init(&c, directory, 123456789012));
    for (int i = 0; i < MANY; i++) {
        char name[CHECKPOINT_NAME_BYTES];

        snprintf(name, sizeof name, "model/blocks.%d.attention.query.weight",
                 i);
        checkpoint_add(&c, name, H5_F32, 3, 1);
        snprintf(name, sizeof name,
                 "optimizer/master/blocks.%d.attention.query.weight", i);
        checkpoint_alias(&c, i, name);
    }
    settled(checkpoint_write_create(&w, &c, group_world()));
    for (int i = 0; i < MANY; i++)
        if (i % group_size(group_world()) == rank())
            checkpoint_write_put(&w, i, 0, 3, x);
    settled(checkpoint_write_publish(&w));
    settled(checkpoint_open(&again, group_world(), c.path.text));
    for (int i = 0; i < MANY; i++)
        lost += checkpoint_find(&again, c.item[i].name) < 0 ||
                checkpoint_find(&again, c.item[i].alias) < 0;
    ok(again.items == MANY && lost == 0, "%ld of %d items are lost", lost,
       MANY);
    wrong = checkpoint_verify(&again, group_world());
    ok(!is_problem(&wrong), "their sums are right%s", wrong.text);
    checkpoint_free(&again);
    if (rank() == 0)
        unlink(c.path.text);
    checkpoint_free(&c);
}

static void make_file(const char *in, const char *name)
{
    char path[900];

    snprintf(path, sizeof path, "%s/%s", in, name);
    shard_files_store(path, "", 0);
}

/* Files that are no checkpoints, whatever they look like. */
static const char *const other_names[] = {"checkpoint-5.h5",
                                          "checkpoint-0000001234.h5",
                                          "checkpoint-00001234.h5.a",
                                          "checkpoint-00001234.H5",
                                          "checkpoint--0000001.h5",
                                          "checkpoint-+0001234.h5",
                                          "checkpoint- 0001234.h5",
                                          "checkpoint-.h5",
                                          "checkpoint-00001234",
                                          "checkpoint-00001234h5",
                                          "xcheckpoint-00001234.h5",
                                          "checkpoint-99999999999999999999.h5",
                                          "checkpoint-0x001234.h5",
                                          "checkpoint-7.h5.tmp",
                                          "notes.tmp"};
enum { OTHER_NAMES = sizeof other_names / sizeof *other_names };

/* Removes them, and returns how many there were. */
static int remove_others(const char *in)
{
    int kept = 0;

    for (int i = 0; i < OTHER_NAMES; i++) {
        char path[900];

        snprintf(path, sizeof path, "%s/%s", in, other_names[i]);
        kept += exists(path);
        unlink(path);
    }
    return kept;
}

static void check_names(const char *in)
{
    static const int64_t want[] = {123456789012, 99999999, 1234, 5, 0};
    int64_t *step;
    long n;
    int kept;
    char path[900];

    for (int i = 0; i < OTHER_NAMES; i++)
        make_file(in, other_names[i]);
    make_file(in, "checkpoint-00001234.h5");
    make_file(in, "checkpoint-123456789012.h5");
    make_file(in, "checkpoint-00000000.h5");
    make_file(in, "checkpoint-99999999.h5");
    make_file(in, "checkpoint-00000005.h5");
    make_file(in, "checkpoint-00000005.h5.tmp");
    make_file(in, "checkpoint-123456789.h5.tmp");
    settled(checkpoint_files_list(in, &step, &n));
    ok(n == 5 && memcmp(step, want, sizeof want) == 0,
       "%ld of 5 names of checkpoints are listed, the latest first", n);
    free(step);
    settled(checkpoint_files_sweep(in));
    snprintf(path, sizeof path, "%s/checkpoint-00000005.h5.tmp", in);
    ok(!exists(path), "what a killed writer left is swept");
    snprintf(path, sizeof path, "%s/checkpoint-123456789.h5.tmp", in);
    ok(!exists(path), "also of a step of nine digits");
    settled(checkpoint_files_prune(in, 0, 0, INT64_MAX));
    kept = remove_others(in);
    ok(kept == OTHER_NAMES, "%d of %d files of other names are left alone",
       kept, OTHER_NAMES);
}

static void check_no_names(const char *in)
{
    int64_t *step;
    long n;
    char path[900];
    struct problem wrong;

    settled(checkpoint_files_list(in, &step, &n));
    ok(n == 0 && !step, "and no checkpoint");
    snprintf(path, sizeof path, "%s/none", in);
    settled(checkpoint_files_list(path, &step, &n));
    ok(n == 0 && !step, "a directory that is not there has none");
    snprintf(path, sizeof path, "%s/file", in);
    shard_files_store(path, "", 0);
    wrong = checkpoint_files_list(path, &step, &n);
    ok(strstr(wrong.text, "Not a directory"), "a file: %s", wrong.text);
    unlink(path);
}

/* Against the definition, on directories of ten checkpoints. */
static void check_prune(const char *in)
{
    long wrong = 0;

    for (uint64_t trial = 0; trial < 60; trial++) {
        long keep = (long)(rng_bits(1, trial) % 4);
        long every = (long)(rng_bits(2, trial) % 3) * 20;
        int64_t now = (int64_t)(rng_bits(3, trial) % 11) * 10 - 10, *left;
        long n;

        for (int64_t step = 90; step >= 0; step -= 10) {
            char name[64];

            snprintf(name, sizeof name, "checkpoint-%08d.h5", (int)step);
            make_file(in, name);
        }
        settled(checkpoint_files_prune(in, keep, every, now));
        settled(checkpoint_files_list(in, &left, &n));
        for (int64_t step = 90, i = 0; step >= 0; step -= 10) {
            bool stays = step > now || (now - step) / 10 < keep ||
                         (every > 0 && step % every == 0);
            bool is_left = i < n && left[i] == step;

            wrong += stays != is_left;
            i += is_left;
        }
        free(left);
    }
    settled(checkpoint_files_prune(in, 0, 0, INT64_MAX));
    ok(wrong == 0, "%ld of 600 checkpoints are wrongly kept or removed",
       wrong);
}

int main(int argc, char **argv)
{
    struct checkpoint c;
    char mine[600];

    world_start(&argc, &argv);
    place_begin();
    c = content_init(directory, 42);
    content_write(&c, group_world());
    check_same(&c);
    check_same_bytes(&c);
    check_troubles(&c);
    check_no_directory();
    check_many_items();
    snprintf(mine, sizeof mine, "%s/mine.%d", directory, rank());
    mkdir(mine, 0777);
    check_names(mine);
    check_no_names(mine);
    check_prune(mine);
    rmdir(mine);
    if (rank() == 0)
        unlink(c.path.text);
    checkpoint_free(&c);
    place_end();
    tap_done();
    world_stop();
    return 0;
}
