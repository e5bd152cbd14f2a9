/* SPDX-License-Identifier: MIT */
/* What does the command see as /?  Runs in init, as euid 0 with the few
 * capabilities of cred_cut, in the namespaces of the box. */
#include "root.h"

#include <errno.h>
#include <linux/stat.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cred.h"
#include "dev.h"
#include "die.h"
#include "fs.h"
#include "mountinfo.h"
#include "source.h"
#include "sys.h"
#include "target.h"
#include "trusted.h"
#include "xalloc.h"

/* Where the namespace's root is attached before it becomes that: a directory
 * that every host has.  The mount is seen in this namespace only. */
#define BASE_POINT "/proc"

/* Of the namespace's root: three directories, and copies of two small files. */
enum { BASE_SIZE = 4 << 20, BASE_INODES = 16 };
enum { MOUNTINFO_MAX = 64 << 20 }; /* bytes */

/* What is known of an op, beside what the plan says. */
struct step {
	int mount;      /* OP_BIND, OP_FILE: detached; -1 */
	bool directory; /* its mount point is one */
	bool skip;
};

/* What a caller asked for is no work for the admin, and what he typed does not
 * stand in a command for root. */
static _Noreturn void
refuse_typed(const struct plan *plan, const struct op *op)
{
	die(EXIT_MINIBOX,
		"box '%s': there is no %s to show %s on, and the root of the "
		"box is read-only; %s",
		plan->box->name, op->target, op->source,
		op->asked ? "choose another DST that minibox -l shows, or tell "
			    "your administrator"
			  : "tell your administrator");
}

static _Noreturn void
refuse_target(const struct plan *plan, const struct op *op)
{
	switch (errno) {
	case ELOOP:
		die(EXIT_MINIBOX,
			"box '%s': the mount point %s is or leads through a "
			"symbolic link; tell your administrator to make it a "
			"directory",
			plan->box->name, op->target);
	case ENOTDIR:
	case EISDIR:
		die(EXIT_MINIBOX,
			"box '%s': the mount point %s and what is to be shown "
			"there must both be directories, or neither",
			plan->box->name, op->target);
	case EROFS:
	case EACCES:
		die(EXIT_MINIBOX,
			"box '%s': the mount point %s cannot be made: %s; tell "
			"your administrator to make it in the root file system",
			plan->box->name, op->target, strerror(errno));
	default:
		die_errno("box '%s': the mount point %s", plan->box->name,
			op->target);
	}
}

/* The mount point, made if the plan says so. */
static int
point_of(const struct plan *plan, const struct own *own, int root,
	const struct op *op, const struct step *step)
{
	int fd = op->make || op->kind == OP_DIR
			 ? target_make(plan, own, root, op, step->directory)
			 : target_open(plan, root, op, step->directory);

	if (fd < 0)
		refuse_target(plan, op);
	return fd;
}

static int
mount_tmpfs(const struct op *op)
{
	return fs_tmpfs(op->size, op->inodes, op->mode,
		FS_QUIET | (op->noexec ? MOUNT_ATTR_NOEXEC : 0));
}

static int
mount_proc(const struct op *op)
{
	const struct fs_option options[] = {
		{ "hidepid", "invisible" },
		{ op->pid_only ? "subset" : NULL, "pid" },
		{ NULL, NULL },
	};

	return fs_new("proc", options, FS_QUIET | MOUNT_ATTR_NOEXEC);
}

static int
mount_sys(const struct op *op)
{
	const struct fs_option none = { NULL, NULL };

	(void)op;
	return fs_new("sysfs", &none,
		FS_QUIET | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY);
}

/* What is new for each box; the other kinds are made otherwise. */
static int (*const mount_new[])(const struct op *op) = {
	[OP_TMPFS] = mount_tmpfs,
	[OP_PROC] = mount_proc,
	[OP_SYS] = mount_sys,
	[OP_FILE] = NULL,
};

