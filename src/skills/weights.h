#ifndef SRC_SKILLS_WEIGHTS_H
#define SRC_SKILLS_WEIGHTS_H

#include "src/skills/names.h"

/* Lists of a number for each skill, as settings give them: "NAME:NUMBER,..."
 * or just "NUMBER,..." in the order of the skills.  Numbers are at least 0.
 * `where` is the place of the setting, for messages. */

/* One for every skill, of any scale: weights[names->n] then sum to 1. */
struct problem weights_read(double *weights, const char *list,
                            const char *where, const struct names *names);

/* By name, for some skills: the others get -1. */
struct problem weights_read_some(double *weights, const char *list,
                                 const char *where, const struct names *names);

#endif
