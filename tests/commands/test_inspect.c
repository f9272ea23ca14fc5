/* What inspect shows of a file does not depend on its form, and no text can
 * reach the terminal unescaped.    ranks: 1 */
#include <string.h>

#include "io/utf8.h"
#include "src/inspect/inspect.h"
#include "tests/lib/graph_h5.h"
#include "tests/lib/shard_files.h"

static uint64_t state = 5;

static unsigned next(unsigned below)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(state >> 33) % below;
}

struct shown {
    char *text;
    size_t n;
};

static struct shown show(const char *path)
{
    struct settings s = {0};
    struct shown shown;
    FILE *to = open_memstream(&shown.text, &shown.n);

    settled(inspect_any(&s, group_world(), path, to));
    fclose(to);
    return shown;
}

/* All but the first line, which has the name of the file. */
static const char *facts(const struct shown *s)
{
    return strchr(s->text, '\n');
}

static void check_graph(void)
{
    char csv[600], h5[600];
    static const char text[] =
        "teaches,a,\"b,c\",d\na,1,0.25,-3\nb,0,1,1e-3\n";
    struct csv t;
    struct shown one, other;

    snprintf(csv, sizeof csv, "%s/g.csv", directory);
    snprintf(h5, sizeof h5, "%s/g.h5", directory);
    shard_files_store(csv, text, strlen(text));
    settled(csv_read(&t, csv));
    graph_h5_write(h5, &t);
    one = show(csv);
    other = show(h5);
    ok(strcmp(facts(&one), facts(&other)) == 0 &&
           strstr(facts(&one), "\nrow b sum 1.001 teaches 2\n"),
       "a graph in HDF5 is described as the same one in text");
    free(one.text);
    free(other.text);
    csv_free(&t);
    unlink(csv);
    unlink(h5);
}

/* Undoes the escapes; false for what should have been escaped. */
static bool read_back(const char *at, char *out, size_t *n)
{
    static const char named[] = "nrt\"\\", meant[] = "\n\r\t\"\\";

    *n = 0;
    while (*at) {
        size_t length = utf8_sequence(at);
        unsigned c = (unsigned char)*at, x;

        if (length == 0 || c < ' ' || c == 127 || c == '"' ||
            (c == 0xc2 && (unsigned char)at[1] < 0xa0))
            return false;
        if (c == '\\' && sscanf(at, "\\x%2x", &x) == 1) {
            out[(*n)++] = (char)x;
            at += 4;
        } else if (c == '\\') {
            out[(*n)++] = meant[strchr(named, at[1]) - named];
            at += 2;
        } else {
            memcpy(out + *n, at, length);
            *n += length;
            at += length;
        }
    }
    return true;
}

static void check_escapes(void)
{
    static const char *const piece[] = {
        "\xc2",     "\xc2\x9b", "\xc3\xa9", "\xf0\x9f", "\xf0\x9f\x98\x80",
        "\x1b[31m", "\\",       "x"};
    long wrong = 0;

    for (int i = 0; i < 20000; i++) {
        char bytes[64] = "", back[300], *text;
        size_t n = 0, shown, m;
        FILE *to = open_memstream(&text, &shown);

        while (n < 40 && next(12)) {
            const char *add = piece[next(8)];

            if (next(2))
                bytes[n++] = (char)next(256);
            else
                n += strlen(strcpy(bytes + n, add));
        }
        bytes[n] = '\0';
        inspect_text(bytes, n, to);
        fclose(to);
        wrong +=
            !read_back(text, back, &m) || m != n || memcmp(back, bytes, n);
        free(text);
    }
    ok(wrong == 0,
       "%ld of 20000 texts are not escaped, or not to be read back", wrong);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    place_begin();
    check_graph();
    check_escapes();
    place_end();
    tap_done();
    world_stop();
    return 0;
}
