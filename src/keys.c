/* SPDX-License-Identifier: MIT */
/* Which keys are there, and what may each hold?  Pure; runs in the caller's
 * process before the clone, on bytes that root owns, or in a test on any
 * bytes. */
#include "keys.h"

#include <stdlib.h>
#include <string.h>

#include "envname.h"
#include "near.h"
#include "path.h"
#include "scan.h"
#include "tokens.h"
#include "value.h"
#include "xalloc.h"

#define NOFAULT NULL

enum { TMPFS_MIN = 64 << 10 }; /* bytes */
enum { NICE_MAX = 19 };
enum { MAX_RUNNING_MAX = 65535 }; /* slots have 16 bits: slot.c */
enum where { IN_MINIBOX = 1, IN_DEFAULTS = 2, IN_BOX = 4 };

/* A setter puts `value` into `field`; it returns what is wrong with the value,
 * or NOFAULT.  The value may be kept and changed. */
struct key;
typedef const char *key_setter(
	const struct key *key, void *field, char *value, int place);

struct key {
	const char *name;
	unsigned where;
	bool list;
	key_setter *set;
	size_t offset; /* in struct box; in struct policy for IN_MINIBOX */
	size_t size;
	const char *const *words; /* of set_word */
};

static struct item *
list_add(struct list *list, char *text, int place)
{
	struct item *item;

	list->v = xgrow(list->v, list->n, &list->room, sizeof(*list->v));
	item = &list->v[list->n++];
	*item = (struct item){ .text = text, .place = place };
	return item;
}

static const char *
set_text(const struct key *key, void *field, char *value, int place)
{
	(void)key;
	(void)place;
	*(const char **)field = strcmp(value, "none") ? value : NULL;
	return NOFAULT;
}

static const char *
set_word(const struct key *key, void *field, char *value, int place)
{
	struct near near = { .word = value };
	const char *known = "";

	(void)place;
	for (int i = 0; key->words[i]; i++) {
		if (!strcmp(value, key->words[i])) {
			*(int *)field = i;
			return NOFAULT;
		}
		near_try(&near, key->words[i]);
		known = xasprintf(
			"%s%s%s", known, i ? ", " : "", key->words[i]);
	}
	return xasprintf(
		"'%s' is not one of: %s%s", value, known, near_hint(&near));
}

static const char *
set_path(const struct key *key, void *field, char *value, int place)
{
	(void)key;
	(void)place;
	if (*value == '"' || *value == '\'')
		return "must be one absolute path, without quotes";
	if (!value_is_path(value))
		return "must be one absolute path without //, ., .., blanks, "
		       "commas or a slash at the end";
	*(const char **)field = value;
	return NOFAULT;
}

static const char *
set_rootfs(const struct key *key, void *field, char *value, int place)
{
	const char *fault = set_path(key, field, value, place);

	if (fault)
		return fault;
	/* A box that holds the policy could be entered to change it (M19). */
	if (path_beneath("/etc", value) || path_beneath(SYSCONFDIR, value))
		return "must not be / or a directory that holds the policy";
	return NOFAULT;
}

static const char *
set_search_path(const struct key *key, void *field, char *value, int place)
{
	(void)key;
	(void)place;
	if (!value_is_search_path(value))
		return "must be absolute directories without //, ., .. or "
		       "blanks, with : between them";
	*(const char **)field = value;
	return NOFAULT;
}

static const char *
set_box_name(const struct key *key, void *field, char *value, int place)
{
	if (!scan_is_box_name(value))
		return "not a box name";
	return set_text(key, field, value, place);
}

/* %b waits until the box is known: see keys_inherit. */
static const char *
set_hostname(const struct key *key, void *field, char *value, int place)
{
	char *sample = xstrdup(value);

	(void)key;
	(void)place;
	for (char *p = sample; *p; p++)
		if (p[0] == '%' && p[1] == 'b')
			p[0] = 'b';
	if (!value_is_hostname(sample))
		return "must be 1 to 64 of A-Z a-z 0-9 . _ - (and %b for the "
		       "box), and not begin with . or -";
	*(const char **)field = value;
	return NOFAULT;
}

