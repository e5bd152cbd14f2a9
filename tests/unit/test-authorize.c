/* SPDX-License-Identifier: MIT */
/* May he: which box, which command, and what is he told if not? */
#include "tables.h"

#include <stdio.h>

#include "authorize.h"
#include "die.h"

#define BOX "[box b]\nrootfs = /r\n" /* what is added stands in line 3 */

/* alice has 1000, and the groups 1000, 200 (lab) and 300. */
static void
admits(void **state)
{
	static const struct {
		const char *lines;
		bool admitted;
		int line; /* that decided; 0: none did */
	} t[] = {
		{ "", false, 0 },
		{ "users = none\ngroups = none\n", false, 0 },
		{ "users = *\n", true, 3 },
		{ "users = alice\n", true, 3 },
		{ "users = 1000\n", true, 3 },
		{ "users = 0000001000\n", true, 3 },
		{ "users = bob, alice\n", true, 3 },
		{ "users = bob\nusers = alice\n", true, 4 },
		{ "users = bob\n", false, 0 },
		{ "users = 0\n", false, 0 },
		{ "users = 1001\n", false, 0 },
		{ "users = 100\n", false, 0 },
		{ "users = Alice\n", false, 0 },
		{ "users = alic, alicee\n", false, 0 },
		{ "users = nobody-knows\n", false, 0 },
		/* Numbers of groups are none of users, nor names. */
		{ "users = 200\n", false, 0 },
		{ "users = lab\n", false, 0 },
		{ "groups = lab\n", true, 3 },
		{ "groups = 200\n", true, 3 },
		{ "groups = 300\n", true, 3 },
		{ "groups = 1000\n", true, 3 },
		{ "groups = alice\n", true, 3 },
		{ "groups = root, lab\n", true, 3 },
		{ "groups = 0\n", false, 0 },
		{ "groups = 301\n", false, 0 },
		{ "groups = nobody-knows\n", false, 0 },
		/* The file has alice in staff; her process has not. */
		{ "groups = staff\n", false, 0 },
		{ "users = bob\ngroups = staff, lab\n", true, 4 },
		/* Deny always wins, in whatever order. */
		{ "users = *\ndeny-users = alice\n", false, 4 },
		{ "deny-users = alice\nusers = *\n", false, 3 },
		{ "users = alice\ndeny-users = 1000\n", false, 4 },
		{ "users = *\ndeny-users = bob\n", true, 3 },
		{ "users = *\ndeny-users = none\n", true, 3 },
		{ "users = *\ndeny-users = bob, 1000\n", false, 4 },
		{ "users = *\ndeny-groups = lab\n", false, 4 },
		{ "users = *\ndeny-groups = 300\n", false, 4 },
		{ "users = *\ndeny-groups = 1000\n", false, 4 },
		{ "users = *\ndeny-groups = staff\n", true, 3 },
		{ "groups = lab\ndeny-users = alice\n", false, 4 },
		{ "users = alice\ngroups = lab\ndeny-groups = 300\n", false,
			5 },
		/* Who may have been meant is not let in. */
		{ "users = *\ndeny-users = alise\n", false, 4 },
		{ "users = *\ndeny-groups = labb\n", false, 4 },
		{ "users = *\ndeny-users = lab\n", false, 4 },
		{ "users = *\ndeny-users = 77\n", true, 3 },
		{ "users = *\ndeny-groups = 77\n", true, 3 },
		{ "deny-users = bob\n", false, 0 },
	};
	const struct caller caller = unit_caller();

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct box *b = unit_box(xasprintf(BOX "%s", t[i].lines));
		const struct item *why = NULL;

		if (authorize_admits(b, &caller, unit_accounts(), &why) !=
				t[i].admitted ||
			(why ? why->place : 0) != t[i].line)
			fail_msg("%s", t[i].lines);
	}
}

