/* SPDX-License-Identifier: MIT */
/* What does the command see as /?  Runs in init, as euid 0 with the few
 * capabilities of cred_cut, in the namespaces of the box. */
#include "root.h"

#include <errno.h>
#include <limits.h>
#include <linux/stat.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "cred.h"
#include "die.h"
#include "sys.h"
#include "trusted.h"
#include "xalloc.h"

/* Where the namespace's root is attached before it becomes that: a directory
 * that every host has.  The mount is seen in this namespace only. */
#define BASE_POINT "/proc"

/* Paths of the box: from its root, and no link anywhere (CVE-2021-30465). */
#define RESOLVE_BOX \
	(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)

#define ATTR_QUIET (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)

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

/* One option of a file system that is being made. */
struct option {
	const char *key;
	const char *value;
};

/* A detached mount of a new file system of that type.  `options` ends with a
 * NULL key. */
static int
new_mount(const char *type, const struct option *options, unsigned attr)
{
	int fs = sys_fsopen(type), fd;

	if (fs < 0)
		die_errno("cannot make a %s", type);
	/* What mount(8) shows as the device. */
	if (sys_fsconfig(fs, FSCONFIG_SET_STRING, "source", type) < 0)
		die_errno("cannot name a %s", type);
	for (; options->key; options++)
		if (sys_fsconfig(fs, FSCONFIG_SET_STRING, options->key,
			    options->value) < 0)
			die_errno("cannot set %s=%s of a %s", options->key,
				options->value, type);
	if (sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL) < 0)
		die_errno("cannot create a %s", type);
	fd = sys_fsmount(fs, attr);
	if (fd < 0)
		die_errno("cannot mount a %s", type);
	(void)close(fs);
	return fd;
}

static int
new_tmpfs(uint64_t size, uint64_t inodes, mode_t mode, unsigned attr)
{
	char size_text[24], inodes_text[24], mode_text[8];
	const struct option options[] = {
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
	return new_mount("tmpfs", options, attr);
}

static void
attach(int fd, int dirfd, const char *path, const char *what)
{
	if (sys_move_mount(fd, dirfd, path) < 0)
		die_errno("cannot attach the mount of %s", what);
}

static void
set_read_only(int fd, const char *what)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	if (sys_mount_setattr(fd, "", AT_EMPTY_PATH, &attr) < 0)
		die_errno("cannot make %s read-only", what);
}

/* The directory `target` of the box; -1 with errno. */
static int
open_target(int root, const char *target)
{
	return sys_openat2(root, target + 1, O_PATH | O_DIRECTORY, RESOLVE_BOX);
}

static void
attach_at(int fd, int root, const char *target)
{
	int point = open_target(root, target);

	if (point < 0)
		die_errno("cannot open the mount point %s in the box", target);
	attach(fd, point, "", target);
	(void)close(point);
	(void)close(fd);
}

static void
do_tmpfs(int root, const struct op *op)
{
	attach_at(new_tmpfs(op->size, op->inodes, op->mode, ATTR_QUIET), root,
		op->target);
}

/* A path beneath a tmpfs of the box, made with the caller's ids, since it may
 * be his word ($HOME): for that time the tmpfs is his. */
static void
do_dir(int root, const struct op *op)
{
	size_t n = strcspn(op->target + 1, "/");
	const char *p = op->target + 1 + n + 1;
	int top = sys_openat2(root, xstrndup(op->target + 1, n),
		O_RDONLY | O_DIRECTORY, RESOLVE_BOX);
	int fd = top;

	if (top < 0 || fchown(top, op->uid, op->gid) < 0)
		die_errno("cannot prepare %s in the box", op->target);
	cred_as_caller(op->uid, op->gid);
	for (; *p; p += n, p += *p == '/') {
		const char *name;
		int next;

		n = strcspn(p, "/");
		name = xstrndup(p, n);
		if (mkdirat(fd, name, p[n] ? 0755 : op->mode) < 0)
			die_errno("cannot make %s in the box", op->target);
		next = sys_openat2(fd, name, O_PATH | O_DIRECTORY, RESOLVE_BOX);
		if (next < 0)
			die_errno("cannot open %s in the box", op->target);
		if (fd != top)
			(void)close(fd);
		fd = next;
	}
	if (fd != top)
		(void)close(fd);
	cred_as_root();
	if (fchown(top, 0, 0) < 0)
		die_errno("cannot take back %s in the box", op->target);
	(void)close(top);
}

static void
do_proc(int root, const struct op *op)
{
	const struct option options[] = {
		{ "hidepid", "invisible" },
		{ op->pid_only ? "subset" : NULL, "pid" },
		{ NULL, NULL },
	};

	attach_at(new_mount("proc", options, ATTR_QUIET | MOUNT_ATTR_NOEXEC),
		root, op->target);
}

static void
do_sys(int root, const struct op *op)
{
	const struct option none = { NULL, NULL };

	attach_at(new_mount("sysfs", &none,
			  ATTR_QUIET | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY),
		root, op->target);
}

static void
dev_pts(int dev)
{
	/* 5 is the group tty everywhere; without the option a pty would have
	 * the caller's group, and mesg(1) would not work. */
	static const struct option options[] = {
		{ "ptmxmode", "0666" },
		{ "mode", "0620" },
		{ "gid", "5" },
		{ NULL, NULL },
	};
	int fd = new_mount(
		"devpts", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);

	if (mkdirat(dev, "pts", 0755) < 0)
		die_errno("cannot make /dev/pts in the box");
	attach(fd, dev, "pts", "/dev/pts");
	(void)close(fd);
}