static const char *
set_umask(const struct key *key, void *field, char *value, int place)
{
	(void)key;
	(void)place;
	if (!strcmp(value, "none"))
		*(int *)field = -1;
	else if (!value_umask(value, field))
		return "must be 3 octal digits, or 4 that begin with 0, "
		       "such as 022";
	return NOFAULT;
}

/* A limit of the whole box, called as the key. */
static const char *
set_limit(const struct key *key, void *field, char *value, int place)
{
	enum limit limit = 0;

	(void)place;
	while (strcmp(key->name, limit_name(limit)))
		limit++;
	*(uint64_t *)field = 0;
	return strcmp(value, "none") ? limit_parse(limit, value, field)
				     : NOFAULT;
}

static const char *
set_max_running(const struct key *key, void *field, char *value, int place)
{
	(void)key;
	(void)place;
	if (!strcmp(value, "none"))
		*(uint64_t *)field = 0;
	else if (!value_count(value, MAX_RUNNING_MAX, field))
		return "must be a number from 1 to 65535, or none";
	return NOFAULT;
}

static const char *
set_nice(const struct key *key, void *field, char *value, int place)
{
	size_t n = strspn(value, "0123456789");
	int nice = n && n <= 2 && !value[n] ? atoi(value) : NICE_MAX + 1;

	(void)key;
	(void)place;
	if (!strcmp(value, "none"))
		*(int *)field = -1;
	else if (nice > NICE_MAX)
		return "must be a number from 0 to 19";
	else
		*(int *)field = nice;
	return NOFAULT;
}

static const char *
set_rlimit(const struct key *key, void *field, char *value, int place)
{
	struct rlimit_rule *rule = field;
	const struct rlimit_kind *kind = limit_rlimits;

	(void)place;
	while (strcmp(key->name + strlen("rlimit-"), kind->name))
		kind++;
	rule->given = false;
	return strcmp(value, "none")
		       ? limit_parse_rlimit(kind->unit, value, rule)
		       : NOFAULT;
}

static const char *
set_cgroup_root(const struct key *key, void *field, char *value, int place)
{
	if (!strcmp(value, "auto"))
		return NOFAULT;
	if (!value_is_path(value) || !path_beneath(value, LIMIT_CGROUP_TOP) ||
		!strcmp(value, LIMIT_CGROUP_TOP))
		return "must be auto, or a directory below " LIMIT_CGROUP_TOP;
	return set_path(key, field, value, place);
}

/* Calls add() for each item between commas. */
static const char *
each_item(struct list *list, char *value, int place,
	const char *(*add)(struct list *, char *, int))
{
	const char *fault = NOFAULT;

	for (char *item = value, *next; item && !fault; item = next) {
		size_t n;

		next = strchr(item, ',');
		if (next)
			*next++ = '\0';
		item += strspn(item, " ");
		n = strlen(item);
		while (n > 0 && item[n - 1] == ' ')
			item[--n] = '\0';
		if (!n)
			fault = "an empty item";
		else if (!strcmp(item, "none"))
			fault = "none and something else";
		else
			fault = add(list, item, place);
	}
	return fault;
}

static const char *
add_id(struct list *list, char *item, int place)
{
	struct item *added;
	uint32_t id;

	if (!strcmp(item, "*"))
		return "* stands alone in its line";
	if (value_is_number(item)) {
		if (!value_id(item, &id))
			return "a number must be at most 4294967294";
		added = list_add(list, item, place);
		added->numeric = true;
		added->id = id;
		return NOFAULT;
	}
	if (*item == '@')
		return xasprintf("'%s': groups have keys of their own, and are "
				 "written without @",
			item);
	if (strchr(item, ' '))
		return xasprintf("'%s': put commas between", item);
	if (!value_is_account(item))
		return xasprintf("'%s' is neither a name nor a number", item);
	(void)list_add(list, item, place);
	return NOFAULT;
}

