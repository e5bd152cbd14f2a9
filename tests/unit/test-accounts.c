/* SPDX-License-Identifier: MIT */
/* Which number does a name of the policy stand for? */
#include "tables.h"

static struct accounts
read_both(const char *passwd, const char *group)
{
	struct accounts accounts;
	char *p = xstrdup(passwd), *g = xstrdup(group);

	accounts_read(&accounts, p, g);
	free(p);
	free(g);
	return accounts;
}

/* The home of alice in a passwd file of these lines; "-": there is none. */
static void
one_line(void **state)
{
	static const struct {
		const char *passwd;
		const char *home;
		uint32_t uid;
	} t[] = {
		{ "alice:x:1000:100:A:/home/a:/bin/sh\n", "/home/a", 1000 },
		{ "alice:x:1000:100:A:/home/a:/bin/sh", "/home/a", 1000 },
		{ "alice:x:1000:100:A:/home/a:\n", "/home/a", 1000 },
		{ "alice:x:1000:100:A:/home/a\n", "/home/a", 1000 },
		{ "alice:x:1000:100:::\n", "", 1000 },
		{ "alice::0:0::/:\n", "/", 0 },
		{ "alice:x:4294967294:0::/h:\n", "/h", 4294967294 },
		{ "alice:x:0000001000:0::/h:\n", "/h", 1000 },
		{ "alice:x:1:0::/h:/bin/sh:more:and:more\n", "/h", 1 },
		{ "\n\nalice:x:1:0::/h:\n\n", "/h", 1 },
		{ "rubbish\n:::::::\nalice:x:1:0::/h:\n", "/h", 1 },
		{ "", "-", 0 },
		{ "\n", "-", 0 },
		{ "alice\n", "-", 0 },
		{ "alice:x:1000\n", "-", 0 },
		{ "alice:x:1000:100:A\n", "-", 0 },
		{ "alice:x::100:A:/h:\n", "-", 0 },
		{ "alice:x:4294967295:0::/h:\n", "-", 0 },
		{ "alice:x:4294967296:0::/h:\n", "-", 0 },
		{ "alice:x:18446744073709551617:0::/h:\n", "-", 0 },
		{ "alice:x:-1:0::/h:\n", "-", 0 },
		{ "alice:x:+1:0::/h:\n", "-", 0 },
		{ "alice:x: 1:0::/h:\n", "-", 0 },
		{ "alice:x:1 :0::/h:\n", "-", 0 },
		{ "alice:x:0x1:0::/h:\n", "-", 0 },
		{ "alice:x:one:0::/h:\n", "-", 0 },
		{ "Alice:x:1:0::/h:\n", "-", 0 },
		{ "alice2:x:1:0::/h:\nalic:x:1:0::/h:\n", "-", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct accounts a = read_both(t[i].passwd, "");
		bool known = t[i].home[0] != '-';
		const struct account *by_uid;
		uint32_t uid = 77;

		if (accounts_user(&a, "alice", &uid) != known)
			fail_msg("%s", t[i].passwd);
		if (!known)
			continue;
		by_uid = accounts_by_uid(&a, uid);
		if (uid != t[i].uid || !by_uid ||
			strcmp(by_uid->name, "alice") ||
			strcmp(by_uid->home, t[i].home))
			fail_msg("%s", t[i].passwd);
	}
}

/* Lines that are no entry at all, and what makes them one. */
static void
no_entry(void **state)
{
	static const char *const t[][2] = {
		{ "+alice:x:1:0::/h:\n", "alice:x:1:0::/h:\n" },
		{ "-alice:x:1:0::/h:\n", "alice:x:1:0::/h:\n" },
		{ "#alice:x:1:0::/h:\n", "alice:x:1:0::/h:\n" },
		{ "+::::::\n", "x::0::::\n" },
		{ ":x:1:0::/h:\n", "a:x:1:0::/h:\n" },
		{ "alice:x:1:0:/h\n", "alice:x:1:0::/h\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		assert_int_equal(read_both(t[i][0], "").nusers, 0);
		assert_int_equal(read_both(t[i][1], "").nusers, 1);
	}
}

static void
groups(void **state)
{
	struct accounts a = read_both("lab:x:1:1::/:\n", "root:x:0:\n"
							 "lab:x:200:alice,bob\n"
							 "few:x:201\n"
							 "short:x\n"
							 "bad:x:4294967295:\n");
	uint32_t gid;

	(void)state;
	assert_true(accounts_group(&a, "root", &gid));
	assert_int_equal(gid, 0);
	assert_true(accounts_group(&a, "lab", &gid));
	assert_int_equal(gid, 200);
	assert_true(accounts_group(&a, "few", &gid));
	assert_int_equal(gid, 201);
	assert_false(accounts_group(&a, "short", &gid));
	assert_false(accounts_group(&a, "bad", &gid));
	/* Users are no groups, and groups no users. */
	assert_true(accounts_user(&a, "lab", &gid));
	assert_int_equal(gid, 1);
	assert_false(accounts_user(&a, "root", &gid));
	assert_false(accounts_user(&a, "alice", &gid));
}

static void
twice(void **state)
{
	struct accounts a = read_both("zoe:x:5:0::/zoe:\n"
				      "amy:x:7:0::/amy:\n"
				      "amy:x:8:0::/late:\n"
				      "ann:x:5:0::/ann:\n",
		"g:x:1:\ng:x:2:\n");
	uint32_t id;

	(void)state;
	/* The first line of a name counts. */
	assert_true(accounts_user(&a, "amy", &id));
	assert_int_equal(id, 7);
	assert_null(accounts_by_uid(&a, 8));
	assert_true(accounts_group(&a, "g", &id));
	assert_int_equal(id, 1);
	/* The first line of a number, though it sorts behind. */
	assert_string_equal(accounts_by_uid(&a, 5)->name, "zoe");
	assert_true(accounts_user(&a, "ann", &id));
	assert_int_equal(id, 5);
	assert_null(accounts_by_uid(&a, 6));
}

static void
many(void **state)
{
	enum { USERS = 1000 };
	char *passwd = xcalloc(USERS, 32), *end = passwd;
	struct accounts a;
	uint32_t uid;

	(void)state;
	/* 617 and 1000 have no common divisor: any order but the sorted. */
	for (int i = 0; i < USERS; i++) {
		char *line = xasprintf(
			"u%d:x:%d:0::/:\n", i * 617 % USERS, i * 617 % USERS);

		end = stpcpy(end, line);
	}
	a = read_both(passwd, "");
	assert_int_equal(a.nusers, USERS);
	for (uint32_t i = 0; i < USERS; i++) {
		assert_true(accounts_user(&a, xasprintf("u%u", i), &uid));
		assert_int_equal(uid, i);
		assert_int_equal(accounts_by_uid(&a, i)->id, i);
	}
	assert_false(accounts_user(&a, "u1000", &uid));
	assert_false(accounts_user(&a, "u", &uid));
	assert_false(accounts_user(&a, "", &uid));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_line),
		cmocka_unit_test(no_entry),
		cmocka_unit_test(groups),
		cmocka_unit_test(twice),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests_name("accounts", tests, NULL, NULL);
}
