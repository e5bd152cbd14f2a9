/* SPDX-License-Identifier: MIT */
/* What do the box's /etc/passwd and /etc/group say of the caller?  Pure; runs
 * in the caller's process before the clone. */
#include "passwd.h"

#include <string.h>

#include "accounts.h"
#include "xalloc.h"

/* $HOME of a caller without an entry may hold anything; a field may not. */
static const char *
plain_home(const char *home)
{
	for (const char *p = home; *p; p++)
		if (*p == ':' || (unsigned char)*p < ' ')
			return "/";
	return home;
}

const char *
passwd_user(const struct caller *caller, const char *home, const char *shell)
{
	return xasprintf("%s:x:%u:%u::%s:%s\n", caller->name,
		(unsigned)caller->uid, (unsigned)caller->gid, plain_home(home),
		shell);
}

struct text {
	char *v;
	size_t n, room;
};

static void
add_group(struct text *text, const struct caller *caller, gid_t gid)
{
	const char *name = accounts_group_name(caller->accounts, gid);
	char *line;

	if (!name)
		return;
	line = xasprintf("%s:x:%u:\n", name, (unsigned)gid);
	for (; *line; line++) {
		text->v = xgrow(text->v, text->n + 1, &text->room, 1);
		text->v[text->n++] = *line;
		text->v[text->n] = '\0';
	}
}

const char *
passwd_groups(const struct caller *caller)
{
	struct text text = { 0 };

	add_group(&text, caller, caller->gid);
	for (size_t i = 0; i < caller->ngroups; i++)
		if (caller->groups[i] != caller->gid)
			add_group(&text, caller, caller->groups[i]);
	return text.n ? text.v : "";
}