static const char *
set_ids(const struct key *key, void *field, char *value, int place)
{
	if (strcmp(value, "*"))
		return each_item(field, value, place, add_id);
	if (strcmp(key->name, "users"))
		return "* is for users only";
	(void)list_add(field, value, place);
	return NOFAULT;
}

static const char *
set_command(const struct key *key, void *field, char *value, int place)
{
	(void)key;
	if (*value == '/' && strchr(value, ' '))
		return "one command a line, without arguments; with them it "
		       "is command-exact";
	if (strcmp(value, "*") &&
		(strpbrk(value, " ,") || !path_is_clean_dir(value)))
		return "must be *, /a/file or /a/directory/ without //, ., .., "
		       "blanks or commas";
	(void)list_add(field, value, place);
	return NOFAULT;
}

static const char *
set_exact(const struct key *key, void *field, char *value, int place)
{
	const char *word = xstrndup(value, strcspn(value, " "));

	(void)key;
	if (!value_is_path(word) || strstr(value, "  "))
		return "must be an absolute path and words with one blank "
		       "between them";
	(void)list_add(field, value, place);
	return NOFAULT;
}

static const char *
add_env_keep(struct list *list, char *item, int place)
{
	size_t n = strlen(item);

	if (n > 1 && item[n - 1] == '*')
		n--;
	if (!envname_is_name(item, n))
		return xasprintf("'%s' is neither NAME nor PREFIX*", item);
	(void)list_add(list, item, place);
	return NOFAULT;
}

static const char *
set_env_keep(const struct key *key, void *field, char *value, int place)
{
	(void)key;
	return each_item(field, value, place, add_env_keep);
}

static const char *
set_env_set(const struct key *key, void *field, char *value, int place)
{
	(void)key;
	if (!strchr(value, '=') || !envname_is_name(value, strcspn(value, "=")))
		return "must be NAME=VALUE";
	(void)list_add(field, value, place);
	return NOFAULT;
}

static const char *
set_network(const struct key *key, void *field, char *value, int place)
{
	struct network *network = field;
	struct near near = { .word = value };

	(void)key;
	(void)place;
	*network = (struct network){ .kind = NETWORK_NONE };
	if (!strcmp(value, "none"))
		return NOFAULT;
	if (!strcmp(value, "host")) {
		network->kind = NETWORK_HOST;
		return NOFAULT;
	}
	if (strncmp(value, "netns:", 6) || !value_is_netns(value + 6)) {
		near_try(&near, "none");
		near_try(&near, "host");
		return xasprintf("'%s' is not one of: none, host, netns:NAME%s",
			value, near_hint(&near));
	}
	network->kind = NETWORK_NETNS;
	network->netns = value + 6;
	return NOFAULT;
}

/* A tmpfs takes 0 as "no limit"; and with fewer than 16 inodes it is useless.
 */
static bool
tmpfs_size(const char *value, uint64_t *bytes)
{
	return value_size(value, bytes) && *bytes >= TMPFS_MIN;
}

static const char *
set_tmp_size(const struct key *key, void *field, char *value, int place)
{
	(void)key;
	(void)place;
	if (!tmpfs_size(value, field))
		return "must be a size such as 64M, at least 64K";
	return NOFAULT;
}

/* PATH[:SIZE[:MODE]] */
static const char *
set_tmpfs(const struct key *key, void *field, char *value, int place)
{
	struct item *item = list_add(field, value, place);
	char *path = xstrdup(value), *size = strchr(path, ':'), *mode = NULL;

	(void)key;
	if (size) {
		*size++ = '\0';
		mode = strchr(size, ':');
	}
	if (mode)
		*mode++ = '\0';
	item->target = path;
	item->mode = -1;
	if (!value_is_path(item->target))
		return "must be PATH[:SIZE[:MODE]], PATH absolute without //, "
		       "., .., blanks or commas";
	if (size && !tmpfs_size(size, &item->size))
		return "SIZE must be a size such as 64M, at least 64K";
	if (mode && !value_mode(mode, &item->mode))
		return "MODE must be octal, from 000 to 1777";
	return NOFAULT;
}