static void
dev_shm(int dev, const struct op *op)
{
	int fd = new_tmpfs(op->size, op->inodes, 01777, ATTR_QUIET);

	if (mkdirat(dev, "shm", 0755) < 0)
		die_errno("cannot make /dev/shm in the box");
	attach(fd, dev, "shm", "/dev/shm");
	(void)close(fd);
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

/* The one mount without nodev; read-only once it is filled. */
static void
do_dev(int root, const struct op *op)
{
	int point = open_target(root, op->target);
	int dev = new_tmpfs(
		65536, 32, 0755, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);

	if (point < 0)
		die_errno("cannot open the mount point %s in the box",
			op->target);
	attach(dev, point, "", op->target);
	dev_fill(dev);
	dev_pts(dev);
	dev_shm(dev, op);
	set_read_only(dev, op->target);
	(void)close(point);
	(void)close(dev);
}

static void (*const do_op[])(int root, const struct op *op) = {
	[OP_ROOT] = NULL, /* done first, by mount_root */
	[OP_TMPFS] = do_tmpfs,
	[OP_DIR] = do_dir,
	[OP_PROC] = do_proc,
	[OP_SYS] = do_sys,
	[OP_DEV] = do_dev,
};

/* A detached, read-only copy of the root file system, submounts included:
 * flags that a submount lacks are as good as none (THREATS C08). */
static int
clone_root(const struct plan *plan)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_RDONLY | ATTR_QUIET,
		.propagation = MS_PRIVATE,
	};
	const char *why;
	int dir = trusted_open_dir(plan->ops[0].source, &why), fd;

	if (dir < 0)
		die(EXIT_MINIBOX,
			"the root file system of box '%s' cannot be used; tell "
			"your administrator to run: minibox --check",
			plan->box->name);
	fd = sys_open_tree_clone(dir);
	if (fd < 0)
		die_errno("cannot clone the mount of the root file system");
	if (sys_mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr) < 0)
		die_errno("cannot make the root file system read-only");
	(void)close(dir);
	return fd;
}

/* Every mount point must be there and must be a directory, not a link; what is
 * missing is named in one line.  skip[i]: op i is left out. */
static void
check_targets(const struct plan *plan, int root, bool *skip)
{
	const char *missing = "";

	for (size_t i = 1; i < plan->nops; i++) {
		const struct op *op = &plan->ops[i];
		int fd;

		if (op->kind == OP_DIR)
			continue;
		fd = open_target(root, op->target);
		if (fd >= 0)
			(void)close(fd);
		else if (errno == ENOENT && op->if_exists)
			skip[i] = true;
		else if (errno == ENOENT)
			missing = xasprintf("%s %s%s", missing,
				plan->ops[0].source, op->target);
		else if (errno == ELOOP)
			die(EXIT_MINIBOX,
				"box '%s': the mount point %s is or leads "
				"through a symbolic link; tell your "
				"administrator to make it a directory",
				plan->box->name, op->target);
		else
			die_errno("box '%s': the mount point %s",
				plan->box->name, op->target);
	}
	if (*missing)
		die(EXIT_MINIBOX,
			"box '%s' lacks mount points; tell your administrator "
			"to run: mkdir -p%s",
			plan->box->name, missing);
}

static uint64_t
mount_id(int fd, const char *path, int flags)
{
	struct statx st;

	if (syscall(SYS_statx, fd, path, flags, STATX_MNT_ID, &st) < 0 ||
		!(st.stx_mask & STATX_MNT_ID))
		die_errno("cannot tell which mount %s is", *path ? path : "/");
	return st.stx_mnt_id;
}

/* pivot_root(2): the old root ends up on top of the new one and is detached
 * from there.  Then one level down, to stay (see root.h). */
static void
enter(int base, int root)
{
	if (fchdir(base) < 0)
		die_errno("cannot enter the new root");
	if (sys_pivot_root(".", ".") < 0)
		die_errno("pivot_root (does the host run from an initramfs or "
			  "in a chroot?)");
	if (sys_umount2(".", SYS_DETACH) < 0)
		die_errno("cannot detach the root of the host");
	if (fchdir(root) < 0 || chroot(".") < 0 || chdir("/") < 0)
		die_errno("cannot enter the root of the box");
	if (mount_id(AT_FDCWD, "/", 0) != mount_id(root, "", AT_EMPTY_PATH) ||
		mount_id(AT_FDCWD, "/", 0) == mount_id(base, "", AT_EMPTY_PATH))
		die(EXIT_MINIBOX, "the root of the box is not the one made");
}

void
root_build(const struct plan *plan)
{
	struct mount_attr slave = { .propagation = MS_SLAVE };
	bool skip[PLAN_OPS_MAX] = { false };
	int base, root;

	/* First of all: nothing that is done here reaches the host.  What the
	 * host unmounts goes here, too, so that a caller who stops us now does
	 * not keep a disk busy. */
	if (sys_mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &slave) < 0)
		die_errno("cannot take the mounts from the host");
	root = clone_root(plan);
	base = new_tmpfs(4096, 8, 0755, ATTR_QUIET | MOUNT_ATTR_NOEXEC);
	attach(base, AT_FDCWD, BASE_POINT, "the new root");
	if (mkdirat(base, "root", 0755) < 0)
		die_errno("cannot make the directory of the root");
	attach(root, base, "root", "/");
	check_targets(plan, root, skip);
	for (size_t i = 1; i < plan->nops; i++)
		if (!skip[i])
			do_op[plan->ops[i].kind](root, &plan->ops[i]);
	set_read_only(base, "the new root");
	enter(base, root);
	(void)close(root);
	(void)close(base);
}
