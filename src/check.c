/* SPDX-License-Identifier: MIT */
/* Would the boxes of this policy start, and is what they are made of safe? Runs
 * as root who asks, real uid 0. */
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "die.h"
#include "keys.h"
#include "mountinfo.h"
#include "mounts.h"
#include "path.h"
#include "sys.h"
#include "trusted.h"
#include "walk.h"
#include "xalloc.h"

enum { MOUNTINFO_MAX = 64 << 20 };
enum { DIRECTORY = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };
enum { SHOWN_MAX = 5 }; /* of what is dangerous in one root file system */

static void
add_point_fault(const struct box *box, const struct op *op, const char *why,
	struct faults *faults)
{
	fault_add(faults, op->place ? op->place : box->places[KEY_ROOTFS],
		"%s: %s", box->rootfs, why);
}

/* A mount point that a start of the box would miss, or refuse. */
static void
check_point(const struct box *box, int root, const struct op *op,
	bool directory, struct faults *faults)
{
	bool is_directory;
	int fd = sys_open_any(
		root, op->target + 1, SYS_RESOLVE_PLAIN, &is_directory);

	if (fd < 0 && errno == ENOENT)
		add_point_fault(box, op,
			xasprintf("no mount point %s; fix: %s %s%s", op->target,
				directory ? "mkdir -p" : "touch", box->rootfs,
				op->target),
			faults);
	else if (fd < 0)
		add_point_fault(box, op,
			xasprintf("the mount point %s%s", op->target,
				errno == ELOOP
					? " is or leads through a symbolic link"
					: xasprintf(": %s", strerror(errno))),
			faults);
	else if (is_directory != directory)
		add_point_fault(box, op,
			xasprintf("the mount point %s is %s directory",
				op->target, directory ? "not a" : "a"),
			faults);
	if (fd >= 0)
		(void)close(fd);
}

/* The same where it is the caller's to say whether it is a directory. */
static void
check_any_point(const struct box *box, int root, const struct op *op,
	struct faults *faults)
{
	bool directory;
	int fd = sys_open_any(
		root, op->target + 1, SYS_RESOLVE_PLAIN, &directory);

	if (fd >= 0)
		(void)close(fd);
	else if (!op->make)
		check_point(box, root, op, true, faults);
}

/* A /proc that would come along: every start refuses it. */
static void
add_proc_fault(int place, const char *source, const char *covered,
	struct faults *faults)
{
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_NOCTTY | O_CLOEXEC);
	const char *why, *text, *point;
	size_t size;

	text = fd < 0 ? NULL : trusted_read_fd(fd, MOUNTINFO_MAX, &size, &why);
	if (!text)
		die(EXIT_MINIBOX, "cannot read /proc/self/mountinfo");
	(void)close(fd);
	point = mountinfo_proc(text, source, covered);
	if (point)
		fault_add(faults, place,
			"%s: a /proc is mounted on %s; fix: umount %s", source,
			point, point);
}

/* What a bind shows to everybody; *directory: it is one. */
static bool
check_source(const struct op *op, bool *directory, struct faults *faults)
{
	const char *why;
	int fd = trusted_open(op->source, directory, &why);

	if (fd < 0) {
		fault_add(faults, op->place, "bind: %s", why);
		return false;
	}
	add_proc_fault(op->place, op->source, NULL, faults);
	(void)close(fd);
	return true;
}

/* All that does not depend on who calls. */
static void
check_mounts(const struct box *box, int root, const struct mounts *mounts,
	struct faults *faults)
{
	for (size_t i = 1; i < mounts->n; i++) {
		const struct op *op = &mounts->ops[i];
		bool directory = true;

		if (op->kind == OP_DIR || op->if_exists || op->own ||
			(op->as_caller && op->typed))
			continue;
		if (op->as_caller) {
			check_any_point(box, root, op, faults);
			continue;
		}
		if (op->kind == OP_BIND &&
			!check_source(op, &directory, faults))
			continue;
		if (!op->make)
			check_point(box, root, op, directory, faults);
	}
}

static void
check_netns(const struct box *box, struct faults *faults)
{
	const char *name = box->network.netns, *why;
	int dir = name ? trusted_open_dir("/run", &why) : -1, fd = -1;
	bool directory;

	if (!name)
		return;
	if (dir >= 0) {
		fd = trusted_open(
			path_join("/run/netns", name), &directory, &why);
		if (fd < 0)
			why = xasprintf("%s; fix: ip netns add %s", why, name);
		(void)close(dir);
	}
	if (fd < 0)
		fault_add(faults, box->places[KEY_NETWORK], "network: %s", why);
	else
		(void)close(fd);
}