static void
do_op(const struct plan *plan, struct own *own, int root, const struct op *op,
	const struct step *step)
{
	int point = point_of(plan, own, root, op, step);
	int mount = mount_new[op->kind] ? mount_new[op->kind](op) : step->mount;

	if (op->kind == OP_DEV)
		mount = dev_mount(point, op);
	else if (op->kind != OP_DIR)
		fs_attach(mount, point, "", op->target);
	if (op->kind == OP_TMPFS || op->kind == OP_DEV)
		target_add_own(own, mount);
	(void)close(point);
	if (mount >= 0)
		(void)close(mount);
}

static int
clone_root(const struct plan *plan, const struct op *op)
{
	const char *why;
	int dir = trusted_open_dir(op->source, &why), mount;

	if (dir < 0)
		die(EXIT_MINIBOX,
			"the root file system of box '%s' cannot be used; tell "
			"your administrator to run: minibox --check",
			plan->box->name);
	mount = fs_clone(
		dir, FS_QUIET | MOUNT_ATTR_RDONLY, "the root file system");
	(void)close(dir);
	return mount;
}

/* A directory of the namespace's root, for a mount. */
static void
attach_below(int base, int mount, const char *name)
{
	if (mkdirat(base, name, 0755) < 0)
		die_errno("cannot make the directory %s", name);
	fs_attach(mount, base, name, name);
}

/*
 * An overlay of the root file system and an empty tmpfs.  It is told where they
 * are by fixed words, from the working directory: no byte of them is anybody's
 * choice.  It works with the credentials of who makes it.  What is mounted
 * below the root file system is not part of it.
 */
static int
make_overlay(int base, int lower, const struct op *op)
{
	static const struct fs_option options[] = {
		{ "lowerdir", "lower" },
		{ "upperdir", "over/upper" },
		{ "workdir", "over/work" },
		{ NULL, NULL },
	};
	int over = fs_tmpfs(op->size, op->inodes, 0755, FS_QUIET), root;

	attach_below(base, lower, "lower");
	attach_below(base, over, "over");
	if (mkdirat(over, "upper", 0755) < 0 || mkdirat(over, "work", 0700) < 0)
		die_errno("cannot make the directories of the overlay");
	if (fchdir(base) < 0)
		die_errno("cannot enter the new root");
	cred_lend();
	root = fs_new("overlay", options, FS_QUIET);
	cred_take_back();
	/* It has its own hold on both; a process of the caller's outside could
	 * reach them here, above the root of the box. */
	if (sys_umount2("lower", SYS_DETACH) < 0 ||
		sys_umount2("over", SYS_DETACH) < 0)
		die_errno("cannot detach the layers of the overlay");
	(void)close(lower);
	(void)close(over);
	return root;
}

/* The sources, before anything is mounted that could be taken for one. */
static void
open_sources(const struct plan *plan, struct step *steps)
{
	for (size_t i = 1; i < plan->mounts.n; i++) {
		const struct op *op = &plan->mounts.ops[i];

		steps[i].mount = -1;
		steps[i].directory = op->kind != OP_FILE;
		if (op->kind == OP_BIND) {
			steps[i].mount =
				source_clone(plan, op, &steps[i].directory);
			steps[i].skip = steps[i].mount < 0;
		}
	}
}

static void
copy_files(const struct plan *plan, int base, int root, struct step *steps)
{
	for (size_t i = 1; i < plan->mounts.n; i++) {
		if (plan->mounts.ops[i].kind != OP_FILE)
			continue;
		steps[i].mount =
			source_copy(plan, base, root, &plan->mounts.ops[i]);
		steps[i].skip = steps[i].mount < 0;
	}
}

/* Whether the box has no such directory, or no such file. */
static bool
has_none(bool directory)
{
	return errno == ENOENT ||
	       (!directory &&
		       (errno == ENOTDIR || errno == EISDIR || errno == ELOOP));
}

/* Every mount point of the root file system must be there and must not be a
 * link; what is missing is named in one line. */
