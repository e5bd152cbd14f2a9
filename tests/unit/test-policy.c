/* SPDX-License-Identifier: MIT */
/* Every key: what it takes, what it refuses, where it may stand, what it is
 * when nobody gives it. */
#include "unit.h"

struct value {
	const char *entry; /* a line of a box */
	const char *fault; /* NULL: right */
};

static void
test_values(void **state)
{
	static const struct value cases[] = {
		{ "description = anything, at all", NULL },
		{ "users = alice", NULL },
		{ "users = alice, bob ,carol", NULL },
		{ "users = 0", NULL },
		{ "users = 4294967294", NULL },
		{ "users = 4294967295", "at most" },
		{ "users = 4294967296", "at most" },
		{ "users = 99999999999999999999", "at most" },
		{ "users = 0x10", "neither" },
		{ "users = -1", "neither" },
		{ "users = 1001x", "neither" },
		{ "users = al ice", "neither" },
		{ "users = alice,,bob", "empty item" },
		{ "users = alice,", "empty item" },
		{ "users = ,", "empty item" },
		{ "users = *", NULL },
		{ "users = *, alice", "neither" },
		{ "users = none", NULL },
		{ "users = none, alice", "none and something" },
		{ "users = none\nusers = alice", "none and something" },
		{ "users = alice\nusers = none", "none and something" },
		{ "users = alice\nusers = bob", NULL },
		{ "groups = lab, 5001", NULL },
		{ "groups = *", "users only" },
		{ "deny-users = eve", NULL },
		{ "deny-users = *", "users only" },
		{ "deny-groups = guests", NULL },
		{ "deny-groups = *", "users only" },
		{ "command = *", NULL },
		{ "command = /bin/sh", NULL },
		{ "command = /bin/", NULL },
		{ "command = /bin/sh\ncommand = /bin/ls", NULL },
		{ "command = none", NULL },
		{ "command = bin/sh", "must be *" },
		{ "command = /bin/sh -c id", "must be *" },
		{ "command = /bin/sh,/bin/ls", "must be *" },
		{ "command = /bin//sh", "must be *" },
		{ "command = /bin/../bin/sh", "must be *" },
		{ "command = /bin/*", NULL }, /* a file named *: no patterns */
		{ "command-exact = /bin/sh", NULL },
		{ "command-exact = /bin/sh -c id", NULL },
		{ "command-exact = /bin/sh  -c", "one blank" },
		{ "command-exact = sh -c id", "absolute path" },
		{ "command-exact = /bin/ -c", "absolute path" },
		{ "command = *\ncommand-exact = /bin/sh", "says nothing" },
		{ "command = *\nshell = /bin/bash", NULL },
		{ "command = /bin/\nshell = /bin/bash", NULL },
		{ "command = /bin/bash\nshell = /bin/bash", NULL },
		{ "command-exact = /bin/bash -l\nshell = /bin/bash", NULL },
		{ "command-exact = /bin/bashful\nshell = /bin/bash",
			"does not allow" },
		{ "command = /bin/sh\nshell = /bin/bash", "does not allow" },
		{ "shell = bash", "absolute path" },
		{ "shell = none", "absolute path" },
		{ "path = /bin", NULL },
		{ "path = /bin:/usr/bin", NULL },
		{ "path = /bin:", "absolute directories" },
		{ "path = :/bin", "absolute directories" },
		{ "path = /bin:.", "absolute directories" },
		{ "path = /bin/", "absolute directories" },
		{ "root = ro", NULL },
		{ "root = rw", "not one of: ro" },
		{ "home = none", NULL },
		{ "home = tmpfs", NULL },
		{ "home = yes", "not one of: tmpfs, none" },
		{ "proc = full", NULL },
		{ "proc = pid", NULL },
		{ "proc = none", NULL },
		{ "proc = no", "not one of" },
		{ "sys = ro", NULL },
		{ "sys = none", NULL },
		{ "sys = rw", "not one of" },
		{ "network = host", NULL },
		{ "network = none", NULL },
		{ "network = HOST", "not one of" },
		{ "hostname = a.b-c_d", NULL },
		{ "hostname = %b", NULL },
		{ "hostname = x-%b-%b", NULL },
		{ "hostname = %u", "must be 1 to 64" },
		{ "hostname = -a", "must be 1 to 64" },
		{ "hostname = a b", "must be 1 to 64" },
		{ "syscalls = default", NULL },
		{ "syscalls = none", NULL },
		{ "syscalls = all", "not one of" },
		{ "env-keep = EDITOR, PG*", NULL },
		{ "env-keep = none", NULL },
		{ "env-keep = *", "neither NAME" },
		{ "env-keep = A B", "neither NAME" },
		{ "env-keep = 1A", "neither NAME" },
		{ "env-keep = PATH", "never kept" },
		{ "env-keep = LD_PRELOAD", "never kept" },
		{ "env-keep = LD_*", "never kept" },
		{ "env-keep = PYTHONPATH", "never kept" },
		{ "command = *\nenv-keep = PYTHONPATH", NULL },
		{ "command = *\nenv-keep = LD_PRELOAD", "never kept" },
		{ "env-set = A=b c", NULL },
		{ "env-set = A=", NULL },
		{ "env-set = none", NULL },
		{ "env-set = A", "NAME=VALUE" },
		{ "env-set = =b", "NAME=VALUE" },
		{ "user-env = yes", NULL },
		{ "user-env = no", NULL },
		{ "user-env = true", "not one of: no, yes" },
		{ "umask = 022", NULL },
		{ "umask = 0777", NULL },
		{ "umask = none", NULL },
		{ "umask = 22", "octal" },
		{ "umask = 1777", "octal" },
		{ "umask = 088", "octal" },
		{ "no-such-key = 1", "unknown key" },
		{ "default-box = a", "does not belong" },
		{ "proc = full\nproc = full", "given twice" },
		{ "umask = 022\numask = 022", "given twice" },
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct faults faults;
		struct policy policy;

		(void)snprintf(text, sizeof(text),
			"[box a]\nrootfs = /srv/a\n%s\n", cases[i].entry);
		faults = unit_parse(&policy, text);
		if (!cases[i].fault != !faults.n)
			fail_msg("<%s>: %s", cases[i].entry,
				faults.n ? faults.v[0].text : "accepted");
		if (faults.n && !strstr(faults.v[0].text, cases[i].fault))
			fail_msg("<%s>: %s", cases[i].entry, faults.v[0].text);
		if (faults.n && (faults.v[0].line < 3 || faults.v[0].line > 4))
			fail_msg("<%s>: line %d", cases[i].entry,
				faults.v[0].line);
	}
}

