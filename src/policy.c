/* SPDX-License-Identifier: MIT */
/* What does the policy say?  Pure; runs in the caller's process before the
 * clone, on bytes that root owns, or in a test on any bytes. */
#include "policy.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "envname.h"
#include "path.h"
#include "scan.h"
#include "xalloc.h"

#define DIGITS "0123456789"
#define ALPHA "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define NOFAULT NULL

enum where { IN_MINIBOX = 1, IN_DEFAULTS = 2, IN_BOX = 4 };

/* A setter puts `value` into `field`; it returns what is wrong with the value,
 * or NOFAULT.  The value may be kept and changed. */
struct key;
typedef const char *key_setter(
	const struct key *key, void *field, char *value, int line);

struct key {
	const char *name;
	unsigned where;
	bool list;
	key_setter *set;
	size_t offset; /* in struct box; in struct policy for IN_MINIBOX */
	size_t size;
	const char *const *words; /* of set_word */
};

static void
list_add(struct list *list, char *text, int line, const uint32_t *id)
{
	list->v = xgrow(list->v, list->n, &list->room, sizeof(*list->v));
	list->v[list->n++] = (struct item){
		.text = text,
		.line = line,
		.numeric = id != NULL,
		.id = id ? *id : 0,
	};
}

static const char *
set_text(const struct key *key, void *field, char *value, int line)
{
	(void)key;
	(void)line;
	*(const char **)field = strcmp(value, "none") ? value : NULL;
	return NOFAULT;
}

static const char *
set_word(const struct key *key, void *field, char *value, int line)
{
	const char *known = "";

	(void)line;
	for (int i = 0; key->words[i]; i++) {
		if (!strcmp(value, key->words[i])) {
			*(int *)field = i;
			return NOFAULT;
		}
		known = xasprintf(
			"%s%s%s", known, i ? ", " : "", key->words[i]);
	}
	return xasprintf("'%s' is not one of: %s", value, known);
}

/* One path a line: no blanks, no commas. */
static bool
is_single_path(const char *value)
{
	return !strpbrk(value, " ,") && path_is_clean(value);
}

static const char *
set_path(const struct key *key, void *field, char *value, int line)
{
	(void)key;
	(void)line;
	if (!is_single_path(value))
		return "must be one absolute path without //, ., .., blanks, "
		       "commas or a slash at the end";
	*(const char **)field = value;
	return NOFAULT;
}

static const char *
set_rootfs(const struct key *key, void *field, char *value, int line)
{
	const char *fault = set_path(key, field, value, line);

	if (fault)
		return fault;
	/* A box that holds the policy could be entered to change it (M19). */
	if (path_beneath("/etc", value) || path_beneath(SYSCONFDIR, value))
		return "must not be / or a directory that holds the policy";
	return NOFAULT;
}

static const char *
set_search_path(const struct key *key, void *field, char *value, int line)
{
	char *copy = xstrdup(value);

	(void)key;
	(void)line;
	for (char *dir = copy, *next; dir; dir = next) {
		next = strchr(dir, ':');
		if (next)
			*next++ = '\0';
		if (!is_single_path(dir))
			return "must be absolute directories without //, ., "
			       ".. or blanks, with : between them";
	}
	*(const char **)field = value;
	return NOFAULT;
}

static const char *
set_box_name(const struct key *key, void *field, char *value, int line)
{
	if (!scan_is_box_name(value))
		return "not a box name";
	return set_text(key, field, value, line);
}

/* %b waits until the box is known: see box_finish. */
static const char *
set_hostname(const struct key *key, void *field, char *value, int line)
{
	char *sample = xstrdup(value);

	(void)key;
	(void)line;
	for (char *p = sample; *p; p++)
		if (p[0] == '%' && p[1] == 'b')
			p[0] = 'b';
	if (!policy_is_hostname(sample))
		return "must be 1 to 64 of A-Z a-z 0-9 . _ - (and %b for the "
		       "box), and not begin with . or -";
	*(const char **)field = value;
	return NOFAULT;
}

static const char *
set_umask(const struct key *key, void *field, char *value, int line)
{
	size_t n = strlen(value);

	(void)key;
	(void)line;
	if (!strcmp(value, "none")) {
		*(int *)field = -1;
		return NOFAULT;
	}
	if (n < 3 || n > 4 || strspn(value, "01234567") != n ||
		(n == 4 && value[0] != '0'))
		return "must be an octal number from 000 to 0777";
	*(int *)field = (int)strtol(value, NULL, 8);
	return NOFAULT;
}

/* Calls add() for each item between commas. */
static const char *
each_item(struct list *list, char *value, int line,
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
			fault = add(list, item, line);
	}
	return fault;
}

