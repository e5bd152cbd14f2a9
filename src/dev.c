/* SPDX-License-Identifier: MIT */
/* What is in the /dev of a box?  Runs in init, as euid 0, in the namespaces of
 * the box. */
#include "dev.h"

#include <stddef.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "die.h"
#include "fs.h"

/* The /dev of a box: mknod(2), so that nothing depends on the host's. */
static const struct {
	const char *name;
	unsigned major, minor;
} dev_nodes[] = {
	{ "null", 1, 3 },
	{ "zero", 1, 5 },
	{ "full", 1, 7 },
	{ "random", 1, 8 },
	{ "urandom", 1, 9 },
	{ "tty", 5, 0 },
};

static const struct {
	const char *name, *target;
} dev_links[] = {
	{ "ptmx", "pts/ptmx" },
	{ "fd", "/proc/self/fd" },
	{ "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
};

static void
dev_pts(int dev)
{
	/* 5 is the group tty everywhere; without the option a pty would have
	 * the caller's group, and mesg(1) would not work. */
	static const struct fs_option options[] = {
		{ "ptmxmode", "0666" },
		{ "mode", "0620" },
		{ "gid", "5" },
		{ NULL, NULL },
	};
	int fd = fs_new(
		"devpts", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);

	if (mkdirat(dev, "pts", 0755) < 0)
		die_errno("cannot make /dev/pts in the box");
	fs_attach(fd, dev, "pts", "/dev/pts");
	(void)close(fd);
}

static int
dev_shm(int dev, const struct op *op)
{
	int fd = fs_tmpfs(op->size, op->inodes, op->mode,
		FS_QUIET | (op->noexec ? MOUNT_ATTR_NOEXEC : 0));

	if (mkdirat(dev, "shm", 0755) < 0)
		die_errno("cannot make /dev/shm in the box");
	fs_attach(fd, dev, "shm", "/dev/shm");
	return fd;
}

static void
dev_fill(int dev)
{
	for (size_t i = 0; i < sizeof(dev_nodes) / sizeof(dev_nodes[0]); i++) {
		const char *name = dev_nodes[i].name;

		if (mknodat(dev, name, S_IFCHR | 0666,
			    makedev(dev_nodes[i].major, dev_nodes[i].minor)) <
			0)
			die_errno("cannot make /dev/%s in the box", name);
		if (fchmodat(dev, name, 0666, 0) < 0)
			die_errno("cannot set the mode of /dev/%s", name);
	}
	for (size_t i = 0; i < sizeof(dev_links) / sizeof(dev_links[0]); i++)
		if (symlinkat(dev_links[i].target, dev, dev_links[i].name) < 0)
			die_errno("cannot make /dev/%s in the box",
				dev_links[i].name);
}

int
dev_mount(int point, const struct op *op)
{
	int dev = fs_tmpfs(
		65536, 32, 0755, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
	int shm;

	fs_attach(dev, point, "", op->target);
	dev_fill(dev);
	dev_pts(dev);
	shm = dev_shm(dev, op);
	fs_set_read_only(dev, op->target);
	(void)close(dev);
	return shm;
}