/* SRC[:DST[:ro|rw]]; what else is asked of allow-bind is in rules. */
static const char *
set_bind(const struct key *key, void *field, char *value, int place)
{
	struct item *item = list_add(field, value, place);
	struct value_bind bind;
	const char *fault = value_bind(value, &bind);

	(void)key;
	if (strpbrk(value, " ,"))
		return "one SRC[:DST[:ro|rw]] a line, without blanks and "
		       "commas";
	if (fault)
		return fault;
	item->source = bind.source;
	item->target = bind.target ? bind.target : bind.source;
	item->writable = bind.writable;
	fault = tokens_path_fault(item->source);
	return fault ? fault : tokens_path_fault(item->target);
}

/* `none` is the word for absence in every list: alone, and once. */
static const char *
set_list(const struct key *key, void *field, char *value, int place)
{
	struct list *list = field;
	bool none = !strcmp(value, "none");

	if (list->none || (none && list->n))
		return "none and something else";
	list->none = none;
	return none ? NOFAULT : key->set(key, field, value, place);
}

static const char *const exec_words[] = { "any", "listed", NULL };
static const char *const root_words[] = { "ro", "overlay", NULL };
static const char *const home_words[] = { "tmpfs", "none", "ro", "rw", NULL };
static const char *const proc_words[] = { "full", "pid", "none", NULL };
static const char *const sys_words[] = { "none", "ro", NULL };
static const char *const syscalls_words[] = { "default", "none", NULL };
static const char *const log_words[] = { "all", "denied", "none", NULL };
static const char *const bool_words[] = { "no", "yes", NULL };

#define FIELD(type, f) offsetof(type, f), sizeof(((type *)0)->f)
#define ANY_BOX (IN_DEFAULTS | IN_BOX)

