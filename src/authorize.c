/* SPDX-License-Identifier: MIT */
/* May he?  Pure; runs in the caller's process before the clone. */
#include "authorize.h"

#include <string.h>

#include "die.h"
#include "near.h"
#include "path.h"
#include "xalloc.h"

enum { CHOICES_MAX = 20 }; /* boxes named in one message */

static bool
user_matches(const struct item *it, const struct caller *caller,
	const struct accounts *accounts)
{
	uint32_t id = it->id;

	if (!it->numeric && !strcmp(it->text, "*"))
		return true;
	if (!it->numeric && !accounts_user(accounts, it->text, &id))
		return false;
	return id == caller->uid;
}

static bool
group_matches(const struct item *it, const struct caller *caller,
	const struct accounts *accounts)
{
	uint32_t id = it->id;

	if (!it->numeric && !accounts_group(accounts, it->text, &id))
		return false;
	if (id == caller->gid)
		return true;
	for (size_t i = 0; i < caller->ngroups; i++)
		if (id == caller->groups[i])
			return true;
	return false;
}

bool
authorize_is_unknown(
	const struct item *item, bool group, const struct accounts *accounts)
{
	uint32_t id;

	if (item->numeric || !strcmp(item->text, "*"))
		return false;
	return group ? !accounts_group(accounts, item->text, &id)
		     : !accounts_user(accounts, item->text, &id);
}

/* A deny that names nobody known may have been meant for the caller. */
static const struct item *
denied_by(const struct box *box, const struct caller *caller,
	const struct accounts *accounts)
{
	for (size_t i = 0; i < box->deny_users.n; i++) {
		const struct item *it = &box->deny_users.v[i];

		if (authorize_is_unknown(it, false, accounts) ||
			user_matches(it, caller, accounts))
			return it;
	}
	for (size_t i = 0; i < box->deny_groups.n; i++) {
		const struct item *it = &box->deny_groups.v[i];

		if (authorize_is_unknown(it, true, accounts) ||
			group_matches(it, caller, accounts))
			return it;
	}
	return NULL;
}

bool
authorize_admits(const struct box *box, const struct caller *caller,
	const struct accounts *accounts, const struct item **why)
{
	*why = denied_by(box, caller, accounts);
	if (*why)
		return false;
	for (size_t i = 0; i < box->users.n; i++) {
		*why = &box->users.v[i];
		if (user_matches(*why, caller, accounts))
			return true;
	}
	for (size_t i = 0; i < box->groups.n; i++) {
		*why = &box->groups.v[i];
		if (group_matches(*why, caller, accounts))
			return true;
	}
	*why = NULL;
	return false;
}

const char *
authorize_meant(const struct policy *policy, const char *name,
	const struct caller *caller, const struct accounts *accounts)
{
	struct near near = { .word = name };
	const struct item *why;

	for (size_t i = 0; i < policy->nboxes; i++)
		if (authorize_admits(&policy->boxes[i], caller, accounts, &why))
			near_try(&near, policy->boxes[i].name);
	return near_hint(&near);
}

static const struct box *
choose_named(const struct policy *policy, const char *name,
	const struct caller *caller, const struct accounts *accounts,
	struct refusal *refusal)
{
	const struct box *box = policy_find(policy, name);
	const struct item *why = NULL;

	if (box && authorize_admits(box, caller, accounts, &why))
		return box;
	*refusal = (struct refusal){
		.status = EXIT_DENIED,
		.brief = "box not available",
		.text = xasprintf("box '%s' is not available to you%s; see: "
				  "minibox -l",
			name, authorize_meant(policy, name, caller, accounts)),
	};
	/* Only root may know which of the two it was. */
	if (box && caller->uid == 0)
		refusal->place = why ? why->place : box->place;
	return NULL;
}

static const struct box *
choose_only(const struct policy *policy, const struct caller *caller,
	const struct accounts *accounts, struct refusal *refusal)
{
	const char *names = "";
	const struct box *only = NULL;
	const struct item *why;
	size_t n = 0;

	for (size_t i = 0; i < policy->nboxes; i++) {
		const struct box *box = &policy->boxes[i];

		if (!authorize_admits(box, caller, accounts, &why))
			continue;
		only = box;
		if (n++ < CHOICES_MAX)
			names = xasprintf(
				"%s%s%s", names, n > 1 ? ", " : "", box->name);
	}
	if (n == 1)
		return only;
	*refusal = (struct refusal){ .status = EXIT_MINIBOX };
	if (n == 0) {
		refusal->status = EXIT_DENIED;
		refusal->text = "no box is available to you; ask your "
				"administrator";
	} else {
		refusal->text = xasprintf("which box? name one with -b: %s%s",
			names, n > CHOICES_MAX ? ", ..." : "");
	}
	return NULL;
}

const struct box *
authorize_choose(const struct policy *policy, const char *name,
	const struct caller *caller, const struct accounts *accounts,
	struct refusal *refusal)
{
	const struct box *box;
	const struct item *why;

	if (name)
		return choose_named(policy, name, caller, accounts, refusal);
	if (policy->default_box) {
		box = policy_find(policy, policy->default_box);
		if (box && authorize_admits(box, caller, accounts, &why))
			return box;
	}
	return choose_only(policy, caller, accounts, refusal);
}

static bool
command_matches(const char *allowed, const char *path)
{
	if (!strcmp(allowed, "*") || !strcmp(allowed, path))
		return true;
	return allowed[strlen(allowed) - 1] == '/' &&
	       path_directly_in(path, allowed);
}

/* `line` is words with one blank between them; compared byte for byte. */
static bool
exact_matches(const char *line, const char *path, char *const *args)
{
	const char *word = path;

	for (;;) {
		size_t n = strcspn(line, " ");

		if (strlen(word) != n || memcmp(word, line, n))
			return false;
		line += n;
		word = *args;
		if (!*line || !word)
			return !*line && !word;
		line++;
		args++;
	}
}

const struct item *
authorize_command(const struct box *box, const char *path, char *const *args)
{
	if (!path_is_clean(path))
		return NULL;
	for (size_t i = 0; i < box->command.n; i++)
		if (command_matches(box->command.v[i].text, path))
			return &box->command.v[i];
	for (size_t i = 0; i < box->command_exact.n; i++)
		if (exact_matches(box->command_exact.v[i].text, path, args))
			return &box->command_exact.v[i];
	return NULL;
}
