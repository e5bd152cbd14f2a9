/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <limits.h>

#include "path.h"

static void
test_clean(void **state)
{
	static const struct {
		const char *path;
		bool clean, clean_dir;
	} cases[] = {
		{ "/", true, true },
		{ "/a", true, true },
		{ "/a/b.c/..d/...", true, true },
		{ "/a/", false, true },
		{ "/a//", false, false },
		{ "//", false, false },
		{ "", false, false },
		{ "a", false, false },
		{ "./a", false, false },
		{ "//a", false, false },
		{ "/a//b", false, false },
		{ "/.", false, false },
		{ "/..", false, false },
		{ "/a/./b", false, false },
		{ "/a/../b", false, false },
		{ "/a/..", false, false },
		{ "/../", false, false },
	};
	char name[NAME_MAX + 3] = "/", path[PATH_MAX + 2] = "";

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (path_is_clean(cases[i].path) != cases[i].clean ||
			path_is_clean_dir(cases[i].path) != cases[i].clean_dir)
			fail_msg("%s", cases[i].path);
	}
	memset(name + 1, 'x', NAME_MAX);
	assert_true(path_is_clean(name));
	name[NAME_MAX + 1] = 'x';
	assert_false(path_is_clean(name));
	for (size_t i = 0; i < PATH_MAX - 1; i++)
		path[i] = i % 2 ? 'x' : '/';
	path[PATH_MAX - 1] = '\0';
	path[PATH_MAX - 2] = 'x';
	assert_true(path_is_clean(path));
	path[PATH_MAX - 1] = 'x';
	assert_false(path_is_clean(path));
}

/* /scratch must not admit /scratch2 (CVE-2026-48785 is of that kind). */
static void
test_compare(void **state)
{
	(void)state;
	assert_true(path_beneath("/a/b", "/a"));
	assert_true(path_beneath("/a", "/a"));
	assert_true(path_beneath("/a", "/"));
	assert_false(path_beneath("/ab", "/a"));
	assert_false(path_beneath("/", "/a"));
	assert_true(path_directly_in("/a/b", "/a"));
	assert_true(path_directly_in("/a/b", "/a/"));
	assert_true(path_directly_in("/b", "/"));
	assert_false(path_directly_in("/a/b/c", "/a/"));
	assert_false(path_directly_in("/ab/c", "/a/"));
	assert_false(path_directly_in("/a", "/a/"));
	assert_false(path_directly_in("/a/", "/a/"));
}

static void
test_join(void **state)
{
	(void)state;
	assert_string_equal(path_join("/", "a"), "/a");
	assert_string_equal(path_join("/a", "b/c"), "/a/b/c");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_join),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
