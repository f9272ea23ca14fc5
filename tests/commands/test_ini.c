/* Run files: what is right is read as it stands, what is wrong is refused with
 * its file and line.    ranks: 1 */
#include <stdlib.h>
#include <string.h>

#include "src/settings.h"
#include "tests/lib/tap.h"

static struct problem read_text(struct settings *s, const char *text)
{
    return settings_read_text(s, "run.ini", text, strlen(text));
}

/* What the reader of run files refuses, and where it says that it is. */
static void test_bad_files(void)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"[train]\nsteps 5\n", "run.ini:2: 'steps 5' is not a setting"},
        {"steps = 5\n", "run.ini:1: the key steps comes before any [section]"},
        {"[train]\n\nsteps = 5\n# x\nsteps = 6\n",
         "run.ini:5: train.steps was already given in line 3"},
        {"[train]\nsteps=1\n[model]\n[train]\nsteps=2\n",
         "run.ini:5: train.steps was already given in line 2"},
        {"[train\nsteps=1\n", "run.ini:1: '[train' is not a section"},
        {"[train] # x\n", "run.ini:1: '[train] # x' is not a section"},
        {"[train]]\n", "run.ini:1: '[train]]' is not a section"},
        {"[ ]\n", "run.ini:1: a section without a name"},
        {"[train]\n= 5\n", "run.ini:2: no key before '='"},
        {"[trian]\n", "run.ini:1: unknown section [trian]: did you mean "
                      "[train]?"},
        {"[train]\r\n\r\nstep = 5\r\n",
         "run.ini:3: unknown setting train.step: did you mean train.steps?"},
        {"\n[train]\nsteps = 0\n", "run.ini:3: train.steps=0: must be a whole "
                                   "number from 1 to 1000000000"},
        {"[train]\nsteps = 5 # five\n",
         "run.ini:2: train.steps=5 # five: must"},
        {"[train]\nsteps = \n", "run.ini:2: train.steps=: must"},
        {"[train]\nclip = \001\n", "run.ini:2: contains the byte 0x01"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct settings s;
        struct problem wrong;

        settings_init(&s);
        wrong = read_text(&s, cases[i].text);
        ok(strncmp(wrong.text, cases[i].says, strlen(cases[i].says)) == 0,
           "refused: %s; said: %s", cases[i].says, wrong.text);
        settings_free(&s);
    }

    struct settings s;
    struct problem wrong;

    settings_init(&s);
    wrong = settings_read_text(&s, "run.ini", "[train]\n\nst\0eps=1\n", 18);
    ok(strncmp(wrong.text, "run.ini:3: contains the byte 0x00", 30) == 0,
       "refused: a zero byte; said: %s", wrong.text);
    settings_free(&s);
}

static void test_good_files(void)
{
    enum { LONG_LINE = 300000 };
    char *text = malloc(LONG_LINE + 100);
    struct settings s;
    struct problem wrong;

    settings_init(&s);
    wrong = read_text(
        &s, "; c\r\n  # c\r\n\t[ train ]\r\n steps\t=  7 \r\n[data]\n"
            "directory = a = b ; c # d ");
    ok(!is_problem(&wrong) && s.train.steps == 7 &&
           strcmp(s.data.directory, "a = b ; c # d") == 0,
       "CRLF, blanks, comments, no newline at the end; %s", wrong.text);
    ok(strcmp(settings_place(&s, "train.steps"), "run.ini:4: train.steps") ==
               0 &&
           strcmp(settings_place(&s, "data.directory"),
                  "run.ini:6: data.directory") == 0 &&
           strcmp(settings_place(&s, "train.clip"), "train.clip") == 0,
       "places: %s", settings_place(&s, "train.steps"));
    wrong = settings_read_argument(&s, "train.steps= 8 ");
    ok(!is_problem(&wrong) && s.train.steps == 8 &&
           strcmp(settings_place(&s, "train.steps"), "train.steps") == 0,
       "an argument overrides value and place; %s", wrong.text);

    strcpy(text, "[skills]\ntrain = ");
    memset(text + 17, 'x', LONG_LINE);
    strcpy(text + 17 + LONG_LINE, "\n");
    wrong = read_text(&s, text);
    ok(!is_problem(&wrong) && strlen(s.skills.train) == LONG_LINE,
       "a line of any length; %s", wrong.text);
    free(text);
    settings_free(&s);
}

int main(int argc, char **argv)
{
    world_start(&argc, &argv);
    test_bad_files();
    test_good_files();
    tap_done();
    world_stop();
    return 0;
}