/* The ends of the numbers, a caller without groups, root. */
static void
callers(void **state)
{
	static const struct {
		const char *lines;
		uid_t uid;
		gid_t gid;
		bool admitted;
	} t[] = {
		{ "users = 4294967294\n", 4294967294, 5, true },
		{ "users = 4294967294\n", 4294967293, 5, false },
		{ "users = 0\n", 0, 0, true },
		{ "users = root\n", 0, 0, true },
		{ "users = alice\n", 0, 0, false },
		{ "groups = 0\n", 5, 0, true },
		{ "groups = 0\n", 0, 5, false },
		{ "users = 5\n", 6, 5, false },
		{ "groups = 5\n", 5, 6, false },
		{ "users = *\ndeny-users = 0\n", 0, 0, false },
		{ "users = *\ndeny-groups = 0\n", 5, 0, false },
		{ "users = *\ndeny-groups = 0\n", 0, 5, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct caller caller = { .uid = t[i].uid,
			.gid = t[i].gid };
		const struct box *b = unit_box(xasprintf(BOX "%s", t[i].lines));
		const struct item *why;

		if (authorize_admits(b, &caller, unit_accounts(), &why) !=
			t[i].admitted)
			fail_msg(
				"%s for %u:%u", t[i].lines, t[i].uid, t[i].gid);
	}
}

/* A user whose name is a number is not that number, nor the other way. */
static void
numeric_names(void **state)
{
	const struct box *b = unit_box(BOX "users = 4001\n");
	struct caller caller = unit_caller();
	const struct item *why;
	struct accounts accounts;

	(void)state;
	accounts_read(&accounts, "4001:x:55:55::/:/bin/sh\n", "");
	caller.uid = 55;
	assert_false(authorize_admits(b, &caller, &accounts, &why));
	caller.uid = 4001;
	assert_true(authorize_admits(b, &caller, &accounts, &why));
}

static const char three[] = "[minibox]\n"
			    "default-box = second\n"
			    "[box first]\n"
			    "rootfs = /r\n"
			    "users = alice\n"
			    "[box second]\n"
			    "rootfs = /r\n"
			    "users = bob\n"
			    "[box third]\n"
			    "rootfs = /r\n"
			    "users = 77, 1001\n"
			    "deny-users = 78\n"
			    "[box fourth]\n"
			    "rootfs = /r\n"
			    "users = 78\n"
			    "[box fifth]\n"
			    "rootfs = /r\n"
			    "users = 77\n";

static void
choose(void **state)
{
	static const struct {
		const char *name; /* of -b, or NULL */
		uid_t uid;
		const char *box; /* NULL: refused, */
		int status;      /* with this status */
		const char *text;
	} t[] = {
		{ NULL, 1000, "first", 0, NULL },  /* his only one */
		{ NULL, 1001, "second", 0, NULL }, /* the default */
		{ "third", 1001, "third", 0, NULL },
		{ "first", 1000, "first", 0, NULL },
		{ "second", 1000, NULL, 126,
			"box 'second' is not available to you; "
			"see: minibox -l" },
		{ "nowhere", 1000, NULL, 126,
			"box 'nowhere' is not available to you; "
			"see: minibox -l" },
		{ "", 1000, NULL, 126,
			"box '' is not available to you; see: minibox -l" },
		{ "First", 1000, NULL, 126,
			"box 'First' is not available to you (did you mean "
			"'first'?); see: minibox -l" },
		{ NULL, 77, NULL, 125,
			"which box? name one with -b: third, fifth" },
		{ NULL, 5, NULL, 126,
			"no box is available to you; "
			"ask your administrator" },
		{ NULL, 0, NULL, 126,
			"no box is available to you; "
			"ask your administrator" },
	};
	const struct policy *p = unit_policy(three);

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct caller caller = { .uid = t[i].uid, .gid = 9 };
		struct refusal refusal = { 0 };
		const struct box *box = authorize_choose(
			p, t[i].name, &caller, unit_accounts(), &refusal);

		if (!box != !t[i].box || (box && strcmp(box->name, t[i].box)) ||
			refusal.status != t[i].status || refusal.place != 0 ||
			(!box && strcmp(refusal.text, t[i].text)))
			fail_msg("row %zu: %s", i,
				box ? box->name : refusal.text);
	}
}

