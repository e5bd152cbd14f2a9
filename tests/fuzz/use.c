/* SPDX-License-Identifier: MIT */
/* What does minibox tell callers of a policy that it accepted? */
#include "use.h"

#include <string.h>

#include "advice.h"
#include "arena.h"
#include "binds.h"
#include "expect.h"
#include "explain.h"
#include "path.h"
#include "xalloc.h"

enum { BOXES_MAX = 4 }; /* of a policy, that are looked into */

const struct accounts *
use_accounts(void)
{
	struct accounts *accounts = xcalloc(1, sizeof(*accounts));

	accounts_read(accounts,
		"root:x:0:0:root:/root:/bin/sh\n"
		"alice:x:4001:4001:Alice:/home/alice:/bin/sh\n"
		"bob:x:4002:4002:Bob:/home/students/bob:/bin/sh\n"
		"odd name:x:4004:4004:Odd:/srv/odd:/bin/sh\n",
		"root:x:0:\n"
		"lab:x:5001:bob\n"
		"guests:x:5002:\n");
	return accounts;
}

/* One of each kind: known; with a home elsewhere and a name that no path may
 * have; unknown, with a home that a terminal would obey; without any. */
struct caller
use_caller(size_t i, const struct accounts *accounts)
{
	static char *env[][8] = {
		{ "TERM=xterm", "LANG=../../etc", "PATH=/evil", "EDITOR=vi",
			"LD_PRELOAD=/evil", "BASH_ENV=/evil", NULL },
		{ "TERM=\x1b[31m", "LC_ALL=C", "LC_ALL=D", "=", NULL },
		{ "HOME=/lab/\x1b[31m", "EDITOR=\x1b]0;", NULL },
		{ "HOME=/home/../\x1b[31m", "container=evil", NULL },
	};
	static gid_t groups[] = { 4001, 5001, 7000 };
	static const struct caller who[USE_CALLERS] = {
		{ .uid = 4001,
			.gid = 4001,
			.ngroups = 2,
			.cwd = "/home/alice/x" },
		{ .uid = 4004, .gid = 5002, .ngroups = 3, .cwd = "/w/\n" },
		{ .uid = 70000, .gid = 300, .ngroups = 1, .cwd = "/" },
		{ .uid = 4294967294, .gid = 0 },
	};
	struct caller caller = who[i];

	caller.groups = groups;
	caller.env = env[i];
	caller_identify(&caller, accounts);
	return caller;
}

static void
log_permit(const struct caller *caller, const struct plan *plan)
{
	expect_log(&(struct logline){
		.kind = LOGLINE_PERMIT,
		.caller = caller,
		.box = plan->box->name,
		.root = plan->box->rootfs,
		.argv = plan->argv,
	});
}

static void
log_deny(const struct caller *caller, const struct request *request,
	const struct refusal *refusal)
{
	expect_log(&(struct logline){
		.kind = LOGLINE_DENY,
		.caller = caller,
		.why = refusal->brief ? refusal->brief : refusal->text,
		.box = request->box,
		.argv = request->command,
	});
}

bool
use_request(FILE *out, const struct policy *policy, const struct caller *caller,
	const struct request *request, struct plan *plan)
{
	struct refusal refusal = { 0 };
	const struct box *box = authorize_choose(
		policy, request->box, caller, caller->accounts, &refusal);

	if (box)
		CHECK(expect_admitted(box, caller));
	if (box && request->box)
		CHECK(!strcmp(box->name, request->box));
	if (box && plan_make(plan, box, caller, request, &refusal)) {
		CHECK(plan->box == box && plan->uid == caller->uid);
		expect_plan(plan, caller, request);
		explain_permit(out, policy, plan);
		log_permit(caller, plan);
		return true;
	}
	expect_refusal(policy, box, caller, &refusal);
	explain_deny(out, policy, box, &refusal);
	log_deny(caller, request, &refusal);
	return false;
}

/* A line of -l is one that may be asked for. */
static const char *
own_bind(const struct box *box, const struct caller *caller, size_t way)
{
	const struct list *list = &box->allow_bind;
	const char *line =
		list->n ? binds_line(box, &list->v[way % list->n], caller)
			: NULL;
	struct value_bind asked;
	struct refusal refusal;
	struct bind bind;

	if (!line)
		return "/w/x:/u/x";
	CHECK(!value_bind(line, &asked));
	if (path_is_clean(asked.source) && path_is_clean(asked.target)) {
		CHECK(binds_choose(&bind, box, &asked, caller, &refusal));
		CHECK(!bind.writable || asked.writable);
	}
	return line;
}

