/* SPDX-License-Identifier: MIT */
/* What environment does the command get?  Pure; runs in the caller's process
 * before the clone. */
#include "env.h"

#include <string.h>

#include "die.h"
#include "envname.h"
#include "xalloc.h"

enum { KEPT_MAX = 1000 }; /* each is compared with all others */

struct env {
	char **v;
	size_t n, room;
};

/* Puts NAME=VALUE in the place of an earlier NAME, or at the end. */
static void
env_put(struct env *env, char *entry)
{
	size_t n = strcspn(entry, "=") + 1;

	for (size_t i = 0; i < env->n; i++) {
		if (!strncmp(env->v[i], entry, n)) {
			env->v[i] = entry;
			return;
		}
	}
	env->v = xgrow(env->v, env->n + 1, &env->room, sizeof(*env->v));
	env->v[env->n++] = entry;
	env->v[env->n] = NULL;
}

static void
env_set(struct env *env, const char *name, const char *value)
{
	env_put(env, xasprintf("%s=%s", name, value));
}

static bool
has(const struct env *env, const char *entry, size_t name_len)
{
	for (size_t i = 0; i < env->n; i++)
		if (!strncmp(env->v[i], entry, name_len + 1))
			return true;
	return false;
}

static bool
is_listed(const struct list *keep, const char *name, size_t n)
{
	for (size_t i = 0; i < keep->n; i++) {
		const char *k = keep->v[i].text;
		size_t len = strlen(k);
		bool prefix = k[len - 1] == '*';

		if (prefix ? n >= len - 1 && !memcmp(k, name, len - 1)
			   : n == len && !memcmp(k, name, n))
			return true;
	}
	return false;
}

/* No earlier variable of the caller's has the name. */
static bool
is_first(const struct caller *caller, char **entry, size_t n)
{
	for (char **e = caller->env; e < entry; e++)
		if (!strncmp(*e, *entry, n + 1))
			return false;
	return true;
}

/* Of a name that stands twice in the caller's environment, the first counts, as
 * for getenv(3). */
static bool
env_keep(struct env *env, const struct box *box, const struct caller *caller,
	struct refusal *refusal)
{
	bool any = policy_any_command(box);

	for (char **e = caller->env; *e; e++) {
		size_t n = strcspn(*e, "=");
		bool plain = envname_is_plain_only(*e, n);

		if (!(*e)[n] || !envname_is_name(*e, n) ||
			envname_is_refused(*e, n, any))
			continue;
		if (!plain && !is_listed(&box->env_keep, *e, n))
			continue;
		if (plain && !envname_value_is_plain(*e + n + 1))
			continue;
		if (env->n > KEPT_MAX)
			return fault_refuse(refusal, EXIT_MINIBOX, 0,
				"too many variables are kept; start minibox "
				"with fewer, as with: env -i");
		if (!has(env, *e, n) && is_first(caller, e, n))
			env_put(env, *e);
	}
	return true;
}

static const char *
caller_value(const struct caller *caller, const char *name)
{
	size_t n = strlen(name);

	for (char **e = caller->env; *e; e++)
		if (!strncmp(*e, name, n) && (*e)[n] == '=')
			return *e + n + 1;
	return NULL;
}

/* One -e NAME or -e NAME=VALUE. */
static bool
env_typed(struct env *env, const struct box *box, const struct caller *caller,
	const char *word, struct refusal *refusal)
{
	size_t n = strcspn(word, "=");
	char *name = xstrndup(word, n);
	const char *value = word[n] ? word + n + 1 : caller_value(caller, name);

	if (!envname_is_name(word, n))
		return fault_refuse(refusal, EXIT_MINIBOX, 0,
			xasprintf("-e: '%s' is not a variable name", name));
	if (!policy_user_env(box))
		return fault_refuse(refusal, EXIT_DENIED,
			box->places[KEY_USER_ENV] ? box->places[KEY_USER_ENV]
						  : box->place,
			xasprintf("box '%s' does not allow -e; leave it out",
				box->name));
	if (envname_is_refused(word, n, policy_any_command(box)))
		return fault_refuse(refusal, EXIT_DENIED, 0,
			xasprintf("-e: %s cannot be set in box '%s'; leave it "
				  "out",
				name, box->name));
	if (!value)
		return true; /* NAME alone, and the caller has none */
	if (envname_is_plain_only(word, n) && !envname_value_is_plain(value))
		return fault_refuse(refusal, EXIT_MINIBOX, 0,
			xasprintf("-e: %s must be 1 to 64 of A-Z a-z 0-9 _ . "
				  "@ : + -",
				name));
	env_set(env, name, value);
	return true;
}

char **
env_build(const struct box *box, const struct caller *caller, const char *home,
	const struct request *request, struct refusal *refusal)
{
	struct env env = { 0 };

	env_set(&env, "PWD", "");
	env_set(&env, "HOME", home);
	env_set(&env, "LOGNAME", caller->name);
	env_set(&env, "USER", caller->name);
	env_set(&env, "SHELL", box->shell);
	env_set(&env, "PATH", box->path);
	env_set(&env, "container", "minibox");
	env_set(&env, "MINIBOX_BOX", box->name);
	if (!env_keep(&env, box, caller, refusal))
		return NULL;
	for (size_t i = 0; i < box->env_set.n; i++)
		env_put(&env, box->env_set.v[i].text);
	for (size_t i = 0; i < request->nenv; i++)
		if (!env_typed(&env, box, caller, request->env[i], refusal))
			return NULL;
	return env.v;
}