/* Only root may know whether there is such a box, and which line decided. */
static void
choose_tells_root(void **state)
{
	static const struct {
		const char *name;
		int line;
	} t[] = {
		{ "first", 3 }, /* nothing matched: the [box] line */
		{ "third", 9 },
		{ "nowhere", 0 },
	};
	const struct policy *p = unit_policy(three);
	const struct policy *q =
		unit_policy(BOX "users = *\ndeny-users = root\n");
	const struct caller root = { .uid = 0 }, eve = { .uid = 5 };
	struct refusal refusal;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		assert_null(authorize_choose(
			p, t[i].name, &root, unit_accounts(), &refusal));
		assert_int_equal(refusal.place, t[i].line);
		assert_int_equal(refusal.status, EXIT_DENIED);
		assert_null(authorize_choose(
			p, t[i].name, &eve, unit_accounts(), &refusal));
		assert_int_equal(refusal.place, 0);
	}
	assert_null(authorize_choose(q, "b", &root, unit_accounts(), &refusal));
	assert_int_equal(refusal.place, 4);
	assert_non_null(
		authorize_choose(q, "b", &eve, unit_accounts(), &refusal));
}

/* The same words for what does not exist and for what is closed to him. */
static void
choose_hides(void **state)
{
	const struct policy *with = unit_policy(BOX "users = bob\n");
	const struct policy *without =
		unit_policy("[box c]\nrootfs = /r\nusers = bob\n");
	const struct caller eve = { .uid = 5 };
	struct refusal a = { 0 }, b = { 0 };

	(void)state;
	assert_null(authorize_choose(with, "b", &eve, unit_accounts(), &a));
	assert_null(authorize_choose(without, "b", &eve, unit_accounts(), &b));
	assert_string_equal(a.text, b.text);
	assert_int_equal(a.status, b.status);
	assert_int_equal(a.place, b.place);
}

/* No more than 20 names, and only of boxes that admit the caller. */
static void
choose_among_many(void **state)
{
	const struct caller caller = unit_caller();

	(void)state;
	for (int boxes = 2; boxes <= 22; boxes++) {
		struct refusal refusal = { 0 };
		char *text = xstrdup("[box hidden]\nrootfs = /r\n");
		const char *more;

		for (int i = 0; i < boxes; i++)
			text = xasprintf("%s[box n%d]\nrootfs = /r\n"
					 "users = *\n",
				text, i);
		assert_null(authorize_choose(unit_policy(text), NULL, &caller,
			unit_accounts(), &refusal));
		assert_int_equal(refusal.status, EXIT_MINIBOX);
		assert_null(strstr(refusal.text, "hidden"));
		assert_non_null(strstr(refusal.text, ": n0, n1"));
		assert_int_equal(!!strstr(refusal.text, "n19"), boxes >= 20);
		assert_null(strstr(refusal.text, "n20"));
		more = strstr(refusal.text, ", ...");
		assert_int_equal(!!more, boxes > 20);
	}
}

