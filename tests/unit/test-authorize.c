/* SPDX-License-Identifier: MIT */
/* Who gets in, what runs, and which environment it gets. */
#include "unit.h"

#include "accounts.h"
#include "authorize.h"
#include "env.h"
#include "envname.h"

static const char passwd[] = "alice:x:1:1::/home/alice:/bin/sh\n"
			     "bob:x:2:2::/home/bob:/bin/sh\n"
			     "bob:x:7:7:second:/x:/bin/sh\n"
			     "bob2:x:2:2:the same:/y:/bin/sh\n"
			     "+nis:x:9:9::/:/bin/sh\n"
			     "bad:x:0x1:1::/:/bin/sh\n"
			     "minus:x:4294967295:1::/:/bin/sh\n"
			     "short:x:8\n"
			     "4001:x:55:55::/:/bin/sh\n"
			     "\n"
			     "last:x:10:10::/last:/bin/sh";
static const char group[] = "lab:x:100:bob\nguests:x:200:\n";

static void
test_accounts(void **state)
{
	struct accounts a;
	uint32_t id = 0;

	(void)state;
	accounts_read(&a, passwd, group);
	assert_true(accounts_user(&a, "alice", &id));
	assert_int_equal(id, 1);
	assert_true(accounts_user(&a, "bob", &id));
	assert_int_equal(id, 2); /* the first of the name */
	assert_true(accounts_user(&a, "last", &id));
	assert_int_equal(id, 10);
	assert_false(accounts_user(&a, "+nis", &id));
	assert_false(accounts_user(&a, "bad", &id));
	assert_false(accounts_user(&a, "minus", &id));
	assert_false(accounts_user(&a, "short", &id));
	assert_false(accounts_user(&a, "lab", &id));
	assert_false(accounts_user(&a, "", &id));
	assert_true(accounts_group(&a, "lab", &id));
	assert_int_equal(id, 100);
	assert_string_equal(accounts_by_uid(&a, 2)->name, "bob");
	assert_string_equal(accounts_by_uid(&a, 10)->home, "/last");
	assert_null(accounts_by_uid(&a, 12345));
}

/* One caller against one box. */
static bool
admits(const char *lines, uid_t uid, gid_t gid, gid_t other)
{
	struct caller caller = {
		.uid = uid, .gid = gid, .groups = &other, .ngroups = 1
	};
	const struct item *why;
	struct accounts a;
	struct policy p;
	char text[256];

	(void)snprintf(text, sizeof(text), "[box a]\nrootfs = /a\n%s", lines);
	unit_policy(&p, text);
	accounts_read(&a, passwd, group);
	return authorize_admits(&p.boxes[0], &caller, &a, &why);
}

static void
test_admission(void **state)
{
	(void)state;
	assert_false(admits("", 1, 1, 1));
	assert_true(admits("users = *\n", 1, 1, 1));
	assert_true(admits("users = alice\n", 1, 5, 5));
	assert_false(admits("users = alice\n", 2, 1, 1));
	assert_true(admits("users = 77\n", 77, 5, 5));
	assert_false(admits("users = 77\n", 5, 77, 77));
	/* A name of digits is a number (systemd's 0day user). */
	assert_true(admits("users = 4001\n", 4001, 5, 5));
	assert_false(admits("users = 4001\n", 55, 5, 5));
	assert_true(admits("groups = lab\n", 5, 100, 5));
	assert_true(admits("groups = lab\n", 5, 5, 100));
	/* bob is a member in the file, but not in this session */
	assert_false(admits("groups = lab\n", 2, 2, 2));
	assert_false(admits("users = nosuch\n", 5, 5, 5));
	assert_false(admits("groups = nosuch\n", 5, 5, 5));
	assert_false(admits("users = *\ndeny-users = alice\n", 1, 5, 5));
	assert_true(admits("users = *\ndeny-users = alice\n", 2, 5, 5));
	assert_false(admits("deny-users = 1\nusers = alice\n", 1, 5, 5));
	assert_false(admits("users = *\ndeny-groups = guests\n", 1, 200, 5));
	assert_false(admits("users = *\ndeny-groups = guests\n", 1, 5, 200));
	assert_true(admits("users = *\ndeny-groups = guests\n", 1, 5, 5));
	/* Whom did they mean?  Perhaps you. */
	assert_false(admits("users = *\ndeny-users = nosuch\n", 1, 5, 5));
	assert_false(admits("users = *\ndeny-groups = nosuch\n", 1, 5, 5));
	/* root is no exception */
	assert_false(admits("users = alice\n", 0, 0, 0));
}

