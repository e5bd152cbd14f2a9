/* SPDX-License-Identifier: MIT */
/*
 * What is mounted where?
 *
 * Pure: the text of /proc/self/mountinfo in.  proc_pid_mountinfo(5).
 */
#ifndef MINIBOX_MOUNTINFO_H
#define MINIBOX_MOUNTINFO_H

/* The mount points of the file systems of that type, as the kernel knows them,
 * in a NULL-terminated array. */
char **mountinfo_points(const char *text, const char *type);

#endif
