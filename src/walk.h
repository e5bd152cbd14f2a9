/* SPDX-License-Identifier: MIT */
/*
 * Could anybody but root change this command?
 *
 * minibox.conf(5), PATH RULES.  Runs in the command process, in the box, as the
 * caller, without any privilege.
 */
#ifndef MINIBOX_WALK_H
#define MINIBOX_WALK_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * Walks to the file at the absolute path as the kernel would, links followed
 * inside the box, and looks at every directory, link and at the file: each must
 * belong to root and be writable by nobody else, whatever the mount flags say,
 * for the caller may change from outside what he owns.  access(2) would be the
 * wrong question.  What passes cannot be swapped before the exec, except by
 * root.  An O_PATH descriptor, or -1 with errno; EPERM: somebody else could
 * change it.  path_resolution(7).
 */
int walk_open(const char *path);

/* What a component must be: owned by root and, but for links, whose mode says
 * nothing, writable by nobody else. */
bool walk_is_roots(const struct stat *st);

#endif
