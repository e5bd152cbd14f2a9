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

#include "plan.h"

/* The mount point of the op, O_PATH; -1 with errno: ENOENT it is missing, ELOOP
 * a link, ENOTDIR or EISDIR the other kind. */
int target_open(
	const struct plan *plan, int root, const struct op *op, bool directory);

/* The same; what is missing of it is made, the caller's if the op is `typed`.
 * -1 with errno: EROFS where that is not possible. */
int target_make(
	const struct plan *plan, int root, const struct op *op, bool directory);

#endif
