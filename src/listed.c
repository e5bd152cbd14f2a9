/* SPDX-License-Identifier: MIT */
/* What may still be executed, when the command runs?  Runs in the command
 * process, in the box, as the caller, without any privilege. */
#include "listed.h"

#include <dirent.h>
#include <errno.h>
#include <linux/landlock.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "interp.h"
#include "path.h"
#include "sys.h"
#include "walk.h"
#include "xalloc.h"

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif

enum { LANDLOCK_ABI = 2 };

/* A script may be the interpreter of a script, as often as this: execve(2). */
enum { INTERPRETERS_MAX = 5 };

struct listed {
	int ruleset;
	const char **interpreters; /* that are among them already */
	size_t n, room;
};

static void
allow(const struct listed *l, int fd, uint64_t access)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = access,
		.parent_fd = fd,
	};

	if (sys_landlock_add_path(l->ruleset, &rule) < 0)
		die_errno("cannot add a rule to Landlock");
}

/* NULL: it has none, or it cannot be read. */
static char *
interpreter_of(int fd, const struct stat *st)
{
	size_t size = (size_t)st->st_size;
	void *file = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	char *found;

	if (file == MAP_FAILED)
		return NULL;
	found = interp_find(file, size);
	(void)munmap(file, size);
	return found;
}

/* Allows the file, if it is one of root's; its interpreter, if it is open for
 * reading. */
static char *
allow_file(const struct listed *l, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !walk_is_roots(&st))
		return NULL;
	allow(l, fd, LANDLOCK_ACCESS_FS_EXECUTE);
	return interpreter_of(fd, &st);
}

/* True if it was not among them. */
static bool
remember(struct listed *l, const char *interpreter)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->interpreters[i], interpreter))
			return false;
	l->interpreters = xgrow(
		l->interpreters, l->n, &l->room, sizeof(*l->interpreters));
	l->interpreters[l->n++] = interpreter;
	return true;
}

/* What is missing is not listed; what cannot be opened for lack of memory or
 * descriptors is no reason to go on. */
static void
check_resources(void)
{
	if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
		die_errno("cannot look at the commands of the box");
}

/* The file, its interpreter, and so on.  It is opened a second time for
 * reading: nobody but root could change the path meanwhile. */
static void
allow_command(struct listed *l, const char *path)
{
	for (int i = 0; i < INTERPRETERS_MAX; i++) {
		int fd = walk_open(path), readable;

		if (fd < 0) {
			check_resources();
			return;
		}
		(void)allow_file(l, fd);
		(void)close(fd);
		readable =
			sys_openat2(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0);
		if (readable < 0) {
			check_resources();
			return;
		}
		path = allow_file(l, readable);
		(void)close(readable);
		if (!path || path[0] != '/' || !remember(l, path))
			return;
	}
}

/* Most files are neither links nor unreadable: one walk for all of them. */
static void
allow_entry(struct listed *l, int dirfd, const char *dir, const char *name)
{
	int fd =
		sys_openat2(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	char *interpreter;

	if (fd < 0) {
		allow_command(l, xasprintf("%s%s", dir, name));
		return;
	}
	interpreter = allow_file(l, fd);
	(void)close(fd);
	if (interpreter && interpreter[0] == '/' && remember(l, interpreter))
		allow_command(l, interpreter);
}

/* Every file directly in it; what cannot be listed has none. */
static void
allow_directory(struct listed *l, const char *path)
{
	int dirfd = walk_open(path);
	DIR *dir = dirfd < 0 ? NULL : opendir(path);
	struct dirent *entry;

	if (!dir)
		check_resources();
	while (dir && (entry = readdir(dir)))
		if (entry->d_type != DT_DIR)
			allow_entry(l, dirfd, path, entry->d_name);
	if (dir)
		(void)closedir(dir);
	if (dirfd >= 0)
		(void)close(dirfd);
}

static void
allow_listed(struct listed *l, const struct box *box)
{
	for (size_t i = 0; i < box->command.n; i++) {
		const char *path = box->command.v[i].text;

		if (path[strlen(path) - 1] == '/')
			allow_directory(l, path);
		else
			allow_command(l, path);
	}
	for (size_t i = 0; i < box->command_exact.n; i++) {
		const char *line = box->command_exact.v[i].text;

		allow_command(l, xstrndup(line, strcspn(line, " ")));
	}
}

bool
listed_is_possible(void)
{
	return sys_landlock_abi() >= LANDLOCK_ABI;
}

void
listed_restrict(const struct box *box)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs =
			LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REFER,
	};
	struct listed l = { 0 };
	int root;

	if (!listed_is_possible())
		die(EXIT_MINIBOX,
			"box '%s' runs only what it lists, which takes "
			"Landlock (Linux 5.19, booted with landlock among "
			"lsm=); tell your administrator",
			box->name);
	l.ruleset = sys_landlock_create(&attr, sizeof(attr));
	root = sys_openat2(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0);
	if (l.ruleset < 0 || root < 0)
		die_errno("cannot make the rules of Landlock");
	/* Whoever handles anything is denied this unless he allows it. */
	allow(&l, root, LANDLOCK_ACCESS_FS_REFER);
	(void)close(root);
	allow_listed(&l, box);
	if (sys_landlock_restrict(l.ruleset) < 0)
		die_errno("cannot apply the rules of Landlock");
	(void)close(l.ruleset);
}