struct words {
	char **v;
	size_t n, room;
};

static void
add(struct words *words, const char *word)
{
	words->v =
		xgrow(words->v, words->n + 1, &words->room, sizeof(*words->v));
	words->v[words->n++] = xstrdup(word);
	words->v[words->n] = NULL;
}

/* Adds a command that the box allows, if it allows any; with one word more, it
 * may be another that it does not. */
static void
add_own_command(struct words *words, const struct box *box, bool more)
{
	const struct list *exact = &box->command_exact;
	const char *text = exact->n ? exact->v[0].text : "*";
	size_t from = words->n;

	if (box->command.n)
		text = box->command.v[0].text;
	if (!strcmp(text, "*"))
		text = "/bin/sh";
	for (; *text; text += *text == ' ') {
		size_t n = strcspn(text, " ");

		add(words, xstrndup(text, n));
		text += n;
	}
	if (box->command.n && words->v[from][strlen(words->v[from]) - 1] == '/')
		words->v[from] = xasprintf("%sx", words->v[from]);
	if (box->command.n + exact->n && path_is_clean(words->v[from]))
		CHECK(authorize_command(
			box, words->v[from], words->v + from + 1));
	if (more)
		add(words, "x");
}

/* What a caller asks of a box, in one of several ways. */
static void
ask(FILE *out, const struct policy *policy, const struct caller *caller,
	const struct box *box, size_t way)
{
	static const char *const rows[][8] = {
		{ "-e", "A=b", "-e", "TERM=x", "--network=none", "ls",
			"\x1b[31m", NULL },
		{ "-B", "/w/x:/u/x", "--memory=2M", "--timeout=1",
			"--status-fd=3", "/bin/ls", "-l", NULL },
		{ "-C", "/tmp", "./a/b", "", "c d", NULL },
		{ "--hostname=h", "-c", "id", NULL },
		{ NULL },
	};
	const char *const *row = rows[way / 2 % COUNT(rows)];
	struct words words = { 0 };
	struct request request;
	struct plan plan;

	add(&words, "minibox");
	add(&words, "-n");
	if (box) {
		add(&words, "-b");
		add(&words, box->name);
	}
	if (box && way % 2) {
		add(&words, "-B");
		add(&words, own_bind(box, caller, way / 4));
		add(&words, "--");
		add_own_command(&words, box, way / 2 % 2);
	} else {
		for (; *row; row++)
			add(&words, *row);
	}
	CHECK(!request_parse(&request, (int)words.n, words.v));
	(void)use_request(out, policy, caller, &request, &plan);
}

void
use_list(FILE *out, const struct policy *policy, const struct caller *caller,
	const struct list_request *request)
{
	bool admitted = false, any;
	char *text;
	size_t size;
	FILE *own = arena_memstream(&text, &size);

	any = list_boxes(own, policy, request, caller, caller->accounts);
	(void)fclose(own);
	for (size_t i = 0; i < policy->nboxes; i++)
		admitted |= (!request->box || !strcmp(request->box,
						      policy->boxes[i].name)) &&
			    expect_admitted(&policy->boxes[i], caller);
	CHECK(any == admitted);
	if (request->json)
		expect_json(text);
	fputs(text, out);
}

const char *
use_policy(const struct policy *policy, const struct policy *all,
	const struct caller *caller, size_t salt)
{
	static const struct box nobodys = { .name = "zzz" };
	struct list_request list = { .full = true };
	char *text = NULL;
	size_t size;
	FILE *out = arena_memstream(&text, &size);

	use_list(out, policy, caller, &list);
	list.json = true;
	use_list(out, policy, caller, &list);
	list.box = nobodys.name;
	use_list(out, policy, caller, &list);
	ask(out, policy, caller, &nobodys, 0);
	ask(out, policy, caller, NULL, salt);
	for (size_t b = 0; b < all->nboxes && b < BOXES_MAX; b++)
		ask(out, policy, caller, &all->boxes[b], salt + b);
	(void)fclose(out);
	CHECK(expect_is_plain(text, false));
	return text;
}

void
use_advice(const struct policy *policy, const struct accounts *accounts)
{
	struct faults warnings = { 0 };

	advice_policy(policy, accounts, &warnings);
	for (size_t i = 0; i < warnings.n; i++) {
		CHECK(expect_is_plain(warnings.v[i].text, true));
		/* Without a box, the file as a whole. */
		CHECK(policy->nboxes == 0 ||
			place_line(&policy->files, warnings.v[i].place) > 0);
	}
}
