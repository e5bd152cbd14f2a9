/* SPDX-License-Identifier: MIT */
/* Who is asking?  Runs in the caller's process before the clone, as euid 0. */
#include "caller.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "die.h"
#include "xalloc.h"

/* [A-Za-z_][A-Za-z0-9_.-]{0,31}: a name that can stand in a path. */
static bool
is_plain_name(const char *s)
{
	static const char alpha[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
	static const char more[] = "0123456789.-";
	size_t n = strlen(s);

	if (n < 1 || n > 32 || !strchr(alpha, s[0]))
		return false;
	for (; *s; s++)
		if (!strchr(alpha, *s) && !strchr(more, *s))
			return false;
	return true;
}

/* $HOME: only for those whom the host does not know. */
static const char *
env_home(char *const *env)
{
	for (; *env; env++)
		if (!strncmp(*env, "HOME=", 5))
			return *env + 5;
	return NULL;
}

void
caller_identify(struct caller *caller, const struct accounts *accounts)
{
	const struct account *a = accounts_by_uid(accounts, caller->uid);

	caller->accounts = accounts;
	caller->known = a != NULL;
	caller->home = a ? a->home : env_home(caller->env);
	caller->name = a && is_plain_name(a->name)
			       ? a->name
			       : xasprintf("%u", (unsigned)caller->uid);
}

void
caller_read(struct caller *caller, const struct accounts *accounts)
{
	char cwd[PATH_MAX];
	int n;

	caller->uid = getuid();
	caller->gid = getgid();
	n = getgroups(0, NULL);
	if (n < 0)
		die_errno("cannot count your groups");
	caller->groups = xcalloc((size_t)n, sizeof(*caller->groups));
	n = getgroups(n, caller->groups);
	if (n < 0)
		die_errno("cannot read your groups");
	caller->ngroups = (size_t)n;
	/* ENOENT: it was deleted.  A cwd outside of the root is
	 * "(unreachable)", and libc's getcwd would then walk up by itself, as
	 * root (getcwd(2)). Neither can be the same in the box. */
	if (syscall(SYS_getcwd, cwd, sizeof(cwd)) > 0 && cwd[0] == '/')
		caller->cwd = xstrdup(cwd);
	caller_identify(caller, accounts);
}
