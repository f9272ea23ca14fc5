#ifndef SRC_SKILLS_STRATIFIED_H
#define SRC_SKILLS_STRATIFIED_H

#include "src/skills/policy.h"

/* The same share for every relevant training skill.  Without a graph that is
 * all of them; with one,
 *
 *   fine-tuning      some evaluation skills are trained: those, and the skills
 *                    with a positive edge
 *   out of domain    none is: the skills whose edges sum to more than 0
 *
 * and so all of them where the skills evaluated are those trained. */
extern const struct policy_kind stratified_kind;

#endif