static void
test_rootfs(void **state)
{
	static const struct value cases[] = {
		{ "/srv/a", NULL },
		{ "/", "must not be /" },
		{ "/etc", "must not be /" },
		{ "/etcetera", NULL },
		{ "/srv/a/", "absolute path" },
		{ "/srv//a", "absolute path" },
		{ "/srv/../etc", "absolute path" },
		{ "srv", "absolute path" },
		{ "/srv/a b", "absolute path" },
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		(void)snprintf(text, sizeof(text), "[box a]\nrootfs = %s\n",
			cases[i].entry);
		unit_expect(text, 2, cases[i].fault);
	}
	unit_expect("[box a]\nusers = *\n", 1, "no rootfs");
}

static void
test_places(void **state)
{
	(void)state;
	unit_expect("users = *\n", 1, "before the first section");
	unit_expect("[minibox]\nusers = *\n", 2, "does not belong");
	unit_expect("[defaults]\nusers = *\n", 2, "does not belong");
	unit_expect("[defaults]\ngroups = 1\n", 2, "does not belong");
	unit_expect("[defaults]\ndeny-users = 1\n", 2, "does not belong");
	unit_expect("[defaults]\ndeny-groups = 1\n", 2, "does not belong");
	unit_expect("[defaults]\ndescription = x\n", 2, "does not belong");
	unit_expect("[defaults]\nrootfs = /x\n", 2, "does not belong");
	unit_expect("[defaults]\ndefault-box = x\n", 2, "does not belong");
	unit_expect("[defaults]\nproc = pid\n", 0, NULL);
	unit_expect(
		"[minibox]\ndefault-box = a\n[box a]\nrootfs = /x\n", 0, NULL);
	unit_expect("[minibox]\ndefault-box = b\n[box a]\nrootfs = /x\n", 2,
		"there is no [box b]");
	unit_expect("[minibox]\ndefault-box = none\n", 0, NULL);
}

static void
test_defaults(void **state)
{
	struct policy p;
	const struct box *a, *b;

	(void)state;
	unit_policy(&p,
		"[defaults]\nproc = pid\ncommand = /bin/a\ncommand = /bin/b\n"
		"hostname = h-%b\numask = 027\n"
		"[box b]\nrootfs = /b\n"
		"[box a]\nrootfs = /a\nproc = none\ncommand = /bin/c\n"
		"umask = none\n"
		"[box c]\nrootfs = /c\ncommand = none\n");
	a = policy_find(&p, "a");
	b = policy_find(&p, "b");
	assert_int_equal(a->proc, PROC_NONE);
	assert_int_equal(b->proc, PROC_PID);
	assert_int_equal(a->command.n, 1); /* replaced, not added to */
	assert_string_equal(a->command.v[0].text, "/bin/c");
	assert_int_equal(b->command.n, 2);
	assert_int_equal(b->command.v[1].line, 4);
	assert_int_equal(policy_find(&p, "c")->command.n, 0);
	assert_string_equal(a->hostname, "h-a");
	assert_string_equal(b->hostname, "h-b");
	assert_int_equal(a->umask, -1);
	assert_int_equal(b->umask, 027);
	assert_null(policy_find(&p, "d"));
	assert_null(policy_find(&p, ""));
}

static void
test_builtin(void **state)
{
	struct policy p;
	const struct box *box;

	(void)state;
	unit_policy(&p, "[box a]\nrootfs = /a\n");
	box = policy_find(&p, "a");
	assert_string_equal(box->shell, "/bin/sh");
	assert_string_equal(box->path,
		"/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:"
		"/sbin");
	assert_string_equal(box->hostname, "container-box");
	assert_int_equal(box->root, ROOT_RO);
	assert_int_equal(box->home, HOME_TMPFS);
	assert_int_equal(box->proc, PROC_FULL);
	assert_int_equal(box->sys, SYS_NONE);
	assert_int_equal(box->network, NETWORK_NONE);
	assert_int_equal(box->syscalls, FILTER_DEFAULT);
	assert_int_equal(box->umask, -1);
	assert_int_equal(box->users.n + box->groups.n + box->command.n +
				 box->command_exact.n,
		0);
	assert_false(policy_user_env(box));
	assert_null(p.default_box);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_rootfs),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_builtin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
