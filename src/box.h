/* SPDX-License-Identifier: MIT */
/*
 * How is a plan carried out?  See the theory of operation in box.c.
 */
#ifndef MINIBOX_BOX_H
#define MINIBOX_BOX_H

#include "plan.h"
#include "scrub.h"

/* Builds the box, runs the command in it, ends as the command ended.  Called
 * once, in the caller's process, scrubbed and cut by cred_cut.  `slot` is what
 * slot_take gave, or -1: it is held as long as the box is there. */
void box_run(const struct plan *plan, const struct saved *saved, int slot)
	__attribute__((noreturn));

#endif
