/* SPDX-License-Identifier: MIT */
/* What do the box's /etc/passwd and /etc/group say of the caller? */
#include "tables.h"

#include "passwd.h"

static void
user(void **state)
{
	static const struct {
		const char *name;
		uid_t uid;
		gid_t gid;
		const char *home, *shell, *line;
	} t[] = {
		{ "alice", 1000, 1000, "/home/alice", "/bin/sh",
			"alice:x:1000:1000::/home/alice:/bin/sh\n" },
		{ "4294967294", 4294967294, 4294967294, "/", "/bin/ash",
			"4294967294:x:4294967294:4294967294::/:/bin/ash\n" },
		{ "root", 0, 0, "/root", "/bin/sh",
			"root:x:0:0::/root:/bin/sh\n" },
		/* What $HOME may hold, and a field may not. */
		{ "a", 1, 2, "/a:b", "/s", "a:x:1:2::/:/s\n" },
		{ "a", 1, 2, "/a:", "/s", "a:x:1:2::/:/s\n" },
		{ "a", 1, 2, ":/a", "/s", "a:x:1:2::/:/s\n" },
		{ "a", 1, 2, "/a\nroot::0:0::/:/bin/sh", "/s",
			"a:x:1:2::/:/s\n" },
		{ "a", 1, 2, "/a\n", "/s", "a:x:1:2::/:/s\n" },
		{ "a", 1, 2, "/a\r", "/s", "a:x:1:2::/:/s\n" },
		{ "a", 1, 2, "/a\tb", "/s", "a:x:1:2::/:/s\n" },
		{ "a", 1, 2, "/a\x1b[2J", "/s", "a:x:1:2::/:/s\n" },
		{ "a", 1, 2, "/a\x01", "/s", "a:x:1:2::/:/s\n" },
		/* What it may. */
		{ "a", 1, 2, "/a b,c#d", "/s", "a:x:1:2::/a b,c#d:/s\n" },
		{ "a", 1, 2, "/\xc3\xa4\xff", "/s",
			"a:x:1:2::/\xc3\xa4\xff:/s\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct caller caller = unit_caller();
		const char *line;

		caller.name = t[i].name;
		caller.uid = t[i].uid;
		caller.gid = t[i].gid;
		line = passwd_user(&caller, t[i].home, t[i].shell);
		assert_string_equal(line, t[i].line);
		/* libc reads the one entry. */
		assert_ptr_equal(strchr(line, '\n'), strrchr(line, '\n'));
	}
}

static const char *
groups_of(const char *group, gid_t gid, const gid_t *groups, size_t n)
{
	struct accounts accounts;
	struct caller caller = unit_caller();

	accounts_read(&accounts, "", group);
	caller.accounts = &accounts;
	caller.gid = gid;
	caller.groups = xcalloc(n, sizeof(*groups));
	for (size_t i = 0; i < n; i++)
		caller.groups[i] = groups[i];
	caller.ngroups = n;
	return passwd_groups(&caller);
}

/* The real group first, then the others in their order; no member lists; none
 * that the host has no name for. */
static void
groups(void **state)
{
	static const char host[] = "root:x:0:\n"
				   "lab:x:200:alice,bob\n"
				   "alice:x:1000:\n"
				   "twice:x:200:\n"
				   "max:x:4294967294:\n";
	static const struct {
		gid_t gid;
		gid_t groups[4];
		size_t n;
		const char *text;
	} t[] = {
		{ 1000, { 0 }, 0, "alice:x:1000:\n" },
		{ 1000, { 1000 }, 1, "alice:x:1000:\n" },
		{ 1000, { 200, 1000 }, 2, "alice:x:1000:\nlab:x:200:\n" },
		{ 200, { 1000 }, 1, "lab:x:200:\nalice:x:1000:\n" },
		{ 200, { 4294967294, 0 }, 2,
			"lab:x:200:\nmax:x:4294967294:\nroot:x:0:\n" },
		/* Unknown to the host. */
		{ 7, { 0 }, 0, "" },
		{ 7, { 8, 9 }, 2, "" },
		{ 7, { 8, 200, 9 }, 3, "lab:x:200:\n" },
		{ 200, { 7, 8 }, 2, "lab:x:200:\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		assert_string_equal(
			groups_of(host, t[i].gid, t[i].groups, t[i].n),
			t[i].text);
	assert_string_equal(groups_of("", 0, t[0].groups, 1), "");
}

/* As many as the kernel lets one have. */
static void
many(void **state)
{
	enum { GROUPS = 65536, NAMED = 300 };
	gid_t *ids = xcalloc(GROUPS, sizeof(*ids));
	char *host = xcalloc(NAMED, 32), *want = xcalloc(NAMED, 32);
	char *end = host, *out = want;

	(void)state;
	for (gid_t i = 0; i < GROUPS; i++)
		ids[i] = 100000 + i;
	for (int i = 0; i < NAMED; i++) {
		end = stpcpy(end, xasprintf("g%d:x:%d:\n", i, 100000 + i));
		out = stpcpy(out, xasprintf("g%d:x:%d:\n", i, 100000 + i));
	}
	assert_string_equal(groups_of(host, 1, ids, GROUPS), want);
	assert_string_equal(groups_of(host, 100000, ids, GROUPS), want);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(user),
		cmocka_unit_test(groups),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests_name("passwd", tests, NULL, NULL);
}
