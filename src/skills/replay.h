#ifndef SRC_SKILLS_REPLAY_H
#define SRC_SKILLS_REPLAY_H

#include <stdio.h>

#include "src/settings.h"

/* The mixtures that a policy makes of losses in a file, mixture.replay,
 * instead of those of a run: needs no data and no model.
 *
 * The file has a column for each evaluation skill, by name, and a row for each
 * evaluation.  The training skills are skills.train, else the rows of a graph
 * with names, else the columns; the evaluation skills are skills.evaluate,
 * else the columns.  Writes a .csv: the training skills, the first mixture,
 * and the mixture after each row; all rows count, whatever mixture.rounds.  A
 * problem comes before the first byte. */
struct problem replay_run(const struct settings *s, FILE *to);

#endif
