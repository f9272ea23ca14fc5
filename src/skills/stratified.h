#ifndef SRC_SKILLS_STRATIFIED_H
#define SRC_SKILLS_STRATIFIED_H

#include "src/skills/policy.h"

/* The same share for every training skill. */
void stratified_mix(struct policy *p);

#endif
