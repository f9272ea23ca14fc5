#ifndef SRC_SYNTH_ADDITION_H
#define SRC_SYNTH_ADDITION_H

#include <stdint.h>

#include "src/settings.h"
#include "src/skills/names.h"
#include "src/synth/sentence.h"

/* Addition of three digits as the authors of Skill-It generate it: A is the
 * sum of two numbers, and the skills ask for its digit 0 (ones), 1 (tens) or 2
 * (hundreds); a fourth digit is never asked for.
 *
 *   Input: A = 1 0 6 + 0 7 1 , A 0 = ? Output: 7
 *
 * 19 tokens, of which the last is the answer.  The numbers are uniform from 0
 * to 998: as published, 999 never occurs. */

void addition_skills(const struct settings *s, struct names *names);

/* Of skill `skill`, from 0 on. */
void addition_sentence(const struct settings *s, int skill, uint64_t candidate,
                       struct sentence *out);

/* How many sentences a skill has. */
double addition_sentences(const struct settings *s);

#endif
