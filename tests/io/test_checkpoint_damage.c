/* No damage of a checkpoint is read as if it were none, and no other file is
 * taken for one.    ranks: 1 2 4 */
#include <stdio.h>
#include <string.h>

#include "io/seal.h"
#include "kernels/base/rng.h"
#include "tests/lib/checkpoint_content.h"

/* Whether opening or verifying finds a problem; what is not found must not be
 * there. */
static bool found(const char *path, struct group *g)
{
    struct checkpoint c;
    struct problem wrong = checkpoint_open(&c, g, path);

    if (is_problem(&wrong))
        return true;
    wrong = checkpoint_verify(&c, g);
    checkpoint_free(&c);
    return is_problem(&wrong);
}

static void check_flips(const char *mine, const char *whole, size_t n,
                        struct group *alone)
{
    size_t block = seal_block_bytes(CONTENT_ITEMS);
    long missed = 0, tried = 0;

    ok(!found(mine, alone), "the undamaged copy is whole");
    for (uint64_t i = 0; i < 1500; i++) {
        uint64_t draw = rng_bits(10 + (uint64_t)rank(), i);
        size_t at = draw % (i % 3 ? n : block);
        char byte = whole[at] ^ (char)(1 << draw / n % 8);

        shard_files_overwrite(mine, at, &byte, 1);
        missed += !found(mine, alone);
        shard_files_overwrite(mine, at, whole + at, 1);
        tried++;
    }
    ok(missed == 0, "%ld of %ld flipped bits are missed", missed, tried);
}

/* As disks lose them. */
static void check_sectors(const char *mine, const char *whole, size_t n,
                          struct group *alone)
{
    static const char zero[512];
    long missed = 0, tried = 0;

    for (size_t at = 0; at + 512 <= n; at += 512) {
        size_t other = rng_bits(20, at) % (n / 512) * 512;

        if (memcmp(whole + at, zero, 512) != 0) {
            shard_files_overwrite(mine, at, zero, 512);
            missed += !found(mine, alone);
            tried++;
        }
        if (memcmp(whole + at, whole + other, 512) != 0) {
            shard_files_overwrite(mine, at, whole + other, 512);
            shard_files_overwrite(mine, other, whole + at, 512);
            missed += !found(mine, alone);
            shard_files_overwrite(mine, other, whole + other, 512);
            tried++;
        }
        shard_files_overwrite(mine, at, whole + at, 512);
    }
    ok(missed == 0, "%ld of %ld lost or swapped sectors are missed", missed,
       tried);
}

static void check_lengths(const char *mine, const char *whole, size_t n,
                          struct group *alone)
{
    long missed = 0, tried = 0;

    for (size_t m = 0; m < n; m += 1 + rng_bits(30, m) % 200) {
        shard_files_store(mine, whole, m);
        missed += !found(mine, alone);
        tried++;
    }
    ok(missed == 0, "%ld of %ld truncated files are missed", missed, tried);
    shard_files_store(mine, whole, n);
    shard_files_overwrite(mine, n, "x", 1);
    ok(found(mine, alone), "a byte too many is found");
    shard_files_store(mine, whole, n);
}

/* Two items of the same shape change places: each is whole. */
static void check_swapped_items(const struct checkpoint *c, const char *mine,
                                const char *whole, struct group *alone)
{
    const struct h5_dataset *a =
        &c->item[checkpoint_find(c, "model/embed.weight")].data;
    const struct h5_dataset *b =
        &c->item[checkpoint_find(c, "model/twin")].data;

    shard_files_overwrite(mine, a->at, whole + b->at, h5_dataset_bytes(b));
    shard_files_overwrite(mine, b->at, whole + a->at, h5_dataset_bytes(a));
    ok(found(mine, alone), "two swapped items are found");
    shard_files_overwrite(mine, a->at, whole + a->at, h5_dataset_bytes(a));
    shard_files_overwrite(mine, b->at, whole + b->at, h5_dataset_bytes(b));
}

