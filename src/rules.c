/* SPDX-License-Identifier: MIT */
/* Do the keys of a box agree?  Pure; runs in the caller's process before the
 * clone. */
#include "rules.h"

#include <string.h>

#include "envname.h"
#include "path.h"
#include "value.h"

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
box_check_env(
	const struct policy *p, const struct box *box, struct faults *faults)
{
	for (size_t i = 0; i < box->env_keep.n; i++) {
		const struct item *it = &box->env_keep.v[i];

		if (envname_is_refused(it->text, strlen(it->text),
			    policy_any_command(box)))
			fault_add(faults, p->file, it->line,
				"env-keep: %s is never kept in box '%s'; set "
				"it with env-set",
				it->text, box->name);
	}
}

void
rules_check(
	const struct policy *p, const struct box *box, struct faults *faults)
{
	if (!box->lines[KEY_ROOTFS])
		fault_add(faults, p->file, box->line, "[box %s] has no rootfs",
			box->name);
	if (policy_any_command(box) && box->command_exact.n)
		fault_add(faults, p->file, box->command_exact.v[0].line,
			"command-exact says nothing beside command = *");
	if (box->lines[KEY_SHELL] && !shell_is_listed(box))
		fault_add(faults, p->file, box->lines[KEY_SHELL],
			"shell: box '%s' does not allow %s; add command = %s",
			box->name, box->shell, box->shell);
	if (!value_is_hostname(box->hostname))
		fault_add(faults, p->file, box->lines[KEY_HOSTNAME],
			"hostname: longer than 64 characters in box '%s'",
			box->name);
	box_check_env(p, box, faults);
}
