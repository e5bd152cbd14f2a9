/* SPDX-License-Identifier: MIT */
/* How does the command start?  Runs in the child of init, as the caller, with
 * no capability and no_new_privs. */
#include "command.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "die.h"
#include "listed.h"
#include "rlimits.h"
#include "walk.h"
#include "xalloc.h"

/* The directory that was taken, as an index of plan->cwds. */
static size_t
take_cwd(const struct plan *plan)
{
	for (size_t i = 0; i < plan->ncwds; i++)
		if (chdir(plan->cwds[i]) == 0)
			return i;
	die_errno("cannot change to %s in the box", plan->cwds[0]);
}

static void
refuse_exec(const char *path)
{
	switch (errno) {
	case EPERM:
		die(EXIT_DENIED,
			"%s: not run, since somebody other than root could "
			"change it or the way to it; tell your administrator",
			path);
	default:
		die(EXIT_DENIED, "%s: %s", path, strerror(errno));
	}
}

/* The first candidate that exists. */
static const char *
find_command(const struct plan *plan, size_t cwd)
{
	const char *first = NULL;
	struct stat st;

	for (size_t i = 0; i < plan->ncandidates; i++) {
		const struct candidate *c = &plan->candidates[i];

		if (c->cwd >= 0 && (size_t)c->cwd != cwd)
			continue;
		if (!first)
			first = c->path;
		if (stat(c->path, &st) < 0) {
			if (errno == ENOENT || errno == ENOTDIR)
				continue;
			refuse_exec(c->path);
		}
		if (plan->must_be_trusted) {
			int fd = walk_open(c->path);

			if (fd < 0)
				refuse_exec(c->path);
			(void)close(fd);
		}
		return c->path;
	}
	if (!first)
		die(EXIT_DENIED, "box '%s' does not allow %s in %s",
			plan->box->name, plan->argv[0], plan->cwds[cwd]);
	if (plan->meant)
		die(EXIT_NOT_FOUND,
			"%s: not found in box '%s' (did you mean: -b %s?)",
			plan->argv[0], plan->box->name, plan->meant);
	die(EXIT_NOT_FOUND, "%s: not found in box '%s'", plan->argv[0],
		plan->box->name);
}

/* A directory on 0-2 leads out of the box by openat(2).  It is looked at here,
 * as the caller: root may not look at what lies on a FUSE mount of his. */
static void
check_stdio(void)
{
	struct stat st;

	for (int fd = 0; fd <= 2; fd++) {
		if (fstat(fd, &st) < 0)
			die_errno("descriptor %d", fd);
		if (S_ISDIR(st.st_mode))
			die(EXIT_MINIBOX,
				"descriptor %d is a directory, which leads out "
				"of the box; redirect it, e.g. from /dev/null",
				fd);
	}
}

void
command_exec(const struct plan *plan, const struct saved *saved, int status)
{
	size_t cwd;
	char *name;

	check_stdio();
	cwd = take_cwd(plan);
	name = xstrdup(find_command(plan, cwd));
	plan->argv[0] = name;
	plan->envp[0] = xasprintf("PWD=%s", plan->cwds[cwd]);
	(void)umask(plan->umask >= 0 ? (mode_t)plan->umask : saved->umask);
	if (plan->listed_only)
		listed_restrict(plan->box);
	scrub_close_others(&status, 1);
	rlimits_set(plan, saved);
	scrub_give_back_signals(saved);
	if ((plan->listed_only && syscalls_install(SYSCALLS_NO_MEMFD) < 0) ||
		syscalls_install(plan->filter) < 0)
		die_errno("cannot install the system call filter");
	execve(name, plan->argv, plan->envp);
	switch (errno) {
	case ENOENT:
		die(EXIT_DENIED,
			"%s: its interpreter or loader does not exist in box "
			"'%s'",
			name, plan->box->name);
	case ENOEXEC:
		die(EXIT_DENIED,
			"%s: neither a program for this machine nor a script "
			"with a #! line",
			name);
	default:
		die(EXIT_DENIED, "%s: %s", name, strerror(errno));
	}
}
