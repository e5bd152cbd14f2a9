/* SPDX-License-Identifier: MIT */
/*
 * How is a file system made, and attached?
 *
 * By descriptors, with the mount API of Linux 5.2 and 5.12: fsopen(2),
 * fsconfig(2), fsmount(2), move_mount(2), mount_setattr(2).  init only, as
 * euid 0 with CAP_SYS_ADMIN; a tmpfs belongs to the fsuid that makes it.  Every
 * function dies on failure.
 */
#ifndef MINIBOX_FS_H
#define MINIBOX_FS_H

#include <linux/mount.h>
#include <stdint.h>
#include <sys/types.h>

#define FS_QUIET (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)

/* One option of a file system that is being made. */
struct fs_option {
	const char *key;
	const char *value;
};

/* A detached mount of a new file system of that type.  `options` ends with a
 * NULL key. */
int fs_new(const char *type, const struct fs_option *options, unsigned attr);

/* The same for a tmpfs; size in bytes. */
int fs_tmpfs(uint64_t size, uint64_t inodes, mode_t mode, unsigned attr);

/* A detached, private copy of the mount at `fd`, with all that is mounted
 * below it: what it lacks in flags is as good as none (THREATS C08). */
int fs_clone(int fd, unsigned attr, const char *what);

/* Attaches the detached mount at dirfd + path, which may be "". */
void fs_attach(int mount, int dirfd, const char *path, const char *what);

void fs_set_read_only(int mount, const char *what);

#endif
