/* SPDX-License-Identifier: MIT */
/*
 * Do the keys of a box agree?
 *
 * Pure.  What can be said only once the whole box is known: which key needs,
 * or excludes, which other.
 */
#ifndef MINIBOX_RULES_H
#define MINIBOX_RULES_H

#include "fault.h"
#include "policy.h"

/* Adds what is wrong with the box, which has everything that [defaults] gives
 * it; what it lacks only if it is `whole`, without a line that could not be
 * read. */
void rules_check(const struct box *box, bool whole, struct faults *faults);

/* The same for what the box shows, where all its paths could be read. */
void rules_check_mounts(const struct box *box, struct faults *faults);

#endif
