/* SPDX-License-Identifier: MIT */
/*
 * Would the boxes of this policy start, and is what they are made of safe?
 *
 * `minibox --check` of root, who asks about his own host: nothing here runs
 * setuid, and nothing is changed.
 */
#ifndef MINIBOX_CHECK_H
#define MINIBOX_CHECK_H

#include "accounts.h"
#include "fault.h"
#include "policy.h"

/* Adds a fault for every box whose root file system or binds cannot be used, or
 * that lacks a mount point; and a warning for every listed command that is
 * missing or that somebody could change, and for what a root file system offers
 * to users outside of it. */
void check_boxes(const struct policy *policy, const struct accounts *accounts,
	struct faults *faults, struct faults *warnings);

#endif
