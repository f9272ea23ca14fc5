/* Tables of numbers read back what was written, whatever their form, and
 * anything else is refused with its place.    ranks: 1 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/csv.h"
#include "io/file.h"
#include "kernels/base/rng.h"
#include "tests/lib/tap.h"

static uint64_t draws;

static uint64_t draw(void)
{
    return rng_bits(5, draws++);
}

static struct problem parse(struct csv *csv, const char *text)
{
    return csv_parse(csv, "t.csv", text, strlen(text));
}

/* Any bits that are a finite number. */
static double any_double(void)
{
    double x;

    do {
        uint64_t bits = draw();

        memcpy(&x, &bits, sizeof x);
    } while (!isfinite(x));
    return x;
}

/* Blanks, quotes, line ends and blank lines as one may meet them. */
static void write_cell(FILE *f, const char *text, bool last)
{
    static const char *const ends[] = {"\n", "\r\n", "\n\n", " \t\n \r\n"};
    bool quoted = draw() % 2;

    fprintf(f, "%s%s%s%s%s%s", draw() % 2 ? " " : "", quoted ? "\"" : "", text,
            quoted ? "\"" : "", draw() % 3 ? "" : "\t",
            last ? ends[draw() % 4] : ",");
}

static void write_number(FILE *f, double x, bool quotable, bool last)
{
    char text[64];

    snprintf(text, sizeof text, "%.17g", x);
    if (quotable)
        write_cell(f, text, last);
    else
        fprintf(f, "%s%s", text, last ? "\n" : ",");
}

static char *write_table(long rows, long cols, bool named, const double *at,
                         size_t *n)
{
    char *text = NULL, name[32];
    FILE *f = open_memstream(&text, n);

    if (named) {
        write_cell(f, draw() % 2 ? "" : "word", false);
        for (long j = 0; j < cols; j++) {
            snprintf(name, sizeof name, "c-%ld", j);
            write_cell(f, name, j == cols - 1);
        }
    }
    for (long i = 0; i < rows; i++) {
        snprintf(name, sizeof name, "r.%ld", i);
        if (named)
            write_cell(f, name, false);
        for (long j = 0; j < cols; j++)
            write_number(f, at[i * cols + j], named || i + j > 0,
                         j == cols - 1);
    }
    fclose(f);
    return text;
}

static bool has_names(const struct csv *csv)
{
    char name[32];

    if (!csv->row_names || !csv->col_names)
        return false;
    for (long i = 0; i < csv->rows; i++) {
        snprintf(name, sizeof name, "r.%ld", i);
        if (strcmp(csv->row_names[i], name) != 0)
            return false;
    }
    for (long j = 0; j < csv->cols; j++) {
        snprintf(name, sizeof name, "c-%ld", j);
        if (strcmp(csv->col_names[j], name) != 0)
            return false;
    }
    return true;
}

static bool table_returns(bool named)
{
    long rows = 1 + (long)(draw() % 5), cols = 1 + (long)(draw() % 5);
    double at[25];
    struct csv csv;
    struct problem wrong;
    size_t n;
    char *text;
    bool same;

    for (long i = 0; i < rows * cols; i++)
        at[i] = any_double();
    text = write_table(rows, cols, named, at, &n);
    wrong = csv_parse(&csv, "t.csv", text, n);
    same = !is_problem(&wrong) && csv.rows == rows && csv.cols == cols &&
           memcmp(csv.at, at, (size_t)(rows * cols) * sizeof *at) == 0 &&
           (named ? has_names(&csv) : !csv.row_names && !csv.col_names);
    if (!same)
        printf("# %s\n%.*s\n", wrong.text, (int)n, text);
    csv_free(&csv);
    free(text);
    return same;
}

static void test_tables(void)
{
    int plain = 0, named = 0;

    for (int turn = 0; turn < 300; turn++) {
        plain += table_returns(false);
        named += table_returns(true);
    }
    ok(plain == 300, "tables without names return bit for bit: %d of 300",
       plain);
    ok(named == 300, "tables with names return bit for bit: %d of 300", named);
}

static void test_names(void)
{
    struct csv csv;
    struct problem wrong =
        parse(&csv, "x,\"a,b\",\"say \"\"hi\"\"\"\n\"1\",2,\"3\"\n");

    ok(!is_problem(&wrong) && csv.rows == 1 && csv.cols == 2 &&
           strcmp(csv.col_names[0], "a,b") == 0 &&
           strcmp(csv.col_names[1], "say \"hi\"") == 0 &&
           strcmp(csv.row_names[0], "1") == 0 && csv.at[1] == 3,
       "commas, quotes and numbers in quoted names; %s", wrong.text);
    csv_free(&csv);
}