static const struct key keys[KEY_COUNT] = {
	[KEY_DEFAULT_BOX] = { "default-box", IN_MINIBOX, false, set_box_name,
		FIELD(struct policy, default_box), NULL },
	[KEY_CGROUP_ROOT] = { "cgroup-root", IN_MINIBOX, false, set_cgroup_root,
		FIELD(struct policy, cgroup_root), NULL },
	[KEY_LOG] = { "log", IN_MINIBOX, false, set_word,
		FIELD(struct policy, log), log_words },
	[KEY_ROOTFS] = { "rootfs", IN_BOX, false, set_rootfs,
		FIELD(struct box, rootfs), NULL },
	[KEY_DESCRIPTION] = { "description", IN_BOX, false, set_text,
		FIELD(struct box, description), NULL },
	[KEY_USERS] = { "users", IN_BOX, true, set_ids,
		FIELD(struct box, users), NULL },
	[KEY_GROUPS] = { "groups", IN_BOX, true, set_ids,
		FIELD(struct box, groups), NULL },
	[KEY_DENY_USERS] = { "deny-users", IN_BOX, true, set_ids,
		FIELD(struct box, deny_users), NULL },
	[KEY_DENY_GROUPS] = { "deny-groups", IN_BOX, true, set_ids,
		FIELD(struct box, deny_groups), NULL },
	[KEY_COMMAND] = { "command", ANY_BOX, true, set_command,
		FIELD(struct box, command), NULL },
	[KEY_COMMAND_EXACT] = { "command-exact", ANY_BOX, true, set_exact,
		FIELD(struct box, command_exact), NULL },
	[KEY_EXEC] = { "exec", ANY_BOX, false, set_word,
		FIELD(struct box, exec), exec_words },
	[KEY_SHELL] = { "shell", ANY_BOX, false, set_path,
		FIELD(struct box, shell), NULL },
	[KEY_PATH] = { "path", ANY_BOX, false, set_search_path,
		FIELD(struct box, path), NULL },
	[KEY_ROOT] = { "root", ANY_BOX, false, set_word,
		FIELD(struct box, root), root_words },
	[KEY_TMPFS] = { "tmpfs", ANY_BOX, true, set_tmpfs,
		FIELD(struct box, tmpfs), NULL },
	[KEY_TMP_SIZE] = { "tmp-size", ANY_BOX, false, set_tmp_size,
		FIELD(struct box, tmp_size), NULL },
	[KEY_HOME] = { "home", ANY_BOX, false, set_word,
		FIELD(struct box, home), home_words },
	[KEY_PROC] = { "proc", ANY_BOX, false, set_word,
		FIELD(struct box, proc), proc_words },
	[KEY_SYS] = { "sys", ANY_BOX, false, set_word, FIELD(struct box, sys),
		sys_words },
	[KEY_BIND] = { "bind", ANY_BOX, true, set_bind, FIELD(struct box, bind),
		NULL },
	[KEY_ALLOW_BIND] = { "allow-bind", ANY_BOX, true, set_bind,
		FIELD(struct box, allow_bind), NULL },
	[KEY_PASSWD] = { "passwd", ANY_BOX, false, set_word,
		FIELD(struct box, passwd), bool_words },
	[KEY_NETWORK] = { "network", ANY_BOX, false, set_network,
		FIELD(struct box, network), NULL },
	[KEY_HOSTNAME] = { "hostname", ANY_BOX, false, set_hostname,
		FIELD(struct box, hostname), NULL },
	[KEY_SYSCALLS] = { "syscalls", ANY_BOX, false, set_word,
		FIELD(struct box, syscalls), syscalls_words },
	[KEY_ENV_KEEP] = { "env-keep", ANY_BOX, true, set_env_keep,
		FIELD(struct box, env_keep), NULL },
	[KEY_ENV_SET] = { "env-set", ANY_BOX, true, set_env_set,
		FIELD(struct box, env_set), NULL },
	[KEY_USER_ENV] = { "user-env", ANY_BOX, false, set_word,
		FIELD(struct box, user_env), bool_words },
	[KEY_UMASK] = { "umask", ANY_BOX, false, set_umask,
		FIELD(struct box, umask), NULL },
	[KEY_MEMORY] = { "memory", ANY_BOX, false, set_limit,
		FIELD(struct box, limits.v[LIMIT_MEMORY]), NULL },
	[KEY_PIDS_LIMIT] = { "pids-limit", ANY_BOX, false, set_limit,
		FIELD(struct box, limits.v[LIMIT_PIDS]), NULL },
	[KEY_CPUS] = { "cpus", ANY_BOX, false, set_limit,
		FIELD(struct box, limits.v[LIMIT_CPUS]), NULL },
	[KEY_TIMEOUT] = { "timeout", ANY_BOX, false, set_limit,
		FIELD(struct box, limits.v[LIMIT_TIMEOUT]), NULL },
	[KEY_MAX_RUNNING] = { "max-running", ANY_BOX, false, set_max_running,
		FIELD(struct box, max_running), NULL },
	[KEY_NICE] = { "nice", ANY_BOX, false, set_nice,
		FIELD(struct box, nice), NULL },
	[KEY_RLIMIT_NOFILE] = { "rlimit-nofile", ANY_BOX, false, set_rlimit,
		FIELD(struct box, rlimits[RLIMIT_RULE_NOFILE]), NULL },
	[KEY_RLIMIT_NPROC] = { "rlimit-nproc", ANY_BOX, false, set_rlimit,
		FIELD(struct box, rlimits[RLIMIT_RULE_NPROC]), NULL },
	[KEY_RLIMIT_CORE] = { "rlimit-core", ANY_BOX, false, set_rlimit,
		FIELD(struct box, rlimits[RLIMIT_RULE_CORE]), NULL },
	[KEY_RLIMIT_FSIZE] = { "rlimit-fsize", ANY_BOX, false, set_rlimit,
		FIELD(struct box, rlimits[RLIMIT_RULE_FSIZE]), NULL },
	[KEY_RLIMIT_AS] = { "rlimit-as", ANY_BOX, false, set_rlimit,
		FIELD(struct box, rlimits[RLIMIT_RULE_AS]), NULL },
	[KEY_RLIMIT_MEMLOCK] = { "rlimit-memlock", ANY_BOX, false, set_rlimit,
		FIELD(struct box, rlimits[RLIMIT_RULE_MEMLOCK]), NULL },
	[KEY_RLIMIT_STACK] = { "rlimit-stack", ANY_BOX, false, set_rlimit,
		FIELD(struct box, rlimits[RLIMIT_RULE_STACK]), NULL },
	[KEY_RLIMIT_CPU] = { "rlimit-cpu", ANY_BOX, false, set_rlimit,
		FIELD(struct box, rlimits[RLIMIT_RULE_CPU]), NULL },
};

