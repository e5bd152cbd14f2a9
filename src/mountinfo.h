/* SPDX-License-Identifier: MIT */
/*
 * Where is a procfs mounted that shows processes?
 *
 * Pure: the text of /proc/self/mountinfo in.  proc_pid_mountinfo(5).
 */
#ifndef MINIBOX_MOUNTINFO_H
#define MINIBOX_MOUNTINFO_H

/* The first mount point of one at `path` or beneath it, but for `expected`,
 * which may be NULL; or NULL.  One that shows only a part without processes,
 * such as /proc/sys, does not count. */
const char *mountinfo_proc(
	const char *text, const char *path, const char *expected);

#endif
