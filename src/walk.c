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

/* What is left to walk: the target of the link, then the rest. */
static const char *
link_target(int dirfd, const char *name, const char *rest)
{
	char link[PATH_MAX];
	ssize_t n = readlinkat(dirfd, name, link, sizeof(link) - 1);

	if (n < 0)
		return NULL;
	link[n] = '\0';
	return xasprintf("%s/%s", link, rest);
}

/* One step of the walk: what became of a component. */
enum step { STEP_DIR, STEP_LINK, STEP_FILE, STEP_FAIL };

static enum step
take_step(int *fd, const char *name, struct stat *st)
{
	int next = sys_openat2(*fd, name, O_PATH | O_NOFOLLOW, 0);

	if (next < 0 || fstat(next, st) < 0)
		return STEP_FAIL;
	if (!walk_is_roots(st)) {
		errno = EPERM;
		return STEP_FAIL;
	}
	if (S_ISLNK(st->st_mode)) {
		(void)close(next);
		return STEP_LINK;
	}
	(void)close(*fd);
	*fd = next;
	return S_ISDIR(st->st_mode) ? STEP_DIR : STEP_FILE;
}

int
walk_open(const char *path)
{
	int fd = sys_openat2(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0);
	unsigned links = 0;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (!walk_is_roots(&st)) {
		errno = EPERM;
		return -1;
	}
	while (*path) {
		size_t n = strcspn(path, "/");
		const char *name = xstrndup(path, n);

		path += n;
		path += strspn(path, "/");
		if (n == 0)
			continue;
		switch (take_step(&fd, name, &st)) {
		case STEP_DIR:
		case STEP_FILE:
			break;
		case STEP_LINK:
			if (++links > LINKS_MAX) {
				errno = ELOOP;
				return -1;
			}
			path = link_target(fd, name, path);
			if (!path)
				return -1;
			if (path[0] != '/')
				break;
			(void)close(fd);
			fd = sys_openat2(
				AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0);
			if (fd < 0)
				return -1;
			break;
		case STEP_FAIL:
			return -1;
		}
	}
	return fd;
}