const struct box keys_builtin = {
	.shell = "/bin/sh",
	.path = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
	.tmp_size = (uint64_t)64 << 20,
	.passwd = true,
	.hostname = "container-box",
	.user_env = USER_ENV_BY_COMMAND,
	.umask = -1,
	.max_running = 256,
	.nice = -1,
};

static const struct key *
key_find(const char *name)
{
	for (size_t k = 0; k < KEY_COUNT; k++)
		if (*name == *keys[k].name && !strcmp(name, keys[k].name))
			return &keys[k];
	return NULL;
}

/* Only keys that may stand there are near. */
static const char *
unknown_key(const char *name, unsigned where)
{
	struct near near = { .word = name };

	for (size_t k = 0; k < KEY_COUNT; k++)
		if (keys[k].where & where)
			near_try(&near, keys[k].name);
	return xasprintf("unknown key '%s'%s", name, near_hint(&near));
}

static const char *
apply(struct policy *policy, struct box *box, const struct key *key,
	char *value, int place)
{
	size_t k = (size_t)(key - keys);
	int *first = box ? &box->places[k] : &policy->places[k];
	char *base = box ? (char *)box : (char *)policy;
	const char *fault;

	if (*first && !key->list)
		return xasprintf("%s is given twice, first in %s", key->name,
			place_text(&policy->files, *first));
	if (!*first)
		*first = place;
	fault = (key->list ? set_list : key->set)(
		key, base + key->offset, value, place);
	return fault ? xasprintf("%s: %s", key->name, fault) : NOFAULT;
}

const char *
keys_apply(struct policy *policy, const char *section, struct box *box,
	const char *name, char *value, int place)
{
	const struct key *key = key_find(name);
	enum where where = !box                       ? IN_MINIBOX
			   : box == &policy->defaults ? IN_DEFAULTS
						      : IN_BOX;

	if (!key)
		return unknown_key(name, where);
	if (!(key->where & where))
		return xasprintf("%s does not belong in [%s]", name, section);
	return apply(policy, box, key, value, place);
}

static const char *
hostname_expand(const char *pattern, const char *name)
{
	const char *out = pattern, *b;

	while ((b = strstr(out, "%b")))
		out = xasprintf("%.*s%s%s", (int)(b - out), out, name, b + 2);
	return out;
}

void
keys_inherit(struct box *box, const struct box *defaults)
{
	for (size_t k = 0; k < KEY_COUNT; k++) {
		const struct key *key = &keys[k];

		if (!defaults->places[k] || box->places[k])
			continue;
		memcpy((char *)box + key->offset,
			(const char *)defaults + key->offset, key->size);
		box->places[k] = defaults->places[k];
	}
	box->hostname = hostname_expand(box->hostname, box->name);
}

void
keys_forget(struct box *box, const struct box *defaults)
{
	for (size_t k = 0; k < KEY_COUNT; k++) {
		const struct list *own = (void *)((char *)box + keys[k].offset);
		const struct list *theirs =
			(const void *)((const char *)defaults + keys[k].offset);

		if (box->places[k] && keys[k].list && own->v != theirs->v)
			free(own->v);
	}
}

const char *
keys_name(enum policy_key key)
{
	return keys[key].name;
}
