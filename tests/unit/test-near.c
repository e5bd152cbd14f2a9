/* SPDX-License-Identifier: MIT */
/* Is what was meant found, and nothing else suggested? */
#include "tables.h"

#include "near.h"

static void
words(void **state)
{
	static const char *const known[] = { "users", "groups", "root",
		"rootfs", "deny-users", "home", "rw", "env-keep", "env-set",
		"description" };
	static const struct {
		const char *word, *best; /* NULL: nothing is near */
	} t[] = {
		{ "user", "users" },
		{ "usres", "users" },
		{ "uesrs", "users" },
		{ "Users", "users" },
		{ "usrs", "users" },
		{ "userss", "users" },
		{ "groupes", "groups" },
		{ "deny-user", "deny-users" },
		{ "denyusers", "deny-users" },
		{ "rootf", "root" }, /* as near as rootfs: the first */
		{ "rootsf", "rootfs" },
		{ "rootdir", NULL },
		{ "hom", "home" },
		{ "hme", "home" },
		{ "h", NULL },
		{ "rx", NULL }, /* too short for a slip */
		{ "env", NULL },
		{ "env-kept", "env-keep" },
		{ "", NULL },
		{ "allow", NULL },
		{ "descripton", "description" },
		{ "desc", NULL },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct near near = { .word = t[i].word };

		for (size_t k = 0; k < COUNT(known); k++)
			near_try(&near, known[k]);
		if (!t[i].best != !near.best ||
			(near.best && strcmp(near.best, t[i].best)))
			fail_msg("%s: %s", t[i].word,
				near.best ? near.best : "nothing");
		assert_string_equal(near_hint(&near),
			t[i].best
				? xasprintf(" (did you mean '%s'?)", t[i].best)
				: "");
	}
}

/* The longest that are compared, and one more. */
static void
long_words(void **state)
{
	char *a = xcalloc(42, 1), *b = xcalloc(42, 1);
	struct near near = { .word = a };

	(void)state;
	memset(a, 'x', 40);
	memset(b, 'x', 40);
	b[39] = 'y';
	near_try(&near, b);
	assert_ptr_equal(near.best, b);
	a[40] = 'x';
	near = (struct near){ .word = a };
	near_try(&near, b);
	assert_null(near.best);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(long_words),
	};

	return cmocka_run_group_tests_name("near", tests, NULL, NULL);
}