/* Digits only, 0 to 4294967294: (uid_t)-1 means "no change" to setresuid(2)
 * (CVE-2019-14287, CVE-2018-19788). */
static bool
parse_id(const char *s, uint32_t *id)
{
	uint64_t n = 0;

	for (size_t i = 0; s[i]; i++) {
		if (i >= 10)
			return false;
		n = n * 10 + (uint64_t)(s[i] - '0');
	}
	*id = (uint32_t)n;
	return n < UINT32_MAX;
}

static const char *
add_id(struct list *list, char *item, int line)
{
	size_t n = strlen(item);
	uint32_t id;

	if (!strcmp(item, "*"))
		return "* stands alone in its line";
	if (strspn(item, DIGITS) == n) {
		if (!parse_id(item, &id))
			return "a number must be at most 4294967294";
		list_add(list, item, line, &id);
		return NOFAULT;
	}
	if (n > 64 || !strchr(ALPHA "_", item[0]) ||
		strspn(item, ALPHA DIGITS "_.@-$") != n)
		return xasprintf("'%s' is neither a name nor a number", item);
	list_add(list, item, line, NULL);
	return NOFAULT;
}

static const char *
set_ids(const struct key *key, void *field, char *value, int line)
{
	if (strcmp(value, "*"))
		return each_item(field, value, line, add_id);
	if (strcmp(key->name, "users"))
		return "* is for users only";
	list_add(field, value, line, NULL);
	return NOFAULT;
}

static const char *
set_command(const struct key *key, void *field, char *value, int line)
{
	(void)key;
	if (strcmp(value, "*") &&
		(strpbrk(value, " ,") || !path_is_clean_dir(value)))
		return "must be *, /a/file or /a/directory/ without //, ., .., "
		       "blanks or commas";
	list_add(field, value, line, NULL);
	return NOFAULT;
}

static const char *
set_exact(const struct key *key, void *field, char *value, int line)
{
	const char *word = xstrndup(value, strcspn(value, " "));

	(void)key;
	if (!is_single_path(word) || strstr(value, "  "))
		return "must be an absolute path and words with one blank "
		       "between them";
	list_add(field, value, line, NULL);
	return NOFAULT;
}

static const char *
add_env_keep(struct list *list, char *item, int line)
{
	size_t n = strlen(item);

	if (n > 1 && item[n - 1] == '*')
		n--;
	if (!envname_is_name(item, n))
		return xasprintf("'%s' is neither NAME nor PREFIX*", item);
	list_add(list, item, line, NULL);
	return NOFAULT;
}

static const char *
set_env_keep(const struct key *key, void *field, char *value, int line)
{
	(void)key;
	return each_item(field, value, line, add_env_keep);
}

static const char *
set_env_set(const struct key *key, void *field, char *value, int line)
{
	(void)key;
	if (!strchr(value, '=') || !envname_is_name(value, strcspn(value, "=")))
		return "must be NAME=VALUE";
	list_add(field, value, line, NULL);
	return NOFAULT;
}

/* `none` is the word for absence in every list: alone, and once. */
static const char *
set_list(const struct key *key, void *field, char *value, int line)
{
	struct list *list = field;
	bool none = !strcmp(value, "none");

	if (list->n && (none || !strcmp(list->v[0].text, "none")))
		return "none and something else";
	if (!none)
		return key->set(key, field, value, line);
	list_add(list, value, line, NULL);
	return NOFAULT;
}

static const char *const root_words[] = { "ro", NULL };
static const char *const home_words[] = { "tmpfs", "none", NULL };
static const char *const proc_words[] = { "full", "pid", "none", NULL };
static const char *const sys_words[] = { "none", "ro", NULL };
static const char *const network_words[] = { "none", "host", NULL };
static const char *const syscalls_words[] = { "default", "none", NULL };
static const char *const bool_words[] = { "no", "yes", NULL };

#define FIELD(type, f) offsetof(type, f), sizeof(((type *)0)->f)
#define ANY_BOX (IN_DEFAULTS | IN_BOX)

static const struct key keys[KEY_COUNT] = {
	[KEY_DEFAULT_BOX] = { "default-box", IN_MINIBOX, false, set_box_name,
		FIELD(struct policy, default_box), NULL },
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
	[KEY_SHELL] = { "shell", ANY_BOX, false, set_path,
		FIELD(struct box, shell), NULL },
	[KEY_PATH] = { "path", ANY_BOX, false, set_search_path,
		FIELD(struct box, path), NULL },
	[KEY_ROOT] = { "root", ANY_BOX, false, set_word,
		FIELD(struct box, root), root_words },
	[KEY_HOME] = { "home", ANY_BOX, false, set_word,
		FIELD(struct box, home), home_words },
	[KEY_PROC] = { "proc", ANY_BOX, false, set_word,
		FIELD(struct box, proc), proc_words },
	[KEY_SYS] = { "sys", ANY_BOX, false, set_word, FIELD(struct box, sys),
		sys_words },
	[KEY_NETWORK] = { "network", ANY_BOX, false, set_word,
		FIELD(struct box, network), network_words },
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
};

