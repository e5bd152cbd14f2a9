/* SPDX-License-Identifier: MIT */
/* What is shown in the box, of all that the host has?  Runs in init, as euid
 * 0, with the caller's rights where his paths are walked. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cred.h"
#include "die.h"
#include "fs.h"
#include "sys.h"
#include "trusted.h"
#include "xalloc.h"

enum { COPY_MAX = 1 << 20 }; /* bytes of a passwd or group file */

/* What the policy fixes may lead through links of the system's; in the rest a
 * link, which may be the caller's, is refused. */
static int
open_parts(const char *path, size_t fixed, bool *directory)
{
	const char *rest = path + fixed + (path[fixed] == '/');
	int dir, fd;

	dir = sys_open_any(AT_FDCWD, fixed ? xstrndup(path, fixed) : "/",
		RESOLVE_NO_MAGICLINKS, directory);
	if (dir < 0 || !*rest)
		return dir;
	fd = sys_open_any(dir, rest, SYS_RESOLVE_PLAIN, directory);
	(void)close(dir);
	return fd;
}

static _Noreturn void
refuse_source(const struct plan *plan, const struct op *op)
{
	if (errno == ELOOP)
		die(EXIT_MINIBOX,
			"box '%s': cannot show %s: it is or leads through a "
			"symbolic link; name what it leads to (readlink -f), "
			"or, if it is an automount, enter it first",
			plan->box->name, op->source);
	die_errno("box '%s': cannot show %s", plan->box->name, op->source);
}

/* A procfs leads to other processes, whatever its permissions say. */
static void
check_source(
	const struct plan *plan, const struct op *op, int fd, bool directory)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(fd, &fs) < 0)
		refuse_source(plan, op);
	if (fs.f_type == PROC_SUPER_MAGIC)
		die(EXIT_MINIBOX,
			"box '%s': %s lies in a /proc, which cannot be shown; "
			"choose something else",
			plan->box->name, op->source);
	if (!op->own)
		return;
	if (fstat(fd, &st) < 0)
		refuse_source(plan, op);
	if (!directory || st.st_uid != plan->uid)
		die(EXIT_MINIBOX,
			"box '%s' shows your home, but %s is not a directory "
			"that you own; tell your administrator",
			plan->box->name, op->source);
}

/* -1: the host has none. */
static int
open_as_caller(const struct plan *plan, const struct op *op, bool *directory)
{
	int fd;

	cred_as_caller(plan->uid, plan->gid);
	fd = open_parts(op->source, op->fixed, directory);
	if (fd < 0 && !(op->if_source && errno == ENOENT))
		refuse_source(plan, op);
	if (fd >= 0)
		check_source(plan, op, fd, *directory);
	cred_as_root();
	return fd;
}

static int
open_as_root(const struct plan *plan, const struct op *op, bool *directory)
{
	const char *why;
	int fd = trusted_open(op->source, directory, &why);

	if (fd < 0)
		die(EXIT_MINIBOX,
			"box '%s': %s cannot be shown; tell your administrator "
			"to run: minibox --check",
			plan->box->name, op->source);
	return fd;
}

int
source_clone(const struct plan *plan, const struct op *op, bool *directory)
{
	int fd = op->as_caller ? open_as_caller(plan, op, directory)
			       : open_as_root(plan, op, directory);
	unsigned attr = FS_QUIET;
	int mount;

	if (fd < 0)
		return -1;
	attr |= op->writable ? 0 : MOUNT_ATTR_RDONLY;
	attr |= op->noexec ? MOUNT_ATTR_NOEXEC : 0;
	mount = fs_clone(fd, attr, op->source);
	(void)close(fd);
	return mount;
}

static void
write_all(int fd, const char *text, size_t n, const char *what)
{
	while (n > 0) {
		ssize_t done = write(fd, text, n);

		if (done <= 0)
			die(EXIT_MINIBOX, "cannot write the copy of %s: %s%s",
				what, strerror(errno),
				errno == EFBIG ? " (see: ulimit -Hf)" : "");
		text += done;
		n -= (size_t)done;
	}
}

/* Opened with the caller's rights: what he may not read is not shown to him.
 * -1: there is nothing to copy. */
static int
open_for_copy(const struct plan *plan, int root, const struct op *op)
{
	struct stat st;
	int fd, error;

	cred_as_caller(plan->uid, plan->gid);
	fd = sys_openat2(root, op->target + 1, O_RDONLY | O_NONBLOCK | O_NOCTTY,
		SYS_RESOLVE_PLAIN);
	error = fd < 0 || fstat(fd, &st) < 0 ? errno : 0;
	cred_as_root();
	switch (error) {
	case 0:
		if (S_ISREG(st.st_mode))
			return fd;
		(void)close(fd);
		return -1;
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
	case EACCES:
	case ENXIO: /* a socket */
		return -1;
	default:
		errno = error;
		die_errno("cannot open %s of the box", op->target);
	}
}

int
source_copy(const struct plan *plan, int base, int root, const struct op *op)
{
	const char *name = strrchr(op->target, '/') + 1, *why;
	int from = open_for_copy(plan, root, op), to, mount;
	char *text;
	size_t size;

	if (from < 0)
		return -1;
	text = trusted_read_fd(from, COPY_MAX, &size, &why);
	if (!text)
		die(EXIT_MINIBOX,
			"%s of the box: %s; tell your administrator to say "
			"passwd = no",
			op->target, why);
	(void)close(from);
	to = openat(base, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (to < 0)
		die_errno("cannot make the copy of %s", op->target);
	write_all(to, op->text, strlen(op->text), op->target);
	write_all(to, text, size, op->target);
	mount = fs_clone(to, FS_QUIET | MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC,
		op->target);
	(void)close(to);
	return mount;
}
