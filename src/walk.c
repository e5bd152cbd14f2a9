/* SPDX-License-Identifier: MIT */
/* Could anybody but root change this command?  Runs in the command process, in
 * the box, as the caller, without any privilege. */
#include "walk.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys.h"
#include "xalloc.h"

enum { LINKS_MAX = 40 }; /* as in path_resolution(7) */

bool
walk_is_roots(const struct stat *st)
{
	return st->st_uid == 0 &&
	       (S_ISLNK(st->st_mode) || !(st->st_mode & (S_IWGRP | S_IWOTH)));
}

struct walk {
	int fd;           /* where it has come to */
	const char *rest; /* what is left of the path */
	unsigned links;
};

static bool
fail(int error)
{
	errno = error;
	return false;
}

static void
close_keeping_errno(int fd)
{
	int error = errno;

	(void)close(fd);
	errno = error;
}

/* The descriptor of a component, looked at; -1: see errno. */
static int
look_at(int fd, struct stat *st)
{
	if (fd < 0)
		return -1;
	if (fstat(fd, st) == 0 && (walk_is_roots(st) || fail(EPERM)))
		return fd;
	close_keeping_errno(fd);
	return -1;
}

static bool
move_to(struct walk *w, int next)
{
	if (w->fd >= 0)
		(void)close(w->fd);
	w->fd = next;
	return next >= 0;
}

static bool
start_at_root(struct walk *w)
{
	struct stat st;

	return move_to(
		w, look_at(sys_openat2(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0),
			   &st));
}

/* Puts the target of the link in front of what is left. */
static bool
follow(struct walk *w, int link)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(link, "", target, sizeof(target) - 1);

	close_keeping_errno(link);
	if (n < 0)
		return false;
	if (++w->links > LINKS_MAX)
		return fail(ELOOP);
	target[n] = '\0';
	w->rest = xasprintf("%s/%s", target, w->rest);
	return target[0] != '/' || start_at_root(w);
}

/* Takes the first component of what is left. */
static bool
step(struct walk *w)
{
	size_t n = strcspn(w->rest, "/");
	const char *name = xstrndup(w->rest, n);
	struct stat st;
	int next;

	w->rest += n;
	w->rest += strspn(w->rest, "/");
	if (n == 0)
		return true;
	next = look_at(sys_openat2(w->fd, name, O_PATH | O_NOFOLLOW, 0), &st);
	if (next < 0)
		return false;
	return S_ISLNK(st.st_mode) ? follow(w, next) : move_to(w, next);
}

int
walk_open(const char *path)
{
	struct walk w = { .fd = -1, .rest = path };
	bool going = start_at_root(&w);

	while (going && *w.rest)
		going = step(&w);
	if (!going && w.fd >= 0) {
		close_keeping_errno(w.fd);
		return -1;
	}
	return w.fd;
}
