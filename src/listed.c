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

static char *
interpreter_of(const char *path)
{
	int fd = sys_openat2(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0);
	char *found = NULL;
	struct stat st;
	void *file;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
		size_t size = (size_t)st.st_size;

		file = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (file != MAP_FAILED) {
			found = interp_find(file, size);
			(void)munmap(file, size);
		}
	}
	(void)close(fd);
	return found;
}

static bool
allow_file(const struct listed *l, const char *path)
{
	int fd = walk_open(path);
	struct stat st;
	bool regular;

	if (fd < 0)
		return false;
	regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	if (regular)
		allow(l, fd, LANDLOCK_ACCESS_FS_EXECUTE);
	(void)close(fd);
	return regular;
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

/* The file, its interpreter, and so on. */
static void
allow_command(struct listed *l, const char *path)
{
	for (int i = 0; i < INTERPRETERS_MAX; i++) {
		if (!allow_file(l, path))
			return;
		path = interpreter_of(path);
		if (!path || path[0] != '/' || !remember(l, path))
			return;
	}
}

/* Every file directly in it; what cannot be read has none. */
static void
allow_directory(struct listed *l, const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (entry->d_type != DT_DIR)
			allow_command(
				l, xasprintf("%s%s", path, entry->d_name));
	(void)closedir(dir);
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

void
listed_restrict(const struct box *box)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs =
			LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REFER,
	};
	struct listed l = { 0 };
	int root;

	if (sys_landlock_abi() < LANDLOCK_ABI)
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
