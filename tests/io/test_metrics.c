/* Every line of metrics is one whole JSON object, whatever was cut, lost or
 * found no room.    ranks: 1 */
#include <float.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "io/file.h"
#include "io/metrics.h"
#include "tests/lib/tap.h"

static void make_path(char path[4096], const char *name)
{
    const char *directory = getenv("TMPDIR");

    snprintf(path, 4096, "%s/skillet-test-%ld-%s",
             directory ? directory : "/tmp", (long)getpid(), name);
}

static void write_lines(struct metrics *m, long n)
{
    static const char *const names[] = {"lego-1", "a\"b"};

    for (long i = 0; i < n; i++) {
        struct problem wrong;

        metrics_begin(m, "step");
        metrics_integer(m, "step", i - 1);
        metrics_number(m, "loss", 0.1 + (double)i);
        metrics_number(m, "bad", i % 2 ? NAN : -INFINITY);
        metrics_text(
            m, "text",
            "tab\t, \"quoted\", \\, \xc3\xa9, \xff\xed\xa0\x80\xc0\xaf");
        metrics_numbers(m, "skill_loss", names, (double[]){DBL_MIN, -DBL_MAX},
                        2);
        metrics_numbers(m, "none", names, NULL, 0);
        wrong = metrics_end(m);
        if (is_problem(&wrong))
            printf("# %s\n", wrong.text);
    }
}

static void test_metrics(void)
{
    static const char want[] =
        "{\"event\":\"step\",\"step\":-1,\"loss\":0.10000000000000001,"
        "\"bad\":null,\"text\":\"tab\\u0009, \\\"quoted\\\", \\\\, \xc3\xa9, "
        "\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\",\"skill_loss\":{\"lego-"
        "1\":"
        "2.2250738585072014e-308,\"a\\\"b\":-1.7976931348623157e+308},"
        "\"none\":{}}\n";
    char path[4096], *bytes;
    struct metrics m, second;
    struct problem wrong;
    size_t n;

    make_path(path, "metrics.jsonl");
    wrong = metrics_create(&m, path);
    ok(!is_problem(&wrong), "a file of metrics is created: %s", wrong.text);
    write_lines(&m, 1);
    wrong = metrics_create(&second, path);
    ok(is_problem(&wrong) && strstr(wrong.text, path),
       "but not over another: %s", wrong.text);
    metrics_close(&m);
    wrong = metrics_open(&m, path, (int64_t)strlen(want));
    write_lines(&m, 1);
    metrics_close(&m);
    file_read(path, &bytes, &n);
    ok(n == 2 * strlen(want) && memcmp(bytes, want, strlen(want)) == 0 &&
           memcmp(bytes + strlen(want), want, strlen(want)) == 0,
       "its lines, and those appended, are as they should be: %.*s",
       bytes ? (int)strcspn(bytes, "\n") : 0, bytes ? bytes : "");
    free(bytes);
    unlink(path);
}

/* The line grows beyond its first room. */
static void test_long_line(void)
{
    enum { NAMES = 20000 };
    char path[4096], *bytes;
    static char letters[NAMES][16];
    static const char *names[NAMES];
    static double x[NAMES];
    struct metrics m;
    struct problem wrong;
    size_t n;

    for (int i = 0; i < NAMES; i++) {
        snprintf(letters[i], sizeof *letters, "skill-%u", (unsigned short)i);
        names[i] = letters[i];
        x[i] = i;
    }
    make_path(path, "long.jsonl");
    wrong = metrics_create(&m, path);
    metrics_begin(&m, "step");
    metrics_numbers(&m, "skill_loss", names, x, NAMES);
    wrong = metrics_end(&m);
    metrics_close(&m);
    file_read(path, &bytes, &n);
    ok(!is_problem(&wrong) && bytes &&
           strstr(bytes, "\"skill-19999\":19999}}\n") &&
           strstr(bytes, "{\"skill-0\":0,\"skill-1\":1,"),
       "a line of %zu bytes", n);
    free(bytes);
    unlink(path);
}

static void put_event(struct metrics *m, const char *event,
                      struct problem *wrong)
{
    struct problem here;

    metrics_begin(m, event);
    here = metrics_end(m);
    if (is_problem(&here))
        *wrong = here;
}

/* A disk that fills in the middle of a line: the limit on the size of files
 * makes write() fall short just as a full disk does. */
