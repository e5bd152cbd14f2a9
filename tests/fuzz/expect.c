/* SPDX-License-Identifier: MIT */
/* What must hold of what minibox decides and tells?  Worked out from the words
 * of minibox.conf(5). */
#include "expect.h"

#include <linux/sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "binds.h"
#include "die.h"
#include "path.h"
#include "value.h"
#include "xalloc.h"

void
expect_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	abort();
}

bool
expect_is_plain(const char *text, bool ascii)
{
	const unsigned char *u = (const unsigned char *)text;

	for (; *u; u++)
		if ((*u < 0x20 && *u != '\n') || *u == 0x7f ||
			(*u >= 0x80 && ascii) ||
			(*u == 0xc2 && u[1] < 0xa0)) /* C1 */
			return false;
	return true;
}

/* PATH RULES */
static bool
is_clean(const char *path)
{
	const char *whole = xasprintf("%s/", path[1] ? path : "");

	return *path == '/' && !strstr(whole, "//") && !strstr(whole, "/./") &&
	       !strstr(whole, "/../");
}

static bool
matches(const struct item *item, bool group, const struct caller *caller,
	bool unknown)
{
	uint32_t id = item->id;

	if (!strcmp(item->text, "*"))
		return true;
	if (!item->numeric && !(group ? accounts_group : accounts_user)(
				      caller->accounts, item->text, &id))
		return unknown;
	if (!group)
		return id == caller->uid;
	for (size_t i = 0; i < caller->ngroups; i++)
		if (caller->groups[i] == id)
			return true;
	return caller->gid == id;
}

static bool
any_matches(const struct list *users, const struct list *groups,
	const struct caller *caller, bool unknown)
{
	for (size_t i = 0; i < users->n; i++)
		if (matches(&users->v[i], false, caller, unknown))
			return true;
	for (size_t i = 0; i < groups->n; i++)
		if (matches(&groups->v[i], true, caller, unknown))
			return true;
	return false;
}

/* ACCESS DECISION: deny always wins, and so does a deny of nobody known. */
bool
expect_admitted(const struct box *box, const struct caller *caller)
{
	return any_matches(&box->users, &box->groups, caller, false) &&
	       !any_matches(&box->deny_users, &box->deny_groups, caller, true);
}

/* KEYS, command and command-exact; an argument with a blank in it is never
 * that of a line. */
static bool
is_listed(const struct box *box, const char *path, char *const *args)
{
	bool plain = !strchr(path, ' ');
	const char *line = path;

	for (; *args; args++) {
		plain &= **args && !strchr(*args, ' ');
		line = xasprintf("%s %s", line, *args);
	}
	for (size_t i = 0; i < box->command.n; i++) {
		const char *text = box->command.v[i].text;
		size_t n = strlen(text);

		if (!strcmp(text, "*") || !strcmp(text, path) ||
			(text[n - 1] == '/' && !strncmp(text, path, n) &&
				path[n] && !strchr(path + n, '/')))
			return true;
	}
	for (size_t i = 0; i < box->command_exact.n; i++)
		if (plain && !strcmp(box->command_exact.v[i].text, line))
			return true;
	return false;
}

static bool
is_any(const struct box *box)
{
	for (size_t i = 0; i < box->command.n; i++)
		if (!strcmp(box->command.v[i].text, "*"))
			return true;
	return false;
}

/* `path` is `dir` or in it. */
static bool
is_in(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return !dir[1] ||
	       (!strncmp(path, dir, n) && (!path[n] || path[n] == '/'));
}

/* The line of allow-bind at that place lists the two. */
static bool
is_given(
	const struct box *box, const struct caller *caller, const struct op *op)
{
	const struct list *list = &box->allow_bind;
	struct value_bind line;
	const char *text;
	size_t i = 0, n, m;

	while (i < list->n && list->v[i].place != op->place)
		i++;
	if (i == list->n || (op->writable && !list->v[i].writable))
		return false;
	text = binds_line(box, &list->v[i], caller);
	if (!text || value_bind(text, &line))
		return false;
	n = strlen(line.source);
	m = strlen(line.target);
	if (list->v[i].source[strlen(list->v[i].source) - 1] != '/')
		return !strcmp(op->source, line.source) &&
		       !strcmp(op->target, line.target);
	n -= strlen("NAME");
	m -= strlen("NAME");
	return !strncmp(op->source, line.source, n) &&
	       !strncmp(op->target, line.target, m) && op->source[n] &&
	       !strcmp(op->source + n, op->target + m);
}

/* What a caller shows or chooses the place of is not what a box that lists its
 * commands trusts. */
static void
check_bind(
	const struct box *box, const struct caller *caller, const struct op *op)
{
	static const char *const trusted[] = { "/etc", "/usr", "/bin",
		"/sbin" };

	CHECK(is_clean(op->source));
	CHECK(op->as_caller || !is_in("/proc", op->source));
	CHECK(op->fixed <= strlen(op->source));
	CHECK(!op->asked || (op->as_caller && op->typed));
	CHECK(!op->asked || is_given(box, caller, op));
	if (is_any(box) || op->own || op->if_source || !op->as_caller)
		return;
	CHECK(op->noexec || !op->asked);
	CHECK(strncmp(op->target, "/lib", 4) != 0);
	for (size_t i = 0; i < COUNT(trusted); i++)
		CHECK(!is_in(op->target, trusted[i]) &&
			!is_in(trusted[i], op->target));
	for (size_t i = 0; i < box->command.n; i++)
		CHECK(!is_in(box->command.v[i].text, op->target));
}

/* MOUNTS: nothing covers what was there before, nothing lies on what is not a
 * tmpfs of the box, nothing in the kernel's own. */
