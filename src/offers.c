/* SPDX-License-Identifier: MIT */
/* What does a root file system offer to users outside of the box?  Runs as root
 * who asks, real uid 0. */
#include "offers.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "path.h"
#include "xalloc.h"

enum { DIRECTORY = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };
enum { SHOWN_MAX = 5 }; /* of what is dangerous in one root file system */
/* A user may make any number: directories one in the other, and files. */
enum { DEPTH_MAX = 64, LOOKED_MAX = 1000000 };

/* Somebody other than root may: others, or a group that is not root's.  What is
 * a user's own gives him nothing. */
static bool
may_run(const struct stat *st)
{
	return st->st_mode & S_IXOTH ||
	       (st->st_mode & S_IXGRP && st->st_gid != 0);
}

/* Whether a user comes as far as into the directory, by its path. */
static bool
is_reachable(const char *path)
{
	for (size_t n = 1;; n++) {
		struct stat st;

		n += strcspn(path + n, "/");
		if (lstat(xstrndup(path, n), &st) < 0 || !may_run(&st))
			return false;
		if (!path[n])
			return true;
	}
}

/* What a root file system offers to whoever reaches it from outside. */
struct offers {
	const struct box *box;
	struct faults *warnings;
	dev_t device;
	/* Of root's, and of others': who may write somewhere in it must not
	 * hide what is root's. */
	size_t n[2];
	size_t looked;
	bool deep;
};

static bool
has_capabilities(int dir, const char *name)
{
	int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char link[32];
	bool has;

	if (fd < 0)
		return false;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	has = getxattr(link, "security.capability", NULL, 0) > 0;
	(void)close(fd);
	return has;
}

static const char *
danger(int dir, const char *name, const struct stat *st)
{
	if (S_ISBLK(st->st_mode) || S_ISCHR(st->st_mode))
		return st->st_mode & (S_IROTH | S_IWOTH)
			       ? "is a device that users outside can open"
			       : NULL;
	if (!S_ISREG(st->st_mode) || !may_run(st))
		return NULL;
	if (st->st_mode & S_ISUID)
		return "is a setuid program that users outside can run";
	if (st->st_mode & S_ISGID)
		return "is a setgid program that users outside can run";
	return has_capabilities(dir, name)
		       ? "has file capabilities, and users outside can run it"
		       : NULL;
}

/* To close the root file system itself would close the box, and to close what
 * is above it may close more. */
static void
note(struct offers *o, const char *path, const struct stat *st,
	const char *what)
{
	const char *root = o->box->rootfs;
	bool ours = path_directly_in(root, "/var/lib/minibox/");

	if (o->n[st->st_uid != 0]++ < SHOWN_MAX)
		fault_add(o->warnings, o->box->places[KEY_ROOTFS],
			"rootfs: %s %s; fix: %s", path, what,
			ours ? "chmod 700 /var/lib/minibox"
			     : "move the root file system below a directory "
			       "with mode 0700, such as /var/lib/minibox");
}

static size_t
not_shown(const struct offers *o)
{
	size_t more = 0;

	for (size_t i = 0; i < 2; i++)
		more += o->n[i] > SHOWN_MAX ? o->n[i] - SHOWN_MAX : 0;
	return more;
}

static void look_through(
	struct offers *o, int fd, const char *path, unsigned depth);

/* Directories only if a user can enter them, none of another file system, and
 * never through a link, which a user may put there meanwhile. */
static void
look_at(struct offers *o, int dir, const char *path, const char *name,
	unsigned depth)
{
	char *child = xasprintf("%s/%s", path, name);
	const char *what;
	struct stat st;

	o->looked++;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		what = danger(dir, name, &st);
		if (what)
			note(o, child, &st, what);
		else if (S_ISDIR(st.st_mode) && st.st_dev == o->device &&
			 (may_run(&st) || st.st_uid != 0))
			look_through(o, openat(dir, name, DIRECTORY), child,
				depth + 1);
	}
	free(child);
}

/* Closes `fd`. */
static void
look_through(struct offers *o, int fd, const char *path, unsigned depth)
{
	DIR *dir = depth < DEPTH_MAX ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			(void)close(fd);
		o->deep |= depth == DEPTH_MAX;
		return;
	}
	while (o->looked <= LOOKED_MAX && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			look_at(o, fd, path, entry->d_name, depth);
	(void)closedir(dir);
}

void
offers_check(const struct box *box, int root, struct faults *warnings)
{
	struct offers o = { .box = box, .warnings = warnings };
	int place = box->places[KEY_ROOTFS];
	struct stat st;

	if (!is_reachable(box->rootfs) || fstat(root, &st) < 0)
		return;
	o.device = st.st_dev;
	look_through(&o, openat(root, ".", DIRECTORY), box->rootfs, 0);
	if (not_shown(&o))
		fault_add(warnings, place,
			"rootfs: %zu more of that kind in %s", not_shown(&o),
			box->rootfs);
	if (o.deep || o.looked > LOOKED_MAX)
		fault_add(warnings, place,
			"rootfs: %s has more than %d directories one in the "
			"other, or %d files; the rest was not looked at",
			box->rootfs, DEPTH_MAX, LOOKED_MAX);
}
