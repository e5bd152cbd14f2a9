/* SPDX-License-Identifier: MIT */
/* What is allowed, but hardly meant?  Pure; runs in the caller's process
 * without any privilege. */
#include "advice.h"

#include <string.h>

#include "authorize.h"
#include "path.h"
#include "tokens.h"
#include "xalloc.h"

static void
warn_unknown(const struct list *list, bool group, bool deny,
	const struct accounts *accounts, struct faults *warnings)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct item *it = &list->v[i];

		if (!authorize_is_unknown(it, group, accounts))
			continue;
		fault_add(warnings, it->place,
			"unknown %s '%s', which %s; if LDAP knows it, write "
			"its number: getent %s %s",
			group ? "group" : "user", it->text,
			deny ? "closes the box to everybody" : "admits nobody",
			group ? "group" : "passwd", it->text);
	}
}

static bool
same_account(const struct item *a, const struct item *b,
	const struct accounts *accounts)
{
	uint32_t x = a->id, y = b->id;

	return (a->numeric || accounts_user(accounts, a->text, &x)) &&
	       (b->numeric || accounts_user(accounts, b->text, &y)) && x == y;
}

/* Not root, for whom nothing runs, and not denied by name. */
static bool
may_enter(const struct box *b, const struct item *user,
	const struct accounts *accounts)
{
	static const struct item root = { .numeric = true };

	for (size_t i = 0; i < b->deny_users.n; i++)
		if (same_account(&b->deny_users.v[i], user, accounts))
			return false;
	return !authorize_is_unknown(user, false, accounts) &&
	       !same_account(user, &root, accounts);
}

static void
warn_nobody(const struct box *b, const struct accounts *accounts,
	struct faults *warnings)
{
	size_t known = 0;

	for (size_t i = 0; i < b->users.n; i++)
		known += may_enter(b, &b->users.v[i], accounts);
	for (size_t i = 0; i < b->groups.n; i++)
		known += !authorize_is_unknown(&b->groups.v[i], true, accounts);
	if (known == 0)
		fault_add(warnings, b->place,
			"nobody can enter box '%s'; add users or groups",
			b->name);
	else if (b->command.n + b->command_exact.n == 0)
		fault_add(warnings, b->place,
			"box '%s' allows no command; add command = /bin/ or "
			"the like",
			b->name);
}

/* Without `groups`, only a user named in `users` can be denied. */
static void
warn_idle_denies(const struct box *b, const struct accounts *accounts,
	struct faults *warnings)
{
	for (size_t i = 0; b->groups.n == 0 && i < b->deny_users.n; i++) {
		const struct item *deny = &b->deny_users.v[i];
		bool matters = authorize_is_unknown(deny, false, accounts);

		for (size_t k = 0; k < b->users.n; k++) {
			const struct item *user = &b->users.v[k];

			matters |= !strcmp(user->text, "*") ||
				   !strcmp(deny->text, "*") ||
				   same_account(deny, user, accounts);
		}
		if (!matters)
			fault_add(warnings, deny->place,
				"deny-users: %s is not among those that box "
				"'%s' admits; leave the line out",
				deny->text, b->name);
	}
}

/* Directories whose content leads further than an admin may think. */
static const struct {
	const char *path;
	const char *what;
} sensitive[] = {
	{ "/etc/shadow", "the passwords of the host" },
	{ "/etc/ssh", "the keys of the host" },
	{ "/root", "root's home" },
	{ "/home", "everybody's home" },
	{ "/boot", "the kernels of the host" },
	{ "/dev", "devices of the host" },
	{ "/var/lib/minibox", "root file systems that are closed to users" },
	{ "/var/spool/cron", "what cron runs" },
	{ "/run", "sockets of the host's services" },
	{ "/var/run", "sockets of the host's services" },
};

/* A home that a token names is the caller's own. */
static void
warn_bind(const char *key, const struct item *bind, struct faults *warnings)
{
	size_t n = strlen(bind->source);
	const char *source = xstrndup(
		bind->source, n - (n > 1 && bind->source[n - 1] == '/'));

	for (size_t i = 0; i < sizeof(sensitive) / sizeof(sensitive[0]); i++) {
		const char *path = sensitive[i].path;

		if (tokens_in(source) ||
			(!path_beneath(path, source) &&
				!(strcmp(path, "/home") &&
					path_beneath(source, path))))
			continue;
		fault_add(warnings, bind->place,
			"%s: %s shows %s; name no more than is needed", key,
			source, sensitive[i].what);
		return;
	}
}

static void
warn_writable(const struct item *bind, struct faults *warnings)
{
	static const char *const systems[] = { "/usr", "/bin", "/sbin", "/lib",
		"/lib64", "/etc", "/opt" };

	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++)
		if (bind->writable && path_beneath(bind->source, systems[i])) {
			fault_add(warnings, bind->place,
				"bind: %s can be changed in the box by whoever "
				"may change it outside; write ro, or nothing",
				bind->source);
			return;
		}
}

/* What stands in a command is not what a shell would make of it. */
static void
warn_commands(const struct box *b, struct faults *warnings)
{
	for (size_t i = 0; i < b->command.n; i++) {
		const struct item *it = &b->command.v[i];

		if (it->text[1] && strpbrk(it->text, "*?"))
			fault_add(warnings, it->place,
				"command: %s is a name, not a pattern; for all "
				"of a directory write it with a slash at the "
				"end",
				it->text);
	}
	for (size_t i = 0; i < b->command_exact.n; i++) {
		const struct item *it = &b->command_exact.v[i];

		if (strpbrk(it->text, "\"'*"))
			fault_add(warnings, it->place,
				"command-exact: quotes and patterns stand for "
				"themselves; a word with a blank in it cannot "
				"be listed");
	}
	if (b->user_env == USER_ENV_YES && !policy_any_command(b))
		fault_add(warnings, b->places[KEY_USER_ENV],
			"user-env: box '%s' lists its commands, and a variable "
			"can make many of them run others; use env-keep",
			b->name);
}

static void
warn_binds(const struct box *b, struct faults *warnings)
{
	for (size_t i = 0; i < b->bind.n; i++) {
		warn_bind("bind", &b->bind.v[i], warnings);
		warn_writable(&b->bind.v[i], warnings);
	}
	for (size_t i = 0; i < b->allow_bind.n; i++)
		warn_bind("allow-bind", &b->allow_bind.v[i], warnings);
}

void
advice_policy(const struct policy *policy, const struct accounts *accounts,
	struct faults *warnings)
{
	for (size_t i = 0; i < policy->nboxes; i++) {
		const struct box *b = &policy->boxes[i];

		warn_unknown(&b->users, false, false, accounts, warnings);
		warn_unknown(&b->groups, true, false, accounts, warnings);
		warn_unknown(&b->deny_users, false, true, accounts, warnings);
		warn_unknown(&b->deny_groups, true, true, accounts, warnings);
		warn_nobody(b, accounts, warnings);
		warn_idle_denies(b, accounts, warnings);
		warn_commands(b, warnings);
		warn_binds(b, warnings);
	}
	if (policy->nboxes == 0)
		fault_add(warnings, 0,
			"no box, so that nobody may run anything; see: "
			"minibox.conf(5)");
}
