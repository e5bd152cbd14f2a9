/* SPDX-License-Identifier: MIT */
/*
 * Where in the box does a mount go?
 *
 * Paths of the box, from its root; a link anywhere in them is refused
 * (CVE-2021-30465).  What is the caller's word, in part, is walked and made
 * with his rights; he cannot change anything there yet, since nothing of his
 * runs in the box.  init, before the drop.
 */
#ifndef MINIBOX_TARGET_H
#define MINIBOX_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "plan.h"

/* The file systems that init has made for this box. */
struct own {
	dev_t *v;
	size_t n, room;
};

/* Puts the file system of `fd` among them.  Dies on failure. */
void target_add_own(struct own *own, int fd);

/* The mount point of the op, O_PATH; -1 with errno: ENOENT it is missing, ELOOP
 * a link, ENOTDIR or EISDIR the other kind. */
int target_open(
	const struct plan *plan, int root, const struct op *op, bool directory);

/*
 * The same; what is missing of it is made, on a file system that init has made
 * and on no other: the host must not change, whatever else went wrong.  In a
 * directory of root's, what leads to the mount point becomes root's, and the
 * mount point of a `typed` op the caller's.  -1 with errno: EROFS where it
 * cannot be made.
 */
int target_make(const struct plan *plan, const struct own *own, int root,
	const struct op *op, bool directory);

#endif