/* What the box's own walk says of each listed command, from inside the root:
 * errno, or 0.  In a process of its own, since nobody leaves a chroot. */
static void
walk_commands(const struct box *box, int root, int to)
{
	const struct list *lists[] = { &box->command, &box->command_exact };

	if (fchdir(root) < 0 || chroot(".") < 0)
		_exit(1);
	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < lists[l]->n; i++) {
			const char *text = lists[l]->v[i].text;
			size_t n = strcspn(text, " ");
			int fd, error = 0;

			n -= n > 1 && text[n - 1] == '/';
			fd = walk_open(xstrndup(text, n));
			if (fd < 0)
				error = errno;
			else
				(void)close(fd);
			if (write(to, &error, sizeof(error)) !=
				(ssize_t)sizeof(error))
				_exit(1);
		}
	_exit(0);
}

static void
warn_command(const struct box *box, const char *key, const struct item *item,
	int error, struct faults *warnings)
{
	const char *path = xstrndup(item->text, strcspn(item->text, " "));

	if (error == ENOENT || error == ENOTDIR)
		fault_add(warnings, item->place,
			"%s: %s has no %s, so that it cannot be run", key,
			box->rootfs, path);
	else if (error == EPERM)
		fault_add(warnings, item->place,
			"%s: somebody but root could change %s or what "
			"leads to it in %s, so that it is not run; fix: give "
			"it to root, and write permission to nobody else",
			key, path, box->rootfs);
	else if (error)
		fault_add(warnings, item->place, "%s: %s in %s: %s", key, path,
			box->rootfs, strerror(error));
}

/* Where the box shows other directories, a command may come from there. */
static void
check_commands(const struct box *box, int root, struct faults *warnings)
{
	const struct list *lists[] = { &box->command, &box->command_exact };
	int ends[2], error;
	pid_t pid;

	if (policy_any_command(box) || box->bind.n)
		return;
	if (pipe2(ends, O_CLOEXEC) < 0)
		die_errno("cannot look at the commands");
	pid = fork();
	if (pid < 0)
		die_errno("cannot look at the commands");
	if (pid == 0)
		walk_commands(box, root, ends[1]);
	(void)close(ends[1]);
	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < lists[l]->n; i++) {
			if (read(ends[0], &error, sizeof(error)) !=
				(ssize_t)sizeof(error))
				die(EXIT_MINIBOX,
					"cannot look at the commands in %s",
					box->rootfs);
			warn_command(box,
				keys_name(l ? KEY_COMMAND_EXACT : KEY_COMMAND),
				&lists[l]->v[i], error, warnings);
		}
	(void)close(ends[0]);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

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

static void
note(struct offers *o, const char *path, const char *what)
{
	if (o->n++ < SHOWN_MAX)
		fault_add(o->warnings, o->box->places[KEY_ROOTFS],
			"rootfs: %s %s; fix: chmod o-x %s", path, what,
			o->box->rootfs);
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

static void
check_offers(const struct box *box, int root, struct faults *warnings)
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

/* `seen`: another box has the same root file system. */
static void
check_root(const struct box *box, const struct accounts *accounts, bool seen,
	struct faults *faults, struct faults *warnings)
{
	const struct request nothing = { 0 };
	const struct caller sample = {
		.name = "nobody",
		.home = "/home/nobody",
		.known = true,
		.accounts = accounts,
	};
	struct refusal refusal;
	struct mounts mounts;
	const char *why;
	int fd = trusted_open_dir(box->rootfs, &why);

	if (fd < 0) {
		fault_add(faults, box->places[KEY_ROOTFS],
			"%s: %s; see: minibox-rootfs(8)", box->rootfs, why);
		return;
	}
	if (box->root == ROOT_RO)
		add_proc_fault(box->places[KEY_ROOTFS], box->rootfs,
			box->proc == PROC_NONE ? NULL
					       : path_join(box->rootfs, "proc"),
			faults);
	if (mounts_make(&mounts, box, &sample, &nothing, &refusal))
		check_mounts(box, fd, &mounts, faults);
	check_netns(box, faults);
	check_commands(box, fd, warnings);
	if (!seen)
		check_offers(box, fd, warnings);
	(void)close(fd);
}

void
check_boxes(const struct policy *policy, const struct accounts *accounts,
	struct faults *faults, struct faults *warnings)
{
	for (size_t i = 0; i < policy->nboxes; i++) {
		const struct box *box = &policy->boxes[i];
		bool seen = false;

		for (size_t k = 0; k < i; k++)
			seen |= !strcmp(policy->boxes[k].rootfs, box->rootfs);
		check_root(box, accounts, seen, faults, warnings);
	}
}
