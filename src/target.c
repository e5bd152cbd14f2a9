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

static int
open_point(int dirfd, const char *path, bool directory)
{
	int fd = sys_openat2(dirfd, path,
		O_PATH | (directory ? O_DIRECTORY : 0), SYS_RESOLVE_PLAIN);
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

void
target_add_own(struct own *own, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		die_errno("cannot look at a file system of the box");
	own->v = xgrow(own->v, own->n, &own->room, sizeof(*own->v));
	own->v[own->n++] = st.st_dev;
}

static bool
is_own(const struct own *own, const struct stat *st)
{
	for (size_t i = 0; i < own->n; i++)
		if (own->v[i] == st->st_dev)
			return true;
	return false;
}

/* What the functions below work on. */
struct maker {
	const struct plan *plan;
	const struct own *own;
	const struct op *op;
};

/* The rights with which the path is walked. */
static void
take_rights(const struct maker *m)
{
	if (m->op->typed)
		cred_as_caller(m->plan->uid, m->plan->gid);
}

static void
give_to(int fd, uid_t uid, gid_t gid)
{
	if (fchownat(fd, "", uid, gid, AT_EMPTY_PATH) < 0)
		die_errno("cannot set the owner of a directory of the box");
}

/* One component: a directory, or an empty file to mount a file on. */
static int
make_entry(int dirfd, const char *name, bool directory, mode_t mode)
{
	if (directory)
		return mkdirat(dirfd, name, mode);
	return mknodat(dirfd, name, S_IFREG | 0644, 0);
}

/*
 * Makes `name` in the directory, which must be on a file system of the box.  A
 * name that the caller typed is used with his rights only: for that one call, a
 * directory of root's is his.
 */
static int
make_in(const struct maker *m, int dirfd, const char *name, bool directory,
	mode_t mode)
{
	bool lend;
	struct stat st;
	int made, error;

	if (fstat(dirfd, &st) < 0)
		return -1;
	if (!is_own(m->own, &st)) {
		errno = EROFS;
		return -1;
	}
	lend = m->op->typed && st.st_uid == 0;
	if (lend) {
		cred_as_root();
		give_to(dirfd, m->plan->uid, m->plan->gid);
		take_rights(m);
	}
	made = make_entry(dirfd, name, directory, mode);
	error = errno;
	if (lend) {
		cred_as_root();
		give_to(dirfd, st.st_uid, st.st_gid);
		take_rights(m);
	}
	errno = error;
	return made;
}

/* What leads to a mount point stays root's where it was: a directory that was
 * just made in one of root's goes back. */
static void
keep_roots(const struct maker *m, int parent, int fd)
{
	struct stat st;

	if (fstat(parent, &st) < 0)
		die_errno("cannot look at a directory of the box");
	if (!m->op->typed || st.st_uid != 0)
		return;
	cred_as_root();
	give_to(fd, 0, 0);
	take_rights(m);
}

/* Opens, or makes and opens, the component `name`. */
static int
step(const struct maker *m, int dirfd, const char *name, bool last,
	bool directory)
{
	mode_t mode = last && m->op->kind == OP_DIR ? m->op->mode : 0755;
	int fd = open_point(dirfd, name, !last || directory);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (make_in(m, dirfd, name, !last || directory, mode) < 0)
		return -1;
	fd = open_point(dirfd, name, !last || directory);
	if (fd >= 0 && !last)
		keep_roots(m, dirfd, fd);
	return fd;
}

static int
walk(const struct maker *m, int root, bool directory)
{
	const char *p = m->op->target + 1;
	int fd = root;

	while (fd >= 0 && *p) {
		size_t n = strcspn(p, "/");
		bool last = !p[n];
		int next = step(m, fd, xstrndup(p, n), last, directory);
		int error = errno;

		if (fd != root)
			(void)close(fd);
		errno = error;
		fd = next;
		p += n + !last;
	}
	return fd;
}

int
target_make(const struct plan *plan, const struct own *own, int root,
	const struct op *op, bool directory)
{
	const struct maker m = { .plan = plan, .own = own, .op = op };
	int fd, error;

	take_rights(&m);
	fd = walk(&m, root, directory);
	error = errno;
	if (op->typed)
		cred_as_root();
	errno = error;
	return fd;
}
