/* SPDX-License-Identifier: MIT */
/*
 * What is mounted where?
 *
 * Pure: the text of /proc/self/mountinfo in.  proc_pid_mountinfo(5).
 */
#ifndef MINIBOX_MOUNTINFO_H
#define MINIBOX_MOUNTINFO_H

#include <stdbool.h>

/* Whether a file system of that type is mounted on `path` or beneath it. */
bool mountinfo_has(const char *text, const char *type, const char *path);

#endif
