/* SPDX-License-Identifier: MIT */
/* Where is the caller's home, outside and in the box?  Pure; runs in the
 * caller's process before the clone. */
#include "home.h"

#include <stdbool.h>
#include <string.h>

#include "path.h"
#include "xalloc.h"

const char *
home_outside(const struct caller *caller)
{
	const char *home = caller->home;

	return home && path_is_clean(home) && home[1] && !path_is_kernels(home)
		       ? home
		       : NULL;
}

const char *
home_in_box(const struct box *box, const struct caller *caller)
{
	const char *home = home_outside(caller);

	if (box->home == HOME_NONE)
		return "/";
	if (home && path_beneath(home, "/home") && strcmp(home, "/home"))
		return home;
	return path_join("/home", caller->name);
}

const char *
home_as_target(const struct box *box, const struct caller *caller)
{
	if (caller->known)
		return home_outside(caller);
	return box->home == HOME_NONE ? NULL : home_in_box(box, caller);
}

const char *
home_fault(const struct box *box, const struct caller *caller)
{
	const char *home = home_outside(caller);

	if (!caller->home || !*caller->home)
		return "you have none";
	if (!home)
		return xasprintf("%s is / or no plain absolute path, or lies "
				 "in /proc, /sys or /dev",
			caller->home);
	if (path_beneath(box->rootfs, home) || path_beneath("/etc", home) ||
		path_beneath(SYSCONFDIR, home))
		return xasprintf("the root file system or the policy lies "
				 "beneath %s",
			home);
	return NULL;
}
