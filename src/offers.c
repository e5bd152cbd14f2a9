/* SPDX-License-Identifier: MIT */
/* What does a root file system offer to users outside of the box?  Runs as root
 * who asks, real uid 0. */
#include "offers.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "path.h"
#include "xalloc.h"

enum { DIRECTORY = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };
enum { SHOWN_MAX = 5 }; /* of what is dangerous in one root file system */

/* Whether a user comes as far as into the directory, by its path. */
static bool
is_reachable(const char *path)
{
	for (size_t n = 1;; n++) {
		struct stat st;

		n += strcspn(path + n, "/");
		if (lstat(xstrndup(path, n), &st) < 0 ||
			!(st.st_mode & S_IXOTH))
			return false;
		if (!path[n])
			return true;
	}
}

/* What a root file system offers to whoever reaches it from outside. */
struct offers {
	const struct box *box;
	struct faults *warnings;
	size_t n;
};

static const char *
danger(const char *path, const struct stat *st)
{
	if (S_ISBLK(st->st_mode) || S_ISCHR(st->st_mode))
		return st->st_mode & (S_IROTH | S_IWOTH)
			       ? "is a device that users outside can open"
			       : NULL;
	if (!S_ISREG(st->st_mode) || !(st->st_mode & S_IXOTH))
		return NULL;
	if (st->st_mode & S_ISUID)
		return "is a setuid program that users outside can run";
	if (st->st_mode & S_ISGID)
		return "is a setgid program that users outside can run";
	return lgetxattr(path, "security.capability", NULL, 0) > 0
		       ? "has file capabilities, and users outside can run it"
		       : NULL;
}

/* To close the root file system itself would close the box. */
static void
note(struct offers *o, const char *path, const char *what)
{
	const char *root = o->box->rootfs;
	size_t n = (size_t)(strrchr(root, '/') - root);

	if (o->n++ < SHOWN_MAX)
		fault_add(o->warnings, o->box->places[KEY_ROOTFS],
			"rootfs: %s %s; fix: %smove the root file system below "
			"a directory with mode 0700",
			path, what,
			n ? xasprintf("chmod 700 %s, or ", xstrndup(root, n))
			  : "");
}

/* Only directories that a user can enter, and none of another file system;
 * never through a link, which a user may put there meanwhile.  Closes `fd`. */
static void
look_through(struct offers *o, int fd, const char *path, dev_t device)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		const char *name = entry->d_name;
		const char *child = path_join(path, name), *what;
		struct stat st;

		if (!strcmp(name, ".") || !strcmp(name, "..") ||
			fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		what = danger(child, &st);
		if (what)
			note(o, child, what);
		else if (S_ISDIR(st.st_mode) && st.st_dev == device &&
			 (st.st_mode & S_IXOTH))
			look_through(
				o, openat(fd, name, DIRECTORY), child, device);
	}
	if (dir)
		(void)closedir(dir);
}

void
offers_check(const struct box *box, int root, struct faults *warnings)
{
	struct offers o = { .box = box, .warnings = warnings };
	struct stat st;

	if (!is_reachable(box->rootfs) || fstat(root, &st) < 0)
		return;
	look_through(&o, openat(root, ".", DIRECTORY), box->rootfs, st.st_dev);
	if (o.n > SHOWN_MAX)
		fault_add(warnings, box->places[KEY_ROOTFS],
			"rootfs: %zu more of that kind in %s", o.n - SHOWN_MAX,
			box->rootfs);
}