/* What a box is before it says anything. */
static const struct box builtin = {
	.shell = "/bin/sh",
	.path = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
	.hostname = "container-box",
	.user_env = USER_ENV_BY_COMMAND,
	.umask = -1,
};

/* One pass over a policy. */
struct reader {
	struct policy *policy;
	struct faults *faults;
	const struct scan *scan;
	struct box **boxes; /* by section; NULL: [minibox] or a bad one */
	size_t next;        /* entry that inih must hand out next */
	bool disagree;
};

static bool
box_set(struct box *box, struct policy *policy, const struct key *key,
	const struct scan_entry *e, const char **fault)
{
	size_t k = (size_t)(key - keys);
	int *line = box ? &box->lines[k] : &policy->lines[k];
	char *base = box ? (char *)box : (char *)policy;

	if (*line && !key->list) {
		*fault = xasprintf("%s is given twice, first in line %d",
			key->name, *line);
		return false;
	}
	if (!*line)
		*line = e->line;
	*fault = (key->list ? set_list : key->set)(
		key, base + key->offset, e->value, e->line);
	if (*fault)
		*fault = xasprintf("%s: %s", key->name, *fault);
	return !*fault;
}

static const struct key *
key_find(const char *name)
{
	for (size_t k = 0; k < KEY_COUNT; k++)
		if (!strcmp(name, keys[k].name))
			return &keys[k];
	return NULL;
}

static void
reader_apply(struct reader *r, const struct scan_entry *e)
{
	const struct key *key = key_find(e->key);
	const char *section, *fault = NULL;
	enum where where;
	struct box *box;

	if (e->section == SIZE_MAX) {
		fault_add(r->faults, r->policy->file, e->line,
			"a key before the first section");
		return;
	}
	section = r->scan->sections[e->section].name;
	if (!*section)
		return; /* its fault is known */
	box = r->boxes[e->section];
	where = !box                          ? IN_MINIBOX
		: box == &r->policy->defaults ? IN_DEFAULTS
					      : IN_BOX;
	if (!key)
		fault_add(r->faults, r->policy->file, e->line,
			"unknown key '%s'", e->key);
	else if (!(key->where & where))
		fault_add(r->faults, r->policy->file, e->line,
			"%s does not belong into [%s]", e->key, section);
	else if (!box_set(box, r->policy, key, e, &fault))
		fault_add(r->faults, r->policy->file, e->line, "%s", fault);
}

/*
 * Two readers must agree: what inih hands out is compared with what the scan
 * saw, entry by entry.  inih cuts a description at " ;"; every other difference
 * means that one of the two is wrong about the file.
 */
static int
reader_entry(
	void *user, const char *section, const char *name, const char *value)
{
	struct reader *r = user;
	const struct scan_entry *e = &r->scan->entries[r->next];
	const char *expected;

	if (r->next++ >= r->scan->nentries) {
		r->disagree = true;
		return 0;
	}
	expected = e->section == SIZE_MAX ? ""
					  : r->scan->sections[e->section].name;
	if (strcmp(section, expected) || strcmp(name, e->key) ||
		(strcmp(value, e->value) &&
			(strcmp(name, "description") ||
				strncmp(value, e->value, strlen(value))))) {
		r->disagree = true;
		return 0;
	}
	reader_apply(r, e);
	return 1;
}

static int
box_cmp(const void *a, const void *b)
{
	const struct box *const *x = a, *const *y = b;
	int c = strcmp((*x)->name, (*y)->name);

	return c ? c : ((*x)->line > (*y)->line) - ((*x)->line < (*y)->line);
}

static bool
once(struct reader *r, const struct scan_section *s, int *line)
{
	if (*line)
		fault_add(r->faults, r->policy->file, s->line,
			"[%s] is given twice, first in line %d", s->name,
			*line);
	return !*line && (*line = s->line);
}

