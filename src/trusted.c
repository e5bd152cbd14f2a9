/* SPDX-License-Identifier: MIT */
/* Does only root decide what is here?  Runs in the caller's process and in
 * init, with fsuid 0. */
#include "trusted.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys.h"
#include "xalloc.h"

enum { READ_ATTEMPTS = 3 };

/* NULL, or what is wrong with a component that `path` names up to here. */
static const char *
check_owner(const char *path, const struct stat *st)
{
	unsigned mode = (unsigned)st->st_mode & 07777;

	if (st->st_uid != 0)
		return xasprintf("component %s belongs to uid %u; fix: chown "
				 "root %s, or use a path that is root's",
			path, (unsigned)st->st_uid, path);
	if ((mode & (S_ISVTX | S_IWOTH)) == (S_ISVTX | S_IWOTH))
		return xasprintf("component %s is one where everybody may "
				 "write (mode %04o); use a path elsewhere",
			path, mode);
	if (mode & (S_IWGRP | S_IWOTH)) {
		bool group = mode & S_IWGRP, others = mode & S_IWOTH;

		return xasprintf("component %s is writable by %s%s%s (mode "
				 "%04o); fix: chmod %s%s-w %s",
			path,
			group ? xasprintf("group %u", (unsigned)st->st_gid)
			      : "",
			group && others ? " and " : "", others ? "others" : "",
			mode, group ? "g" : "", others ? "o" : "", path);
	}
	return NULL;
}

static const char *
check_dir(const char *path, const struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		return xasprintf("component %s is a symbolic link; write the "
				 "path that it leads to",
			path);
	if (!S_ISDIR(st->st_mode))
		return xasprintf("component %s is not a directory", path);
	return check_owner(path, st);
}

/* Opens the component `name` in `dirfd` and closes that; -1: see *why. */
static int
step(int dirfd, const char *name, const char *so_far, const char **why)
{
	int fd = openat(dirfd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int error = EPERM;

	*why = NULL;
	if (fd < 0 || fstat(fd, &st) < 0) {
		error = errno;
		*why = xasprintf("component %s: %s", so_far, strerror(error));
	} else {
		*why = check_dir(so_far, &st);
	}
	if (dirfd >= 0)
		(void)close(dirfd);
	if (!*why)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	errno = error;
	return -1;
}

int
trusted_open_dir(const char *path, const char **why)
{
	const char *p = path + 1;
	int fd = step(AT_FDCWD, "/", "/", why);

	while (fd >= 0 && *p) {
		size_t n = strcspn(p, "/");

		fd = step(fd, xstrndup(p, n),
			xstrndup(path, (size_t)(p - path) + n), why);
		p += n;
		p += *p == '/';
	}
	return fd;
}

int
trusted_open(const char *path, bool *directory, const char **why)
{
	const char *name = strrchr(path, '/') + 1;
	size_t n = (size_t)(name - path) - 1;
	int dir = trusted_open_dir(n ? xstrndup(path, n) : "/", why), fd;

	*directory = true;
	if (dir < 0 || !*name)
		return dir;
	fd = sys_open_any(dir, name, RESOLVE_NO_SYMLINKS, directory);
	if (fd < 0)
		*why = errno == ELOOP
			       ? xasprintf("%s is a symbolic link; "
					   "write the path that it "
					   "leads to",
					 path)
			       : xasprintf("%s: %s", path, strerror(errno));
	(void)close(dir);
	return fd;
}

char *
trusted_read_fd(int fd, size_t max, size_t *size, const char **why)
{
	size_t room = 4096, n = 0;
	char *text = xcalloc(room, 1);

	*why = NULL;
	for (;;) {
		ssize_t got;

		text = xgrow(text, n + 1, &room, 1);
		got = read(fd, text + n, room - n - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			*why = strerror(errno);
			return NULL;
		}
		if (got == 0)
			break;
		n += (size_t)got;
		if (n > max) {
			*why = xasprintf("larger than %zu MiB", max >> 20);
			return NULL;
		}
	}
	text[n] = '\0';
	*size = n;
	return text;
}

static const char *
check_file(const char *path, const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "not a regular file";
	if (!(st->st_mode & S_IRUSR))
		return xasprintf("is not readable (mode %04o); fix: chmod u+r "
				 "%s",
			(unsigned)st->st_mode & 07777, path);
	if (st->st_nlink != 1)
		return xasprintf("has %lu links and must have one; put a copy "
				 "in its place",
			(unsigned long)st->st_nlink);
	return check_owner(path, st);
}

static bool
same_state(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* One attempt; *again: the file was replaced or changed meanwhile. */
static char *
read_file(const char *path, size_t max, size_t *size, const char **why,
	bool *again)
{
	const char *name = strrchr(path, '/') + 1;
	size_t dir_len = (size_t)(name - path) - 1;
	int dirfd =
		trusted_open_dir(dir_len ? xstrndup(path, dir_len) : "/", why);
	struct stat st, after;
	char *text = NULL;
	int fd;

	*again = false;
	if (dirfd < 0)
		return NULL;
	fd = openat(dirfd, name,
		O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	(void)close(dirfd);
	if (fd < 0 || fstat(fd, &st) < 0) {
		*why = errno == ELOOP   ? "is a symbolic link; put the file "
					  "itself there"
		       : errno == ENXIO ? "not a regular file"
					: strerror(errno);
		return NULL;
	}
	*why = check_file(path, &st);
	*again = st.st_nlink == 0;
	if (!*why)
		text = trusted_read_fd(fd, max, size, why);
	if (text && (fstat(fd, &after) < 0 || !same_state(&st, &after) ||
			    (off_t)*size != st.st_size)) {
		*why = "changed while it was read";
		*again = true;
		text = NULL;
	}
	(void)close(fd);
	return text;
}

/* An editor that replaces the file is no reason to refuse anybody. */
char *
trusted_read_file(const char *path, size_t max, size_t *size, const char **why)
{
	bool again = true;
	char *text = NULL;

	for (int i = 0; again && i < READ_ATTEMPTS; i++)
		text = read_file(path, max, size, why, &again);
	return text;
}

/* What `dir` has, which is closed. */
static bool
list(DIR *dir, char ***names, size_t *n, const char **why)
{
	const struct dirent *entry;
	size_t room = 0;

	while (errno = 0, (entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		*names = xgrow(*names, *n, &room, sizeof(**names));
		(*names)[(*n)++] = xstrdup(entry->d_name);
	}
	*why = errno ? strerror(errno) : NULL;
	(void)closedir(dir);
	return !*why;
}

bool
trusted_list(const char *path, char ***names, size_t *n, const char **why)
{
	int fd = trusted_open_dir(path, why), readable;
	DIR *dir = NULL;

	*names = NULL;
	*n = 0;
	if (fd < 0 && errno == ENOENT)
		return true;
	if (fd < 0)
		return false;
	readable = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (readable >= 0)
		dir = fdopendir(readable);
	*why = strerror(errno);
	(void)close(fd);
	return dir && list(dir, names, n, why);
}
