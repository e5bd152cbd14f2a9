/* SPDX-License-Identifier: MIT */
/*
 * Does only root decide what is here?
 *
 * Every component is opened in turn, none through a link, and checked on its
 * own descriptor: a directory, owned by root, not writable by group or others
 * (sticky does not excuse: THREATS C16).  So nothing is walked twice, and the
 * descriptor that comes back is of what was checked (C15, C19).  Only paths of
 * the policy or compiled in; euid or fsuid 0, but for --check after a drop.
 */
#ifndef MINIBOX_TRUSTED_H
#define MINIBOX_TRUSTED_H

#include <stdbool.h>
#include <stddef.h>

/* The directory at the clean path, O_PATH.  -1: *why says what is wrong and
 * how to mend it; it is for root, not for callers.  errno: ENOENT, or another
 * of open(2); EPERM for what is there, but not root's alone. */
int trusted_open_dir(const char *path, const char **why);

/* What is at the clean path, which may be anything but a link, O_PATH; only the
 * directories above it are checked, and it is not even looked at: it may lie on
 * a file system that a user serves.  -1: the same. */
int trusted_open(const char *path, bool *directory, const char **why);

/* The whole regular file at the clean path: one link, at most `max` bytes, a
 * NUL byte behind them.  Never blocks on a FIFO or device.  NULL: see *why. */
char *trusted_read_file(
	const char *path, size_t max, size_t *size, const char **why);

/* The names in the directory at the clean path, without "." and ".."; none if
 * it does not exist.  false: see *why. */
bool trusted_list(const char *path, char ***names, size_t *n, const char **why);

/* What is left of `fd`, in the same way; for files that need not be root's. */
char *trusted_read_fd(int fd, size_t max, size_t *size, const char **why);

#endif