static void
check_targets(const struct plan *plan, int root, struct step *steps)
{
	const char *dirs = "", *files = "";
	const struct op *typed = NULL;

	for (size_t i = 1; i < plan->mounts.n; i++) {
		const struct op *op = &plan->mounts.ops[i];
		const char **missing = steps[i].directory ? &dirs : &files;
		int fd;

		if (steps[i].skip || op->make || op->kind == OP_DIR)
			continue;
		fd = target_open(plan, root, op, steps[i].directory);
		if (fd >= 0)
			(void)close(fd);
		else if (op->if_exists && has_none(steps[i].directory))
			steps[i].skip = true;
		else if (errno == ENOENT && op->typed)
			typed = op;
		else if (errno == ENOENT)
			*missing = xasprintf("%s %s%s", *missing,
				plan->mounts.ops[0].source, op->target);
		else
			refuse_target(plan, op);
	}
	if (*dirs || *files)
		die(EXIT_MINIBOX,
			"box '%s' lacks mount points; tell your administrator "
			"to run:%s%s%s%s%s",
			plan->box->name, *dirs ? " mkdir -p" : "", dirs,
			*dirs && *files ? " &&" : "", *files ? " touch" : "",
			files);
	if (typed)
		refuse_typed(plan, typed);
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

/*
 * What is mounted below a source or the root file system has come along, and a
 * procfs of the host leads out of the box, through /proc/PID/root.  Now that
 * the host's mounts are gone, those of the box are all that is left; they are
 * read through the host's procfs, of which `proc` is the directory.  What the
 * box's own covers does no harm.
 */
static void
check_procs(const struct plan *plan, int proc)
{
	int fd = sys_openat2(proc, "self/mountinfo", O_RDONLY, RESOLVE_BENEATH);
	const char *why, *text, *point, *expected = NULL;
	size_t size;

	(void)close(proc);
	text = fd < 0 ? NULL : trusted_read_fd(fd, MOUNTINFO_MAX, &size, &why);
	if (!text)
		die(EXIT_MINIBOX, "cannot read the mounts of the box");
	(void)close(fd);
	for (size_t i = 1; i < plan->mounts.n; i++)
		if (plan->mounts.ops[i].kind == OP_PROC)
			expected = plan->mounts.ops[i].target;
	point = mountinfo_proc(text, "/", expected);
	if (point)
		die(EXIT_MINIBOX,
			"box '%s': a /proc of the host is mounted where %s is "
			"in the box, and would lead out of it; tell your "
			"administrator to unmount it",
			plan->box->name, point);
}

void
root_build(const struct plan *plan)
{
	const struct op *ops = plan->mounts.ops;
	struct mount_attr slave = { .propagation = MS_SLAVE };
	struct step *steps = xcalloc(plan->mounts.n, sizeof(*steps));
	struct own own = { 0 };
	int base, root, proc;

	/* First of all: nothing that is done here reaches the host.  What the
	 * host unmounts goes here, too, so that a caller who stops us now does
	 * not keep a disk busy. */
	if (sys_mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &slave) < 0)
		die_errno("cannot take the mounts from the host");
	proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		die_errno("cannot open /proc");
	root = clone_root(plan, &ops[0]);
	open_sources(plan, steps);
	base = fs_tmpfs(
		BASE_SIZE, BASE_INODES, 0755, FS_QUIET | MOUNT_ATTR_NOEXEC);
	fs_attach(base, AT_FDCWD, BASE_POINT, "the new root");
	if (ops[0].writable) {
		root = make_overlay(base, root, &ops[0]);
		target_add_own(&own, root);
	}
	attach_below(base, root, "root");
	copy_files(plan, base, root, steps);
	check_targets(plan, root, steps);
	for (size_t i = 1; i < plan->mounts.n; i++)
		if (!steps[i].skip)
			do_op(plan, &own, root, &ops[i], &steps[i]);
	fs_set_read_only(base, "the new root");
	enter(base, root);
	check_procs(plan, proc);
	(void)close(root);
	(void)close(base);
}
