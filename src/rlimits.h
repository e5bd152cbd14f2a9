/* SPDX-License-Identifier: MIT */
/*
 * What may each process of the command use?
 *
 * Resource limits, getrlimit(2), and the nice value, which every child
 * inherits.
 */
#ifndef MINIBOX_RLIMITS_H
#define MINIBOX_RLIMITS_H

#include "plan.h"
#include "scrub.h"

/*
 * Gives the limits back that minibox has raised for itself, and sets those of
 * the box: soft = hard = the smaller of the box's and the caller's hard limit.
 * The nice value becomes the box's, if the caller's is not higher already.
 * The command, between fork and exec, as the caller; nothing that needs
 * descriptors or memory may follow.  Dies on failure.
 */
void rlimits_set(const struct plan *plan, const struct saved *saved);

#endif
