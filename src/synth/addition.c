#include "src/synth/addition.h"

#include "src/synth/draws.h"

enum { NUMBERS = 999 };

void addition_skills(const struct settings *s, struct names *names)
{
    (void)s;
    names_add(names, "addition-ones");
    names_add(names, "addition-tens");
    names_add(names, "addition-hundreds");
}

static void add_number(struct sentence *out, int x)
{
    sentence_add(out, " %d %d %d", x / 100, x / 10 % 10, x % 10);
}

void addition_sentence(const struct settings *s, int skill, uint64_t candidate,
                       struct sentence *out)
{
    static const int power[] = {1, 10, 100};
    struct draws d = draws_begin(s->synth.seed, "addition", skill, candidate);
    int a = draws_next(&d, NUMBERS), b = draws_next(&d, NUMBERS);

    out->bytes = 0;
    sentence_add(out, "Input: A =");
    add_number(out, a);
    sentence_add(out, " +");
    add_number(out, b);
    sentence_add(out, " , A %d = ? Output:", skill);
    out->answer = out->bytes;
    sentence_add(out, " %d", (a + b) / power[skill] % 10);
}

double addition_sentences(const struct settings *s)
{
    (void)s;
    return (double)NUMBERS * NUMBERS;
}
