/* SPDX-License-Identifier: MIT */
/*
 * What is shown in the box, of all that the host has?
 *
 * A source is opened once, and the mount is cloned from that descriptor, never
 * from the path (THREATS C15).  Links are no danger to what only root can
 * change; all else is opened with the caller's rights, so that whatever he
 * makes of the path meanwhile, he gets nothing that he could not open himself.
 */
#ifndef MINIBOX_SOURCE_H
#define MINIBOX_SOURCE_H

#include <stdbool.h>

#include "plan.h"

/*
 * The detached mount for an OP_BIND, with its flags; *directory: it is one.
 * -1: the host has none, and the op may be left out.  init, as euid 0 with
 * fsuid 0, before anything is mounted in the namespace.  Dies on failure.
 * openat2(2), open_tree(2).
 */
int source_clone(const struct plan *plan, const struct op *op, bool *directory);

/*
 * The detached mount for an OP_FILE: a new file on the tmpfs `base`, which
 * holds op->text and, behind it, what the regular file op->target of the box
 * holds.  -1: there is no such file, or the caller may not read it.  init, as
 * root, before anything of the caller's is mounted below `root`.  Dies on
 * failure.
 */
int source_copy(
	const struct plan *plan, int base, int root, const struct op *op);

#endif
