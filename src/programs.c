/* SPDX-License-Identifier: MIT */
/* Could everybody run the commands that a box lists?  Runs as root who asks,
 * real uid 0; looks in a process of its own, since nobody leaves a chroot. */
#include "programs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cred.h"
#include "die.h"
#include "keys.h"
#include "path.h"
#include "tokens.h"
#include "walk.h"
#include "xalloc.h"

enum { ELSEWHERE = -1 }; /* in place of errno: it comes from a bind */
enum { LINKS_MAX = 40 }; /* as in path_resolution(7) */

/* What is looked for: a file, or a directory that holds any. */
struct program {
	const char *key;
	const char *word; /* as it is written */
	int place;
};

struct programs {
	struct program *v;
	size_t n, room;
};

static void
add_program(
	struct programs *p, enum policy_key key, const char *text, int place)
{
	p->v = xgrow(p->v, p->n, &p->room, sizeof(*p->v));
	p->v[p->n++] = (struct program){ keys_name(key),
		xstrndup(text, strcspn(text, " ")), place };
}

/* The shell is one of the others, or stands in their directory, unless the box
 * runs anything. */
static void
collect(struct programs *p, const struct box *box)
{
	int place = box->places[KEY_SHELL];
	bool any = policy_any_command(box);

	if (any || place)
		add_program(
			p, KEY_SHELL, box->shell, place ? place : box->place);
	if (any)
		return;
	for (size_t i = 0; i < box->command.n; i++)
		add_program(p, KEY_COMMAND, box->command.v[i].text,
			box->command.v[i].place);
	for (size_t i = 0; i < box->command_exact.n; i++)
		add_program(p, KEY_COMMAND_EXACT, box->command_exact.v[i].text,
			box->command_exact.v[i].place);
}

/* With a token, a bind may hold no command: see binds_shadowed. */
static bool
lies_in_bind(const struct box *box, const char *path)
{
	for (size_t i = 0; i < box->bind.n; i++) {
		const char *target = box->bind.v[i].target;

		if (!tokens_in(target) && path_beneath(path, target))
			return true;
	}
	return false;
}

/* What the link at `end` of the path leads to, with what follows; `dir` is the
 * length of its directory.  NULL: it is no link. */
static const char *
behind_link(const char *path, size_t dir, size_t end)
{
	char target[PATH_MAX];
	ssize_t n = readlink(xstrndup(path, end), target, sizeof(target) - 1);

	if (n <= 0)
		return NULL;
	target[n] = '\0';
	return target[0] == '/' ? xasprintf("%s%s", target, path + end)
				: xasprintf("%.*s/%s%s", (int)dir, path, target,
					  path + end);
}

/* Whether the box shows something else there: the path is followed as far as it
 * goes, for /bin may be a link into a /usr that is bound. */
static bool
is_bound(const struct box *box, const char *path)
{
	for (unsigned links = 0; path && links < LINKS_MAX; links++) {
		size_t n = strlen(path);
		const char *real;

		while (!(real = realpath(n ? xstrndup(path, n) : "/", NULL)) &&
			n > 0)
			while (n > 0 && path[--n] != '/')
				;
		real = real && real[1] ? real : "";
		path = xasprintf("%s%s", real, path + n);
		if (lies_in_bind(box, path))
			return true;
		/* The first component that does not lead on. */
		n = strlen(real);
		path = path[n] ? behind_link(path, n,
					 n + 1 + strcspn(path + n + 1, "/"))
			       : NULL;
	}
	return false;
}

static const char *
without_slash(const char *path)
{
	size_t n = strlen(path);

	return n > 1 && path[n - 1] == '/' ? xstrndup(path, n - 1) : path;
}

/* errno, 0 or ELSEWHERE.  What others could change is never excused by where it
 * leads to: that is theirs to say. */
static int
look(const struct box *box, const char *path)
{
	int fd = walk_open(path), error = fd < 0 ? errno : 0;

	if (fd >= 0 && faccessat(fd, "", X_OK, AT_EMPTY_PATH | AT_EACCESS) < 0)
		error = errno;
	if (fd >= 0)
		(void)close(fd);
	if (error == EPERM)
		return lies_in_bind(box, path) ? ELSEWHERE : error;
	return error && is_bound(box, path) ? ELSEWHERE : error;
}

static _Noreturn void
look_for_all(const struct box *box, const struct programs *p, int root, int to)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || fchdir(root) < 0 ||
		chroot(".") < 0)
		_exit(1);
	cred_as_nobody();
	for (size_t i = 0; i < p->n; i++) {
		int error = look(box, without_slash(p->v[i].word));

		if (write(to, &error, sizeof(error)) != (ssize_t)sizeof(error))
			_exit(1);
	}
	_exit(0);
}

static void
warn_program(const struct box *box, const struct program *p, int error,
	struct faults *warnings)
{
	if (error == ENOENT || error == ENOTDIR)
		fault_add(warnings, p->place,
			"%s: %s has no %s, so that it cannot be run", p->key,
			box->rootfs, p->word);
	else if (error == EPERM)
		fault_add(warnings, p->place,
			"%s: somebody but root could change %s or what "
			"leads to it in %s, so that it is not run; fix: give "
			"it to root, and write permission to nobody else",
			p->key, p->word, box->rootfs);
	else if (error == EACCES)
		fault_add(warnings, p->place,
			"%s: not everybody can run %s: it, or a directory on "
			"the way to it in %s, has no x for others, or is "
			"mounted noexec; see: chmod o+x",
			p->key, p->word, box->rootfs);
	else if (error && error != ELSEWHERE)
		fault_add(warnings, p->place, "%s: %s in %s: %s", p->key,
			p->word, box->rootfs, strerror(error));
}

void
programs_check(const struct box *box, int root, struct faults *warnings)
{
	struct programs programs = { 0 };
	int ends[2], error;
	pid_t pid;

	collect(&programs, box);
	if (programs.n == 0)
		return;
	if (pipe2(ends, O_CLOEXEC) < 0)
		die_errno("cannot look at the commands");
	pid = fork();
	if (pid < 0)
		die_errno("cannot look at the commands");
	if (pid == 0)
		look_for_all(box, &programs, root, ends[1]);
	(void)close(ends[1]);
	for (size_t i = 0; i < programs.n; i++) {
		if (read(ends[0], &error, sizeof(error)) !=
			(ssize_t)sizeof(error)) {
			fault_add(warnings, box->places[KEY_ROOTFS],
				"the commands in %s were not looked at",
				box->rootfs);
			break;
		}
		warn_program(box, &programs.v[i], error, warnings);
	}
	(void)close(ends[0]);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
