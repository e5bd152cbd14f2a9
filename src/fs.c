/* SPDX-License-Identifier: MIT */
/* How is a file system made, and attached?  Runs in init, as euid 0, in the
 * namespaces of the box. */
#include "fs.h"

#include <stddef.h>
#include <stdio.h>

#include "die.h"
#include "sys.h"

int
fs_new(const char *type, const struct fs_option *options, unsigned attr)
{
	int fs = sys_fsopen(type), mount;

	if (fs < 0)
		die_errno("cannot make a file system %s", type);
	/* What mount(8) shows as the device. */
	if (sys_fsconfig(fs, FSCONFIG_SET_STRING, "source", type) < 0)
		die_errno("cannot name a file system %s", type);
	for (; options->key; options++)
		if (sys_fsconfig(fs, FSCONFIG_SET_STRING, options->key,
			    options->value) < 0)
			die_errno("cannot set %s=%s of a file system %s",
				options->key, options->value, type);
	if (sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL) < 0)
		die_errno("cannot create a file system %s", type);
	mount = sys_fsmount(fs, attr);
	if (mount < 0)
		die_errno("cannot mount a file system %s", type);
	(void)close(fs);
	return mount;
}

int
fs_tmpfs(uint64_t size, uint64_t inodes, mode_t mode, unsigned attr)
{
	char size_text[24], inodes_text[24], mode_text[8];
	const struct fs_option options[] = {
		{ "size", size_text },
		{ "nr_inodes", inodes_text },
		{ "mode", mode_text },
		{ NULL, NULL },
	};

	(void)snprintf(
		size_text, sizeof(size_text), "%llu", (unsigned long long)size);
	(void)snprintf(inodes_text, sizeof(inodes_text), "%llu",
		(unsigned long long)inodes);
	(void)snprintf(mode_text, sizeof(mode_text), "%o", (unsigned)mode);
	return fs_new("tmpfs", options, attr);
}

int
fs_clone(int fd, unsigned attr, const char *what)
{
	struct mount_attr set = {
		.attr_set = attr,
		.propagation = MS_PRIVATE,
	};
	int mount = sys_open_tree_clone(fd);

	if (mount < 0)
		die_errno("cannot clone the mount of %s", what);
	if (sys_mount_setattr(mount, "", AT_EMPTY_PATH | AT_RECURSIVE, &set) <
		0)
		die_errno("cannot set the flags of the mount of %s", what);
	return mount;
}

void
fs_attach(int mount, int dirfd, const char *path, const char *what)
{
	if (sys_move_mount(mount, dirfd, path) < 0)
		die_errno("cannot attach the mount of %s", what);
}

void
fs_set_read_only(int mount, const char *what)
{
	struct mount_attr set = { .attr_set = MOUNT_ATTR_RDONLY };

	if (sys_mount_setattr(mount, "", AT_EMPTY_PATH, &set) < 0)
		die_errno("cannot make %s read-only", what);
}