static void
test_commands(void **state)
{
	static const struct {
		const char *path, *args[4];
		bool allowed;
	} cases[] = {
		{ "/bin/ls", { "-l", NULL }, true },
		{ "/bin/ls", { NULL }, true },
		{ "/bin/lsx", { NULL }, false },
		{ "/bin", { NULL }, false },
		{ "/opt/t/x", { "y", NULL }, true },
		{ "/opt/t/x/y", { NULL }, false },
		{ "/opt/t", { NULL }, false },
		{ "/opt/tx", { NULL }, false },
		{ "/opt/t/../../bin/sh", { NULL }, false },
		{ "/opt/t/.", { NULL }, false },
		{ "/bin/sh", { NULL }, false },
		{ "/bin/sh", { "-c", "id", NULL }, true },
		{ "/bin/sh", { "-c", NULL }, false },
		{ "/bin/sh", { "-c", "id", "x", NULL }, false },
		{ "/bin/sh", { "-c", "id ", NULL }, false },
		{ "/bin/sh", { "-c id", NULL }, false },
		{ "/bin/sh", { "-c", "", "id", NULL }, false },
		{ "/bin/id", { NULL }, true },
		{ "/bin/id", { "", NULL }, false },
		{ "/bin/id", { "-u", NULL }, false },
		{ "/x/y", { NULL }, false },
		{ "*", { NULL }, false },
		{ "", { NULL }, false },
	};
	struct policy p;

	(void)state;
	unit_policy(&p,
		"[box a]\nrootfs = /a\ncommand = /bin/ls\ncommand = /opt/t/\n"
		"command-exact = /bin/sh -c id\ncommand-exact = /bin/id\n"
		"[box b]\nrootfs = /a\ncommand = *\n");
	for (size_t i = 0; i < COUNT(cases); i++) {
		bool allowed = authorize_command(&p.boxes[0], cases[i].path,
			(char *const *)(uintptr_t)cases[i].args);

		if (allowed != cases[i].allowed)
			fail_msg("%zu: %s", i, cases[i].path);
	}
	assert_non_null(authorize_command(
		&p.boxes[1], "/x", (char *const *)(uintptr_t)cases[0].args));
	assert_null(authorize_command(
		&p.boxes[1], "x", (char *const *)(uintptr_t)cases[0].args));
}

static const char *
value_of(char **env, const char *name)
{
	size_t n = strlen(name);
	const char *found = NULL;

	for (; *env; env++) {
		if (strncmp(*env, name, n) || (*env)[n] != '=')
			continue;
		assert_null(found); /* each name once */
		found = *env + n + 1;
	}
	return found;
}

static void
test_env(void **state)
{
	static const char *const their[] = { "TERM=xterm", "LANG=de_DE.UTF-8",
		"LC_ALL=\033[2J", "LC_TIME=C", "HOME=/evil", "PATH=/evil",
		"LD_PRELOAD=/evil", "BASH_ENV=/evil", "KEPT=1", "KEPT=2",
		"PRE_A=1", "OTHER=1", "noequals", "=x", "BAD NAME=1", NULL };
	struct caller caller = { .name = "alice",
		.env = (char **)(uintptr_t)their };
	const char *typed[] = { "SET=typed", "OTHER", "MISSING" };
	struct request r = { .env = typed, .nenv = 3 };
	struct refusal refusal = { 0 };
	struct policy p;
	char **env;

	(void)state;
	unit_policy(&p,
		"[box a]\nrootfs = /a\nenv-keep = KEPT, PRE_*, B*\n"
		"env-set = SET=policy\nenv-set = HOME=/set\nuser-env = yes\n"
		"command = /bin/ls\n");
	env = env_build(&p.boxes[0], &caller, "/home/alice", &r, &refusal);
	assert_non_null(env);
	assert_string_equal(env[0], "PWD=");
	assert_string_equal(value_of(env, "TERM"), "xterm");
	assert_string_equal(value_of(env, "LC_TIME"), "C");
	assert_null(value_of(env, "LC_ALL"));
	assert_string_equal(value_of(env, "HOME"), "/set");
	assert_string_equal(value_of(env, "PATH"), p.boxes[0].path);
	assert_string_equal(value_of(env, "USER"), "alice");
	assert_string_equal(value_of(env, "LOGNAME"), "alice");
	assert_string_equal(value_of(env, "SHELL"), "/bin/sh");
	assert_string_equal(value_of(env, "container"), "minibox");
	assert_string_equal(value_of(env, "MINIBOX_BOX"), "a");
	assert_string_equal(value_of(env, "KEPT"), "1");
	assert_string_equal(value_of(env, "PRE_A"), "1");
	assert_string_equal(value_of(env, "SET"), "typed");
	assert_string_equal(value_of(env, "OTHER"), "1");
	assert_null(value_of(env, "MISSING"));
	assert_null(value_of(env, "LD_PRELOAD"));
	assert_null(value_of(env, "BASH_ENV"));
	assert_null(value_of(env, "BAD NAME"));
}

static void
test_env_refusals(void **state)
{
	static const struct {
		const char *lines, *typed;
		bool allowed;
	} cases[] = {
		{ "command = *\n", "A=1", true },
		{ "command = *\n", "PYTHONPATH=/x", true },
		{ "command = *\n", "LD_PRELOAD=/x", false },
		{ "command = *\n", "PATH=/x", false },
		{ "command = *\n", "TERM=xterm", true },
		{ "command = *\n", "TERM=a b", false },
		{ "command = *\n", "1A=1", false },
		{ "command = *\n", "=1", false },
		{ "command = *\nuser-env = no\n", "A=1", false },
		{ "command = /bin/\n", "A=1", false },
		{ "command = /bin/\nuser-env = yes\n", "A=1", true },
		{ "command = /bin/\nuser-env = yes\n", "PYTHONPATH=/", false },
		{ "command = /bin/\nuser-env = yes\n", "GIT_DIR=/", false },
		{ "command = /bin/\nuser-env = yes\n", "GITX=/", true },
	};
	static char *none[] = { NULL };
	struct caller caller = { .name = "alice", .env = none };
	char text[256];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *typed[] = { cases[i].typed };
		struct request r = { .env = typed, .nenv = 1 };
		struct refusal refusal = { 0 };
		struct policy p;
		char **env;

		(void)snprintf(text, sizeof(text), "[box a]\nrootfs = /a\n%s",
			cases[i].lines);
		unit_policy(&p, text);
		env = env_build(&p.boxes[0], &caller, "/", &r, &refusal);
		if (!env == cases[i].allowed)
			fail_msg("%s%s", cases[i].lines, cases[i].typed);
		if (!env)
			assert_true(
				refusal.status == 125 || refusal.status == 126);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accounts),
		cmocka_unit_test(test_admission),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_env),
		cmocka_unit_test(test_env_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
