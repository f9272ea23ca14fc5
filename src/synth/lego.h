#ifndef SRC_SYNTH_LEGO_H
#define SRC_SYNTH_LEGO_H

#include <stdint.h>

#include "src/settings.h"
#include "src/skills/names.h"
#include "src/synth/sentence.h"

/* LEGO (Zhang et al., arXiv 2206.04301) as the authors of Skill-It generate
 * it.  k variables have letters, the first k of a random permutation of a to
 * z, and random values 0 or 1.  Variable 0 is given, each other one appears in
 * a clause with the one it is built on: the one before (chain), or (i - 1) / 2
 * (tree).  Clauses come in random order, and skill lego-s asks for variable s
 * - 1:
 *
 *   Input:  r = val p ,  p = val u ,  u = not m , m = val 1 ,  y = not r.
 *   Output: p = val 0,
 *
 * in one line, with a blank at its end, and two before all clauses but that of
 * variable 0: 6 k + 9 tokens, of which the last but two is the answer. */

void lego_skills(const struct settings *s, struct names *names);

/* Of skill `skill`, from 0 on. */
void lego_sentence(const struct settings *s, int skill, uint64_t candidate,
                   struct sentence *out);

/* How many sentences a skill has, or in a tree less than that: subtrees of one
 * shape can change places without a change of the text. */
double lego_sentences(const struct settings *s);

#endif
