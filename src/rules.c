/* SPDX-License-Identifier: MIT */
/* Do the keys of a box agree?  Pure; runs in the caller's process before the
 * clone. */
#include "rules.h"

#include <string.h>

#include "binds.h"
#include "envname.h"
#include "mounts.h"
#include "path.h"
#include "tokens.h"
#include "value.h"
#include "xalloc.h"

/* The shell that was asked for must be one that the box runs. */
static bool
shell_is_listed(const struct box *box)
{
	size_t n = strlen(box->shell);

	for (size_t i = 0; i < box->command.n; i++) {
		const char *c = box->command.v[i].text;

		if (!strcmp(c, "*") || !strcmp(c, box->shell) ||
			(c[strlen(c) - 1] == '/' &&
				path_directly_in(box->shell, c)))
			return true;
	}
	for (size_t i = 0; i < box->command_exact.n; i++) {
		const char *c = box->command_exact.v[i].text;

		if (!strncmp(c, box->shell, n) && (!c[n] || c[n] == ' '))
			return true;
	}
	return false;
}

static void
check_env(const struct box *box, struct faults *faults)
{
	for (size_t i = 0; i < box->env_keep.n; i++) {
		const struct item *it = &box->env_keep.v[i];

		if (envname_is_refused(it->text, strlen(it->text),
			    policy_any_command(box)))
			fault_add(faults, it->place,
				"env-keep: %s is never kept in box '%s'; if "
				"the box needs it, give it with env-set",
				it->text, box->name);
	}
}

/* What stands before the first token: what the policy fixes. */
static const char *
fixed_part(const char *path)
{
	static const struct tokens none = {
		.user = "u",
		.uid = "1",
		.home = "/h",
		.home_fixed = true,
		.box = "b",
	};
	size_t fixed;
	const char *out = tokens_expand(path, &none, &fixed);

	while (fixed > 0 && out[fixed - 1] == '/')
		fixed--;
	return fixed ? xstrndup(out, fixed) : "/";
}

static bool
ends_in_slash(const char *path)
{
	return path[strlen(path) - 1] == '/';
}

static const char *
allow_fault(const struct box *box, const struct item *item)
{
	const char *sides[] = { item->source, item->target }, *shadowed;
	bool slash[2];

	for (size_t k = 0; k < 2; k++) {
		const char *fixed = fixed_part(sides[k]);

		slash[k] = ends_in_slash(sides[k]);
		if (!fixed[1])
			return xasprintf("%s would allow every path", sides[k]);
		if (path_is_kernels(fixed))
			return xasprintf(
				"%s lies in /proc, /sys or /dev, which "
				"cannot be bound",
				sides[k]);
	}
	if (slash[0] != slash[1])
		return "both sides must end in a slash, or neither";
	if (tokens_in(item->target) || policy_any_command(box))
		return NULL; /* known when somebody asks */
	/* With a slash, any name is as good as another. */
	shadowed = binds_shadowed(
		box, slash[1] ? xasprintf("%s%%", item->target) : item->target);
	return shadowed ? xasprintf("%s would change what %s is in a box that "
				    "lists its commands",
				  item->target, shadowed)
			: NULL;
}

static void
check_allow_bind(const struct box *box, const struct mounts *mounts,
	struct faults *faults)
{
	for (size_t i = 0; i < box->allow_bind.n; i++) {
		const struct item *item = &box->allow_bind.v[i];
		const char *why = allow_fault(box, item);
		bool fixed = !tokens_in(item->target) &&
			     !ends_in_slash(item->target);
		int place = item->place;

		if (!why && fixed)
			why = mounts_fault(mounts, item->target, &place);
		if (why)
			fault_add(faults, item->place, "allow-bind: %s", why);
	}
}

static void
check_bind(const struct box *box, struct faults *faults)
{
	for (size_t i = 0; i < box->bind.n; i++) {
		const struct item *item = &box->bind.v[i];

		if (path_beneath("/proc", item->source))
			fault_add(faults, item->place,
				"bind: %s has the host's /proc in it, which "
				"leads out of a box; name other directories",
				item->source);
		else if (ends_in_slash(item->source) ||
			 ends_in_slash(item->target))
			fault_add(faults, item->place,
				"bind: no slash at the end of a path; only "
				"allow-bind has that");
	}
}

/* The mounts of a typical caller. */
static void
check_mounts(const struct box *box, struct faults *faults)
{
	static const struct accounts nobody = { 0 };
	const struct caller sample = {
		.name = "%u",
		.home = "/home/%u",
		.known = true,
		.accounts = &nobody,
	};
	const struct request nothing = { 0 };
	struct refusal refusal;
	struct mounts mounts;

	if (!box->rootfs ||
		(!box->tmpfs.n && !box->bind.n && !box->allow_bind.n))
		return;
	if (!mounts_make(&mounts, box, &sample, &nothing, &refusal))
		fault_add(faults, refusal.place, "%s", refusal.text);
	else
		check_allow_bind(box, &mounts, faults);
}

static void
check_exec(const struct box *box, struct faults *faults)
{
	if (box->exec != EXEC_LISTED)
		return;
	if (policy_any_command(box))
		fault_add(faults, box->places[KEY_EXEC],
			"exec = listed says nothing beside command = * in box "
			"'%s'",
			box->name);
	if (box->root != ROOT_RO)
		fault_add(faults, box->places[KEY_EXEC],
			"exec = listed needs root = ro in box '%s'", box->name);
}

void
rules_check(const struct box *box, bool whole, struct faults *faults)
{
	if (whole && !box->places[KEY_ROOTFS])
		fault_add(faults, box->place, "[box %s] has no rootfs",
			box->name);
	if (policy_any_command(box) && box->command_exact.n)
		fault_add(faults, box->command_exact.v[0].place,
			"command-exact says nothing beside command = *");
	if (whole && box->places[KEY_SHELL] && !shell_is_listed(box))
		fault_add(faults, box->places[KEY_SHELL],
			"shell: box '%s' does not allow %s; add command = %s",
			box->name, box->shell, box->shell);
	if (box->places[KEY_HOSTNAME] && !value_is_hostname(box->hostname))
		fault_add(faults, box->places[KEY_HOSTNAME],
			"hostname: longer than 64 characters in box '%s'",
			box->name);
	check_env(box, faults);
	check_exec(box, faults);
}

void
rules_check_mounts(const struct box *box, struct faults *faults)
{
	size_t before = faults->found;

	check_bind(box, faults);
	if (faults->found == before)
		check_mounts(box, faults);
}