/* Seals a file again whose list of items somebody has changed. */
static void seal_again(const struct checkpoint *c, const char *path)
{
    struct seal_range range[CONTENT_ITEMS];
    long n = 0;

    for (uint64_t at = 0; n < CONTENT_ITEMS; n++) {
        range[n].at = UINT64_MAX;
        for (long i = 0; i < CONTENT_ITEMS; i++)
            if (c->item[i].data.at >= at && c->item[i].data.at < range[n].at)
                range[n] = (struct seal_range){
                    c->item[i].data.at, h5_dataset_bytes(&c->item[i].data)};
        at = range[n].at + 1;
    }
    settled(seal_write(path, seal_block_bytes(CONTENT_ITEMS), range, n));
}

/* An item is moved to place `to` in the list; the reader must not trust it. */
static struct problem read_moved(const struct checkpoint *c, const char *mine,
                                 const char *whole, size_t n, uint64_t to,
                                 struct group *alone)
{
    uint64_t block = seal_block_bytes(CONTENT_ITEMS);
    uint64_t at = c->item[checkpoint_find(c, "model/twin")].data.at - block;
    struct checkpoint again;
    struct problem wrong;
    long places = 0;

    to -= block; /* HDF5 counts from there */
    for (size_t i = block; i + 8 <= n; i++)
        if (memcmp(whole + i, &at, 8) == 0) {
            shard_files_overwrite(mine, i, &to, 8);
            places++;
        }
    CHECK(places == 1, "%ld places hold the address of an item", places);
    seal_again(c, mine);
    wrong = checkpoint_open(&again, alone, mine);
    if (!is_problem(&wrong))
        checkpoint_free(&again);
    shard_files_store(mine, whole, n);
    return wrong;
}

static void check_moved_items(const struct checkpoint *c, const char *mine,
                              const char *whole, size_t n, struct group *alone)
{
    uint64_t other = c->item[checkpoint_find(c, "model/half")].data.at;
    struct problem wrong = read_moved(c, mine, whole, n, other + 2, alone);

    ok(strstr(wrong.text, "overlap"), "two items at one place: %s",
       wrong.text);
    wrong = read_moved(c, mine, whole, n, n - 8, alone);
    ok(strstr(wrong.text, "is not inside"), "one beyond the end: %s",
       wrong.text);
    wrong = read_moved(c, mine, whole, n, UINT64_MAX - 100, alone);
    ok(is_problem(&wrong), "one at the end of all: %s", wrong.text);
}

/* A file of strangers: an HDF5 file of a few datasets under a seal, with what
 * is wrong in it. */
struct stranger {
    const char *format, *sums, *word;
    int64_t version, step;
    enum h5_number number; /* of the sums */
    uint64_t rows;
    bool is_sealed, has_third_name, has_long_name;
};

static void make_stranger(const struct stranger *s, const char *path)
{
    struct h5_dataset x = {H5_F32, 1, {4, 1}, 0};
    struct h5_dataset sums = {s->number, 1, {s->rows, 1}, 0};
    char name[2 * CHECKPOINT_NAME_BYTES];
    struct h5 f;

    settled(h5_create(&f, path, s->is_sealed ? seal_block_bytes(1) : 0));
    settled(h5_text_write(&f, "format", s->format));
    settled(h5_number_write(&f, "version", s->version));
    settled(h5_number_write(&f, "step", s->step));
    settled(h5_number_write(&f, "tokens", 0));
    memset(name, 'n', CHECKPOINT_NAME_BYTES);
    name[CHECKPOINT_NAME_BYTES - !s->has_long_name] = '\0';
    settled(h5_dataset_create(&f, name, &x));
    settled(h5_link(&f, name, "model/x"));
    if (s->has_third_name)
        settled(h5_link(&f, name, "a/third/name"));
    settled(h5_dataset_create(&f, s->sums, &sums));
    settled(h5_close(&f));
    settled(h5_reserve(path, x.at + h5_dataset_bytes(&x)));
    settled(h5_reserve(path, sums.at + h5_dataset_bytes(&sums)));
    if (s->is_sealed)
        settled(seal_write(path, seal_block_bytes(1),
                           &(struct seal_range){x.at, 16}, 1));
}

