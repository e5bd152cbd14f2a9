/* SPDX-License-Identifier: MIT */
/*
 * What do the box's /etc/passwd and /etc/group say of the caller?
 *
 * Pure: passwd(5), group(5).  These lines stand first in the copies that the
 * box shows, so that they count whatever the root file system has.
 */
#ifndef MINIBOX_PASSWD_H
#define MINIBOX_PASSWD_H

#include "caller.h"

/* His line of /etc/passwd, with a newline. */
const char *passwd_user(
	const struct caller *caller, const char *home, const char *shell);

/* A line of /etc/group for each of his groups that the host has a name for. */
const char *passwd_groups(const struct caller *caller);

#endif