static void test_bad_tables(void)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "t.csv: contains no numbers"},
        {" \n\r\n", "t.csv: contains no numbers"},
        {"x,a,b\n", "t.csv: contains no numbers"},
        {"x\na\n", "t.csv: contains no numbers"},
        {"1,2\n\n3\n", "t.csv:3: 1 columns, but the first row has 2"},
        {"1,2\n3,4,5\n", "t.csv:2: more than the 2 columns"},
        {"1,2\n3,x\n", "t.csv:2: column 2: 'x' is not a finite number"},
        {"1,2\n3,\n", "t.csv:2: column 2: '' is not a finite number"},
        {"1,nan\n", "t.csv:1: column 2: 'nan' is not a finite number"},
        {"1,inf\n", "t.csv:1: column 2: 'inf' is not a finite number"},
        {"1,1e999\n", "t.csv:1: column 2: '1e999' is not a finite number"},
        {"1,0x8\n", "t.csv:1: column 2: '0x8' is not a finite number"},
        {"1,2 3\n", "t.csv:1: column 2: '2 3' is not a finite number"},
        {",0.5,0.3\n0.1,1,2\n",
         "t.csv:1: column 2: 0.5 is a number where a name"},
        {",a,b\n0.1,1,2\n", "t.csv:2: column 1: 0.1 is a number where a name"},
        {",a,a\nb,1,2\n",
         "t.csv:1: column 3: the name 'a' was already given in "
         "line 1, column 2"},
        {",a\nb,1\nc,2\nb,3\n",
         "t.csv:4: column 1: the name 'b' was already given in line 2"},
        {",a,\nb,1,2\n", "t.csv:1: column 3: the name is missing"},
        {"x,\"a\nb,1\n", "t.csv:1: column 2: the quote is not closed"},
        {"\"x\"y,a\nb,1\n", "t.csv:1: column 1: 'y,a' follows the closing "},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct csv csv;
        struct problem wrong = parse(&csv, cases[i].text);

        ok(strncmp(wrong.text, cases[i].says, strlen(cases[i].says)) == 0 &&
               !csv.at && !csv.row_names && !csv.col_names,
           "refused: %s; said: %s", cases[i].says, wrong.text);
    }
}

/* Nothing read from damaged bytes may crash or hold a number that is not
 * finite (run under a sanitizer, this is the fuzz test of the reader). */
static void test_damaged_tables(void)
{
    static const char signs[] = "1,2\"\n\r x-.e\xff";
    long refused = 0, good = 0;

    for (int turn = 0; turn < 20000; turn++) {
        char text[24];
        struct csv csv;
        struct problem wrong;
        size_t n = draw() % sizeof text;
        bool finite = true;

        for (size_t i = 0; i < n; i++)
            text[i] = signs[draw() % (sizeof signs - (draw() % 8 > 0))];
        wrong = csv_parse(&csv, "t.csv", text, n);
        for (long i = 0; i < csv.rows * csv.cols; i++)
            finite = finite && isfinite(csv.at[i]);
        refused += is_problem(&wrong);
        good += !is_problem(&wrong) && finite && csv.rows * csv.cols > 0;
        csv_free(&csv);
    }
    ok(good > 0 && refused + good == 20000,
       "random bytes are a table (%ld) or a problem (%ld)", good, refused);
}

static void test_files(void)
{
    const char *directory = getenv("TMPDIR");
    char path[4096], *bytes;
    size_t n = 0;
    struct problem wrong;
    FILE *f;

    snprintf(path, sizeof path, "%s/skillet-test-%ld-file",
             directory ? directory : "/tmp", (long)getpid());
    wrong = file_read(path, &bytes, &n);
    ok(strstr(wrong.text, path) && strstr(wrong.text, "No such file") &&
           !bytes,
       "a missing file: %s", wrong.text);
    wrong = file_read("/", &bytes, &n);
    ok(is_problem(&wrong) && !bytes, "a directory: %s", wrong.text);
    wrong = file_read("/dev/zero", &bytes, &n);
    ok(strstr(wrong.text, "64 MiB") && !bytes, "a file without end: %s",
       wrong.text);

    f = fopen(path, "w");
    fputs("\xef\xbb\xbf"
          "1,2\n",
          f);
    for (long i = 1; i < 50000; i++)
        fputs("3,4\n", f);
    fclose(f);
    struct csv csv;
    wrong = csv_read(&csv, path);
    ok(!is_problem(&wrong) && csv.rows == 50000 && csv.cols == 2 &&
           csv.at[0] == 1 && csv.at[99999] == 4,
       "a file of %ld rows with a byte order mark; %s", csv.rows, wrong.text);
    csv_free(&csv);
    unlink(path);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    test_tables();
    test_names();
    test_bad_tables();
    test_damaged_tables();
    test_files();
    tap_done();
    world_stop();
    return 0;
}