static void check_stranger(const struct stranger *s, const char *path)
{
    struct checkpoint c;
    struct problem wrong;

    if (rank() == 0)
        make_stranger(s, path);
    group_barrier(group_world());
    wrong = checkpoint_open(&c, group_world(), path);
    ok(s->word ? strstr(wrong.text, s->word) && !c.item : !is_problem(&wrong),
       "a stranger: %s", wrong.text);
    checkpoint_free(&c);
}

static void check_strangers(const char *path)
{
    static const char ours[] = "skillet-checkpoint";
    const struct stranger good = {.format = ours,
                                  .sums = "sums",
                                  .version = CHECKPOINT_VERSION,
                                  .number = H5_U64,
                                  .rows = 1,
                                  .is_sealed = true};
    struct stranger s[10];
    int n = 0;

    for (size_t i = 0; i < sizeof s / sizeof *s; i++)
        s[i] = good;
    n++; /* the first is good: so the others are refused for what they lack */
    s[n].is_sealed = false, s[n++].word = "no seal";
    s[n].format = "skillet-shard", s[n++].word = "format is \"skillet-shard\"";
    s[n].version = CHECKPOINT_VERSION + 1, s[n++].word = "has version 2";
    s[n].step = -1, s[n++].word = "step is -1";
    s[n].sums = "model/sums", s[n++].word = "lacks sums";
    s[n].number = H5_I64, s[n++].word = "lacks sums";
    s[n].rows = 2, s[n++].word = "one for each of its 1 items";
    s[n].has_third_name = true, s[n++].word = "overlap";
    s[n].has_long_name = true, s[n++].word = "more than 127 bytes";
    for (int i = 0; i < n; i++)
        check_stranger(&s[i], path);
}

static void check_no_hdf5(const char *path)
{
    static const char *const text[] = {"",
                                       "S",
                                       "step,tokens\n1,2\n",
                                       "SKILLET\n",
                                       "\x89HDF\r\n\x1a\n",
                                       "SKILLET\nSKILLET\nSKILLET\nSKILLET\n"
                                       "SKILLET\nSKILLET\nSKILLET\nSKILLET\n"};
    struct checkpoint c;
    struct problem wrong;

    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        if (rank() == 0)
            shard_files_store(path, text[i], strlen(text[i]));
        group_barrier(group_world());
        wrong = checkpoint_open(&c, group_world(), path);
        ok(strstr(wrong.text, path), "no checkpoint: %s", wrong.text);
        group_barrier(group_world());
    }
    wrong = checkpoint_open(&c, group_world(), "/nowhere/to/be/found");
    ok(strstr(wrong.text, "No such file"), "no file: %s", wrong.text);
    wrong = checkpoint_open(&c, group_world(), "/");
    ok(is_problem(&wrong), "a directory: %s", wrong.text);
}

int main(int argc, char **argv)
{
    struct checkpoint c;
    struct group *alone;
    char mine[600], stranger[600], *whole;
    size_t n;

    world_start(&argc, &argv);
    place_begin();
    alone = group_split(group_world(), rank());
    c = content_init(directory, 7);
    content_write(&c, group_world());
    whole = content_load(c.path.text, &n);
    snprintf(mine, sizeof mine, "%s/mine.%d.h5", directory, rank());
    shard_files_store(mine, whole, n);
    check_flips(mine, whole, n, alone);
    check_sectors(mine, whole, n, alone);
    check_lengths(mine, whole, n, alone);
    check_swapped_items(&c, mine, whole, alone);
    check_moved_items(&c, mine, whole, n, alone);
    unlink(mine);
    snprintf(stranger, sizeof stranger, "%s/stranger.h5", directory);
    check_strangers(stranger);
    check_no_hdf5(stranger);
    if (rank() == 0) {
        unlink(stranger);
        unlink(c.path.text);
    }
    free(whole);
    checkpoint_free(&c);
    group_free(alone);
    place_end();
    tap_done();
    world_stop();
    return 0;
}
