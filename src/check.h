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

/* Adds a fault for every box whose root file system, binds or network namespace
 * cannot be used, whose sources have a /proc in them, or that lacks a mount
 * point; and a warning for what the host does not have for it (Landlock, cgroup
 * v2), for mount points of allow-bind, and for what programs and offers find.
 * Root who asks, real uid 0; forks, and dies if it cannot look. */
void check_boxes(const struct policy *policy, const struct accounts *accounts,
	struct faults *faults, struct faults *warnings);

#endif