/* Command lines with `|` between their words. */
static void
commands(void **state)
{
	static const char lines[] = BOX "command = /bin/ls\n"
					"command = /opt/bin/\n"
					"command-exact = /bin/run -a b\n"
					"command-exact = /bin/alone\n"
					"command-exact = /bin/star *\n";
	static const struct {
		const char *words;
		int line; /* 0: refused */
	} t[] = {
		{ "/bin/ls", 3 },
		{ "/bin/ls|-l|/", 3 },
		{ "/bin/ls|", 3 },
		{ "/opt/bin/x", 4 },
		{ "/opt/bin/ls|y", 4 },
		{ "/opt/bin/a b", 4 },
		{ "/bin/run|-a|b", 5 },
		{ "/bin/alone", 6 },
		{ "/bin/star|*", 7 },
		{ "/bin/lss", 0 },
		{ "/bin/l", 0 },
		{ "/bin/LS", 0 },
		{ "/bin", 0 },
		{ "/usr/bin/ls", 0 },
		{ "/opt/bin", 0 },
		{ "/opt/bin/", 0 },
		{ "/opt/bin/x/y", 0 },
		{ "/opt/binx", 0 },
		{ "/opt/x", 0 },
		{ "ls", 0 },
		{ "bin/ls", 0 },
		{ "", 0 },
		{ "*", 0 },
		{ "/", 0 },
		/* What is not clean matches nothing, whatever it leads to. */
		{ "//bin/ls", 0 },
		{ "/bin//ls", 0 },
		{ "/bin/ls/", 0 },
		{ "/bin/./ls", 0 },
		{ "/opt/../bin/ls", 0 },
		{ "/opt/bin/..", 0 },
		{ "/opt/bin/.", 0 },
		{ "/opt/bin/../../bin/sh", 0 },
		/* Exactly these words. */
		{ "/bin/run", 0 },
		{ "/bin/run|-a", 0 },
		{ "/bin/run|-a|b|c", 0 },
		{ "/bin/run|-a|b|", 0 },
		{ "/bin/run|-a b", 0 },
		{ "/bin/run|-a|bb", 0 },
		{ "/bin/run|-a|B", 0 },
		{ "/bin/run|-a||b", 0 },
		{ "/bin/run||-a|b", 0 },
		{ "/bin/run|b|-a", 0 },
		{ "/bin/run -a b", 0 },
		{ "/bin/run|-a|b\n", 0 },
		{ "/bin/alone|x", 0 },
		{ "/bin/alone|", 0 },
		{ "/bin/star|x", 0 },
		{ "/bin/star|", 0 },
	};
	const struct box *b = unit_box(lines);

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		int n;
		char **w = unit_words(t[i].words, &n);
		const struct item *it = authorize_command(b, w[0], w + 1);

		if ((it ? it->place : 0) != t[i].line)
			fail_msg("%s: line %d", t[i].words, it ? it->place : 0);
	}
}

static void
command_kinds(void **state)
{
	static const struct {
		const char *lines, *path;
		bool allowed;
	} t[] = {
		{ "", "/bin/ls", false },
		{ "command = none\n", "/bin/ls", false },
		{ "command = none\n", "/none", false },
		{ "command = *\n", "/bin/ls", true },
		{ "command = *\n", "/any/where/*", true },
		{ "command = *\n", "bin/ls", false },
		{ "command = *\n", "/bin/../ls", false },
		{ "command = *\n", "", false },
		{ "command = /x\ncommand = *\n", "/bin/ls", true },
		{ "command = /\n", "/ls", true },
		{ "command = /\n", "/bin/ls", false },
		/* There are no patterns. */
		{ "command = /bin/*\n", "/bin/ls", false },
		{ "command = /bin/*\n", "/bin/*", true },
		{ "command = /bin/l?\n", "/bin/ls", false },
		{ "[defaults]\ncommand = /bin/ls\n", "/bin/ls", true },
		{ "command = /x\n[defaults]\ncommand = *\n", "/bin/ls", false },
	};
	static char *none[] = { NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (!authorize_command(
			    unit_box(xasprintf(BOX "%s", t[i].lines)),
			    t[i].path, none) == t[i].allowed)
			fail_msg("%s%s", t[i].lines, t[i].path);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(admits),
		cmocka_unit_test(callers),
		cmocka_unit_test(numeric_names),
		cmocka_unit_test(choose),
		cmocka_unit_test(choose_tells_root),
		cmocka_unit_test(choose_hides),
		cmocka_unit_test(choose_among_many),
		cmocka_unit_test(commands),
		cmocka_unit_test(command_kinds),
	};

	return cmocka_run_group_tests_name("authorize", tests, NULL, NULL);
}
