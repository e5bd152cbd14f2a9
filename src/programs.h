/* SPDX-License-Identifier: MIT */
/*
 * Could everybody run the commands that a box lists?
 *
 * The walk of the box itself (walk), by a process that is nobody in the root
 * file system.
 */
#ifndef MINIBOX_PROGRAMS_H
#define MINIBOX_PROGRAMS_H

#include "fault.h"
#include "policy.h"

/* Adds a warning for every command of the box, whose root file system is open
 * at `root`, and for its shell, that is missing, that somebody but root could
 * change, or that not everybody can run.  What comes from a bind is not looked
 * at.  Root who asks; forks, and waits for its child.  Dies if it cannot. */
void programs_check(const struct box *box, int root, struct faults *warnings);

#endif