static void test_full_disk(void)
{
    static const char after[] =
        "{\"event\":\"longer than the room there is\"}\n"
        "{\"event\":\"next\"}\n{\"event\":\"between\"}\n{\"event\":\"last\"}"
        "\n";
    struct rlimit limit, old;
    char path[4096], *bytes;
    struct metrics m;
    struct problem wrong = NO_PROBLEM, later = NO_PROBLEM;
    size_t n, whole;

    make_path(path, "full.jsonl");
    metrics_create(&m, path);
    write_lines(&m, 3);
    whole = (size_t)lseek(m.fd, 0, SEEK_END);
    getrlimit(RLIMIT_FSIZE, &old);
    limit = old;
    limit.rlim_cur = whole + 20;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    put_event(&m, "longer than the room there is", &wrong);
    put_event(&m, "next", &wrong);
    file_read(path, &bytes, &n);
    ok(is_problem(&wrong) && strstr(wrong.text, path),
       "no room is a problem: %s", wrong.text);
    ok(n == whole, "and leaves whole lines only: %zu of %zu bytes", n, whole);
    free(bytes);
    limit.rlim_cur = whole + strcspn(after, "\n") + 5;
    setrlimit(RLIMIT_FSIZE, &limit);
    put_event(&m, "between", &later);
    file_read(path, &bytes, &n);
    ok(is_problem(&later) && n == whole + strcspn(after, "\n") + 1,
       "where some of those that wait find room, they are written: %zu bytes",
       n - whole);
    free(bytes);
    setrlimit(RLIMIT_FSIZE, &old);
    later = NO_PROBLEM;
    put_event(&m, "last", &later);
    file_read(path, &bytes, &n);
    ok(!is_problem(&later) && n == whole + sizeof after - 1 &&
           strcmp(bytes + whole, after) == 0 && (size_t)metrics_bytes(&m) == n,
       "lines that waited follow, in order, when there is room");
    free(bytes);
    metrics_close(&m);
    unlink(path);
}

/* What is forgotten may be in the file, or wait for it. */
static void test_cut(void)
{
    char path[4096], *bytes;
    struct metrics m;
    struct problem wrong = NO_PROBLEM;
    struct rlimit limit, old;
    int64_t first, second;
    size_t n;

    make_path(path, "cut.jsonl");
    metrics_create(&m, path);
    write_lines(&m, 2);
    first = metrics_bytes(&m);
    write_lines(&m, 1);
    getrlimit(RLIMIT_FSIZE, &old);
    limit = old;
    limit.rlim_cur = (rlim_t)metrics_bytes(&m);
    setrlimit(RLIMIT_FSIZE, &limit);
    put_event(&m, "waits", &wrong);
    second = metrics_bytes(&m);
    put_event(&m, "forgotten", &wrong);
    metrics_cut(&m, second);
    ok(metrics_bytes(&m) == second, "a line that waits is forgotten");
    metrics_cut(&m, first);
    setrlimit(RLIMIT_FSIZE, &old);
    wrong = NO_PROBLEM;
    put_event(&m, "end", &wrong);
    metrics_close(&m);
    file_read(path, &bytes, &n);
    ok(!is_problem(&wrong) &&
           n == (size_t)first + strlen("{\"event\":\"end\"}\n"),
       "a line of the file is forgotten, with all that wait");
    free(bytes);
    unlink(path);
}

/* Each line holds one object. */
static long whole_objects(const char *bytes)
{
    long n = 0;

    for (const char *at = bytes; *at; at = strchr(at, '\n') + 1, n++) {
        const char *end = strchr(at, '\n');

        while (end && end > at && end[-1] == ' ')
            end--;
        if (!end || strncmp(at, "{\"event\":", 9) || end[-1] != '}' ||
            memchr(at + 1, '{', (size_t)(end - at - 1)))
            return -1;
    }
    return n;
}

/* A life whose last lines are lost, and one after it that ends before its
 * first checkpoint: the third goes on from the checkpoint of the first. */
static void test_lost(void)
{
    char path[4096], *bytes;
    struct metrics m;
    struct problem wrong = NO_PROBLEM;
    int64_t one, keep;
    size_t n;

    make_path(path, "lost.jsonl");
    metrics_create(&m, path);
    put_event(&m, "a", &wrong);
    one = metrics_bytes(&m);
    for (int i = 0; i < 3; i++)
        put_event(&m, "of the checkpoint", &wrong);
    keep = metrics_bytes(&m);
    metrics_close(&m);
    truncate(path, one + 5);
    for (int i = 0; i < 2; i++) {
        metrics_open(&m, path, keep);
        ok(metrics_bytes(&m) == keep, "it goes on where the checkpoint says");
        put_event(&m, "start", &wrong);
        for (int j = 0; j < 5; j++)
            put_event(&m, "longer than those that were lost", &wrong);
        metrics_close(&m);
    }
    file_read(path, &bytes, &n);
    ok(!is_problem(&wrong) && whole_objects(bytes) == 8 &&
           strstr(bytes + one, "{\"event\":\"lost\"") == bytes + one &&
           strncmp(bytes + keep, "{\"event\":\"start\"", 16) == 0,
       "lost lines leave one in their place: %ld lines", whole_objects(bytes));
    free(bytes);
    unlink(path);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    test_metrics();
    test_long_line();
    test_full_disk();
    test_cut();
    test_lost();
    tap_done();
    world_stop();
    return 0;
}