/* Makes the boxes and says which section is which. */
static void
reader_sections(struct reader *r)
{
	const struct scan *scan = r->scan;
	struct policy *p = r->policy;
	int minibox_line = 0;

	p->defaults = builtin;
	p->boxes = xcalloc(scan->nsections, sizeof(*p->boxes));
	p->by_name = xcalloc(scan->nsections, sizeof(*p->by_name));
	r->boxes = xcalloc(scan->nsections, sizeof(*r->boxes));
	for (size_t i = 0; i < scan->nsections; i++) {
		const struct scan_section *s = &scan->sections[i];

		if (!strcmp(s->name, "minibox")) {
			(void)once(r, s, &minibox_line);
		} else if (!strcmp(s->name, "defaults")) {
			(void)once(r, s, &p->defaults_line);
			r->boxes[i] = &p->defaults;
		} else if (*s->name) {
			struct box *box = &p->boxes[p->nboxes];

			*box = builtin;
			box->name = s->name + 4;
			box->line = s->line;
			p->by_name[p->nboxes++] = box;
			r->boxes[i] = box;
		}
	}
	qsort(p->by_name, p->nboxes, sizeof(*p->by_name), box_cmp);
	for (size_t i = 1; i < p->nboxes; i++)
		if (!strcmp(p->by_name[i]->name, p->by_name[i - 1]->name))
			fault_add(r->faults, p->file, p->by_name[i]->line,
				"[box %s] is given twice, first in line %d",
				p->by_name[i]->name, p->by_name[i - 1]->line);
}

/* A list that says `none` is an empty one that was given. */
static void
list_finish(struct list *list)
{
	if (list->n == 1 && !strcmp(list->v[0].text, "none"))
		list->n = 0;
}

static void
box_inherit(struct box *box, const struct box *defaults)
{
	for (size_t k = 0; k < KEY_COUNT; k++) {
		const struct key *key = &keys[k];

		if (!(key->where & IN_BOX))
			continue;
		if (!box->lines[k] && defaults->lines[k]) {
			memcpy((char *)box + key->offset,
				(const char *)defaults + key->offset,
				key->size);
			box->lines[k] = defaults->lines[k];
		}
		if (key->list)
			list_finish((void *)((char *)box + key->offset));
	}
}

static const char *
hostname_expand(const char *pattern, const char *name)
{
	char *out = xstrdup(pattern), *b;

	while ((b = strstr(out, "%b")))
		out = xasprintf("%.*s%s%s", (int)(b - out), out, name, b + 2);
	return out;
}

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

/* What can be said only once the whole box is known. */
static void
box_finish(const struct policy *p, struct box *box, struct faults *faults)
{
	box_inherit(box, &p->defaults);
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
	box->hostname = hostname_expand(box->hostname, box->name);
	if (!policy_is_hostname(box->hostname))
		fault_add(faults, p->file, box->lines[KEY_HOSTNAME],
			"hostname: longer than 64 characters in box '%s'",
			box->name);
	box_check_env(p, box, faults);
}

void
policy_parse(struct policy *policy, const char *file, const char *text,
	size_t size, struct faults *faults)
{
	struct scan scan;
	struct reader r = {
		.policy = policy,
		.faults = faults,
		.scan = &scan,
	};

	*policy = (struct policy){ .file = file };
	scan_text(&scan, file, text, size, faults);
	reader_sections(&r);
	if (faults->n) {
		/* Not for inih; but say what else is wrong. */
		for (size_t i = 0; i < scan.nentries; i++)
			reader_apply(&r, &scan.entries[i]);
	} else if (ini_parse_string(text, reader_entry, &r) != 0 ||
		   r.disagree || r.next != scan.nentries) {
		fault_add(faults, file, 0,
			"two readers do not agree about this file; please "
			"report it");
	}
	for (size_t i = 0; i < policy->nboxes; i++)
		box_finish(policy, &policy->boxes[i], faults);
	if (policy->default_box && !policy_find(policy, policy->default_box))
		fault_add(faults, file, policy->lines[KEY_DEFAULT_BOX],
			"default-box: there is no [box %s]",
			policy->default_box);
	fault_sort(faults);
}

const struct box *
policy_find(const struct policy *policy, const char *name)
{
	size_t low = 0, high = policy->nboxes;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = strcmp(name, policy->by_name[mid]->name);

		if (c == 0)
			return policy->by_name[mid];
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

bool
policy_any_command(const struct box *box)
{
	for (size_t i = 0; i < box->command.n; i++)
		if (!strcmp(box->command.v[i].text, "*"))
			return true;
	return false;
}

bool
policy_user_env(const struct box *box)
{
	if (box->user_env == USER_ENV_BY_COMMAND)
		return policy_any_command(box);
	return box->user_env == USER_ENV_YES;
}

const char *
policy_key_name(enum policy_key key)
{
	return keys[key].name;
}

const char *
policy_word(enum policy_key key, int value)
{
	return keys[key].words[value];
}

bool
policy_is_hostname(const char *name)
{
	size_t n = strlen(name);

	return n >= 1 && n <= 64 && !strchr(".-", name[0]) &&
	       strspn(name, ALPHA DIGITS "._-") == n;
}
