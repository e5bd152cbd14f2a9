/* SPDX-License-Identifier: MIT */
/* Where in the box does a mount go?  Runs in init, as euid 0, with the
 * caller's rights where his paths are walked. */
#include "target.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cred.h"
#include "die.h"
#include "sys.h"
#include "xalloc.h"

#define RESOLVE_BOX \
	(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)

static int
open_point(int dirfd, const char *path, bool directory)
{
	int fd = sys_openat2(dirfd, path,
		O_PATH | (directory ? O_DIRECTORY : 0), RESOLVE_BOX);
	struct stat st;
	int error;

	if (fd < 0 || directory)
		return fd;
	error = fstat(fd, &st) < 0 ? errno : S_ISDIR(st.st_mode) ? EISDIR : 0;
	if (error == 0)
		return fd;
	(void)close(fd);
	errno = error;
	return -1;
}

int
target_open(
	const struct plan *plan, int root, const struct op *op, bool directory)
{
	int fd, saved;

	if (!op->typed)
		return open_point(root, op->target + 1, directory);
	cred_as_caller(plan->uid, plan->gid);
	fd = open_point(root, op->target + 1, directory);
	saved = errno;
	cred_as_root();
	errno = saved;
	return fd;
}

/* One component: a directory, or an empty file to mount a file on. */
static int
make_entry(int dirfd, const char *name, bool directory, mode_t mode)
{
	if (directory)
		return mkdirat(dirfd, name, mode);
	return mknodat(dirfd, name, S_IFREG | 0644, 0);
}

/* As the caller, in a directory of root's: for that call it is his. */
static int
make_in_roots(const struct plan *plan, int dirfd, const char *name,
	bool directory, mode_t mode)
{
	struct stat st;
	int made, saved;

	cred_as_root();
	if (fstat(dirfd, &st) < 0 ||
		fchownat(dirfd, "", plan->uid, plan->gid, AT_EMPTY_PATH) < 0)
		return -1;
	cred_as_caller(plan->uid, plan->gid);
	made = make_entry(dirfd, name, directory, mode);
	saved = errno;
	cred_as_root();
	if (fchownat(dirfd, "", st.st_uid, st.st_gid, AT_EMPTY_PATH) < 0)
		die_errno("cannot take back a directory of the box");
	cred_as_caller(plan->uid, plan->gid);
	errno = saved;
	return made;
}

/* Opens, or makes and opens, the component `name`. */
static int
step(const struct plan *plan, int dirfd, const char *name, bool directory,
	const struct op *op, mode_t mode)
{
	int fd = open_point(dirfd, name, directory);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (make_entry(dirfd, name, directory, mode) < 0) {
		if (!op->typed || errno != EACCES)
			return -1;
		if (make_in_roots(plan, dirfd, name, directory, mode) < 0)
			return -1;
	}
	return open_point(dirfd, name, directory);
}

static int
walk(const struct plan *plan, int root, const struct op *op, bool directory)
{
	const char *p = op->target + 1;
	int fd = root;

	while (*p) {
		size_t n = strcspn(p, "/");
		bool last = !p[n];
		mode_t mode = last && op->kind == OP_DIR ? op->mode : 0755;
		int next = step(
			plan, fd, xstrndup(p, n), !last || directory, op, mode);
		int saved = errno;

		if (fd != root)
			(void)close(fd);
		if (next < 0) {
			errno = saved;
			return -1;
		}
		fd = next;
		p += n + !last;
	}
	return fd;
}

int
target_make(
	const struct plan *plan, int root, const struct op *op, bool directory)
{
	int fd, saved;

	if (op->typed)
		cred_as_caller(plan->uid, plan->gid);
	fd = walk(plan, root, op, directory);
	saved = errno;
	if (op->typed)
		cred_as_root();
	errno = saved;
	return fd;
}
