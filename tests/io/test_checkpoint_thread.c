/* A checkpoint that threads write while the ranks go on has the bytes of one
 * that the ranks write, and is there whole or not at all.    ranks: 1 2 4 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "io/checkpoint/checkpoint_thread.h"
#include "tests/lib/checkpoint_content.h"

enum trouble { NONE, NO_ROOM_LEFT, BAD_WRITE, BAD_SYNC };

/* The file is open read-only on one rank, or a pipe, or limited in its
 * size. */
static void make_trouble(struct checkpoint_writer *w, enum trouble trouble)
{
    int end[2];

    if (trouble == NO_ROOM_LEFT)
        shard_files_limit(9000);
    if (trouble == BAD_WRITE) {
        end[0] = open(w->name.text, O_RDONLY);
        dup2(end[0], w->fd);
        close(end[0]);
    }
    if (trouble == BAD_SYNC) {
        CHECK(pipe(end) == 0, "no pipe");
        dup2(end[1], w->fd);
        close(end[0]);
        close(end[1]);
    }
}

/* Lists this rank's part, in pieces; of nothing with BAD_SYNC, so that the
 * sync is what fails.  `at` has room for all items. */
static void list_part(struct checkpoint_thread *t, unsigned char *at,
                      enum trouble trouble)
{
    struct group *g = group_world();
    uint64_t ranks = (uint64_t)group_size(g), here = (uint64_t)rank();

    for (long i = 0; i < CONTENT_ITEMS; i++) {
        uint64_t n = content_item[i].rows * content_item[i].cols;
        size_t width = h5_number_bytes(content_item[i].number);
        uint64_t from = n * here / ranks, to = n * (here + 1) / ranks;

        content_bytes(i, from * width, (to - from) * width, at);
        if (trouble != BAD_SYNC) {
            checkpoint_thread_add(t, i, from, (to - from) / 2, at);
            checkpoint_thread_add(t, i, from + (to - from) / 2,
                                  to - from - (to - from) / 2,
                                  at + (to - from) / 2 * width);
        }
        at += (to - from) * width;
    }
}

static struct problem write_by_threads(struct checkpoint *c,
                                       enum trouble trouble)
{
    bool here = rank() == group_size(group_world()) - 1;
    unsigned char *numbers = malloc(1 << 16);
    struct checkpoint_thread t = {0};
    struct checkpoint_writer w;
    struct problem wrong;

    CHECK(numbers, "no memory");
    settled(checkpoint_write_create(&w, c, group_world()));
    if (here)
        make_trouble(&w, trouble);
    list_part(&t, numbers, here ? trouble : NONE);
    checkpoint_thread_start(&t, &w);
    while (!checkpoint_thread_is_done(&t))
        usleep(100);
    memset(numbers, 'x', 1 << 16);
    checkpoint_thread_join(&t);
    ok(w.is_synced, "the rank need not wait for the disk");
    shard_files_limit(RLIM_INFINITY);
    wrong = checkpoint_write_publish(&w);
    free(numbers);
    return wrong;
}

static void check_is(const char *path, const char *want, size_t n,
                     const char *what)
{
    size_t m;
    char *got = content_load(path, &m);

    ok(n == m && memcmp(want, got, n) == 0, "%s", what);
    free(got);
    group_barrier(group_world());
}

int main(int argc, char **argv)
{
    static const char *const word[] = {"", "cannot be written",
                                       "cannot be written",
                                       "cannot be written to the disk"};
    struct checkpoint c;
    struct problem wrong;
    char *whole, temporary[sizeof c.path.text + 8];
    size_t n;

    world_start(&argc, &argv);
    place_begin();
    c = content_init(directory, 7);
    content_write(&c, group_world());
    whole = content_load(c.path.text, &n);
    snprintf(temporary, sizeof temporary, "%s.tmp", c.path.text);
    for (enum trouble t = NO_ROOM_LEFT; t <= BAD_SYNC; t++) {
        wrong = write_by_threads(&c, t);
        ok(strstr(wrong.text, word[t]), "trouble: %s", wrong.text);
        ok(access(temporary, F_OK) != 0, "no file is left");
        check_is(c.path.text, whole, n, "and the one that was there is whole");
    }
    if (rank() == 0)
        unlink(c.path.text);
    settled(write_by_threads(&c, NONE));
    check_is(c.path.text, whole, n,
             "threads write the bytes that ranks write");
    if (rank() == 0)
        unlink(c.path.text);
    free(whole);
    checkpoint_free(&c);
    place_end();
    tap_done();
    world_stop();
    return 0;
}
