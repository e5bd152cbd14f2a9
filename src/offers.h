/* SPDX-License-Identifier: MIT */
/*
 * What does a root file system offer to users outside of the box?
 *
 * In a box setuid bits, file capabilities and device nodes are void (nosuid,
 * nodev).  A user who comes to the same files by their path on the host has
 * them in force: mount(8), capabilities(7).
 */
#ifndef MINIBOX_OFFERS_H
#define MINIBOX_OFFERS_H

#include "fault.h"
#include "policy.h"

/* Adds a warning for each of the first five such files of root's, and the first
 * five of others', in the box's root file system, open at `root`, and for the
 * number of the rest; nothing if users do not come there.  Root who asks; users
 * may write there, so files are looked at, never opened, and it goes no deeper
 * than 64 directories. */
void offers_check(const struct box *box, int root, struct faults *warnings);

#endif