static void
check_mounts(
	const struct plan *plan, const struct caller *caller, size_t nbinds)
{
	const struct mounts *m = &plan->mounts;
	size_t asked = 0;

	CHECK(m->n > 1 && m->ops[0].kind == OP_ROOT);
	for (size_t i = 1; i < m->n; i++) {
		const struct op *op = &m->ops[i];
		bool system = op->kind == OP_PROC || op->kind == OP_SYS ||
			      op->kind == OP_DEV;

		CHECK(is_clean(op->target) && op->target[1]);
		CHECK(system || is_in(op->target, "/dev/shm") ||
			!(is_in(op->target, "/proc") ||
				is_in(op->target, "/sys") ||
				is_in(op->target, "/dev")));
		CHECK(!plan->listed_only || op->noexec || system ||
			op->kind == OP_DIR || !op->writable);
		CHECK(!plan->listed_only || op->noexec || op->kind != OP_TMPFS);
		asked += op->asked;
		if (op->kind == OP_BIND)
			check_bind(plan->box, caller, op);
		for (size_t k = 1; k < i; k++) {
			const struct op *e = &m->ops[k];

			CHECK(e->kind == OP_DIR ||
				!is_in(e->target, op->target));
			CHECK(e->kind == OP_DIR || e->kind == OP_TMPFS ||
				e->kind == OP_DEV ||
				!is_in(op->target, e->target));
		}
	}
	CHECK(asked == nbinds);
}

/* Nothing of the caller's own that the policy does not ask for. */
static void
check_env(const struct plan *plan, const struct request *request)
{
	static const char *const evil[] = { "PATH=/evil", "LD_PRELOAD=/evil",
		"BASH_ENV=/evil", "container=evil", "LANG=../../etc" };

	for (char **e = plan->envp; *e; e++) {
		bool given = !strncmp(*e, "BASH_ENV", 8) && is_any(plan->box);

		CHECK(strchr(*e, '='));
		for (size_t i = 0; i < plan->box->env_set.n; i++)
			given |= !strcmp(plan->box->env_set.v[i].text, *e);
		for (size_t i = 0; i < COUNT(evil) && !given; i++)
			CHECK(strcmp(*e, evil[i]) != 0);
		for (char **f = plan->envp; f < e; f++)
			CHECK(strncmp(*e, *f, strcspn(*e, "=") + 1) != 0);
	}
	CHECK(!request->nenv || policy_user_env(plan->box));
}

void
expect_plan(const struct plan *plan, const struct caller *caller,
	const struct request *request)
{
	const struct box *box = plan->box;

	CHECK(plan->ncandidates > 0 && plan->ncwds > 0);
	for (size_t i = 0; i < plan->ncandidates; i++) {
		const struct candidate *c = &plan->candidates[i];

		CHECK(is_clean(c->path));
		CHECK(is_listed(box, c->path, plan->argv + 1));
		CHECK(c->cwd < (int)plan->ncwds);
	}
	for (size_t i = 0; i < plan->ncwds; i++)
		CHECK(is_clean(plan->cwds[i]));
	for (int i = 0; i < LIMITS; i++)
		CHECK(!box->limits.v[i] ||
			(plan->limits.v[i] &&
				plan->limits.v[i] <= box->limits.v[i]));
	CHECK(box->network.kind == NETWORK_HOST || plan->netns ||
		plan->namespaces & CLONE_NEWNET);
	CHECK(!request->no_network || plan->namespaces & CLONE_NEWNET);
	CHECK(plan->must_be_trusted == !is_any(box));
	CHECK(value_is_hostname(plan->hostname));
	check_mounts(plan, caller, request->nbinds);
	check_env(plan, request);
}

void
expect_refusal(const struct policy *policy, const struct box *box,
	const struct caller *caller, const struct refusal *refusal)
{
	CHECK(refusal->status == EXIT_MINIBOX ||
		refusal->status == EXIT_DENIED);
	CHECK(refusal->text && *refusal->text);
	CHECK(refusal->place >= 0);
	/* Who may not enter may not know why. */
	CHECK(box || caller->uid == 0 || refusal->place == 0);
	CHECK(!refusal->place || place_line(&policy->files, refusal->place));
}

/* LOG: one line; what was typed is in quotes, where it can forge no field. */
void
expect_log(const struct logline *l)
{
	char line[LOGLINE_MAX];
	size_t n = logline_make(line, l), fields = 0;

	CHECK(n < LOGLINE_MAX && strlen(line) == n);
	CHECK(expect_is_plain(line, true) && !strchr(line, '\n'));
	if (n == LOGLINE_MAX - 1)
		return; /* cut, maybe within quotes */
	/* Before the first there is nothing that is quoted. */
	for (const char *s = strstr(line, " ; "); s && *s; s++) {
		fields += !strncmp(s, " ; ", 3);
		if (*s != '"')
			continue;
		while (*++s != '"') {
			CHECK(*s);
			if (*s == '\\')
				CHECK(*++s);
		}
	}
	CHECK(fields <= 5); /* why, TTY, PWD, BOX, ROOT and COMMAND */
}

/* Whether its strings and brackets end; all of it in one line. */
void
expect_json(const char *text)
{
	char open[16];
	size_t depth = 0;

	for (; *text != '\n'; text++) {
		CHECK(*text && depth < sizeof(open));
		if (*text == '{' || *text == '[') {
			open[depth++] = *text == '{' ? '}' : ']';
		} else if (*text == '}' || *text == ']') {
			CHECK(depth > 0 && open[--depth] == *text);
		} else if (*text == '"') {
			while (*++text != '"') {
				CHECK((unsigned char)*text >= 0x20);
				if (*text == '\\')
					CHECK(strchr("\"\\/bfnrtu", *++text));
			}
		}
	}
	CHECK(depth == 0 && !text[1]);
}
