/* SPDX-License-Identifier: MIT */
/* Are paths compared as text, by component, and only clean ones? */
#include "tables.h"

#include <limits.h>

#include "path.h"

static void
clean(void **state)
{
	static const struct {
		const char *path;
		bool clean, clean_dir;
	} t[] = {
		{ "/", true, true },
		{ "/a", true, true },
		{ "/a/b.c/d-e_f", true, true },
		{ "/.a", true, true },
		{ "/a.", true, true },
		{ "/..a", true, true },
		{ "/a..", true, true },
		{ "/...", true, true },
		{ "/a b", true, true },
		{ "/a\xff", true, true },
		{ "/a/", false, true },
		{ "/a/b/", false, true },
		{ "", false, false },
		{ "a", false, false },
		{ "a/", false, false },
		{ "./a", false, false },
		{ ".", false, false },
		{ "..", false, false },
		{ "//", false, false },
		{ "//a", false, false },
		{ "/a//b", false, false },
		{ "/a//", false, false },
		{ "/.", false, false },
		{ "/./", false, false },
		{ "/..", false, false },
		{ "/../", false, false },
		{ "/./a", false, false },
		{ "/../a", false, false },
		{ "/a/.", false, false },
		{ "/a/..", false, false },
		{ "/a/./b", false, false },
		{ "/a/../b", false, false },
		{ "/a/../", false, false },
		{ " /a", false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (path_is_clean(t[i].path) != t[i].clean ||
			path_is_clean_dir(t[i].path) != t[i].clean_dir)
			fail_msg("'%s'", t[i].path);
}

/* "/aaa/aaa..." of `len` bytes whose components have `part` bytes. */
static char *
long_path(size_t len, size_t part)
{
	char *path = xcalloc(len + 1, 1);

	for (size_t i = 0; i < len; i++)
		path[i] = i % (part + 1) ? 'a' : '/';
	return path;
}

static void
lengths(void **state)
{
	(void)state;
	assert_true(path_is_clean(long_path(1 + NAME_MAX, NAME_MAX)));
	assert_false(path_is_clean(long_path(2 + NAME_MAX, NAME_MAX + 1)));
	assert_true(path_is_clean(long_path(PATH_MAX - 1, 100)));
	assert_false(path_is_clean(long_path(PATH_MAX, 100)));
	assert_false(path_is_clean(long_path(4 * PATH_MAX, 100)));
}

static void
beneath(void **state)
{
	static const struct {
		const char *path, *dir;
		bool beneath;
	} t[] = {
		{ "/a", "/", true },
		{ "/", "/", true },
		{ "/a", "/a", true },
		{ "/a/b", "/a", true },
		{ "/a/b/c", "/a/b", true },
		{ "/ab", "/a", false },
		{ "/a2/b", "/a", false },
		{ "/a", "/a/b", false },
		{ "/a", "/ab", false },
		{ "/", "/a", false },
		{ "/b/a", "/a", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (path_beneath(t[i].path, t[i].dir) != t[i].beneath)
			fail_msg("%s in %s", t[i].path, t[i].dir);
}

static void
directly_in(void **state)
{
	static const struct {
		const char *path, *dir;
		bool in;
	} t[] = {
		{ "/bin/sh", "/bin/", true },
		{ "/bin/sh", "/bin", true },
		{ "/sh", "/", true },
		{ "/a/b/c", "/a/b/", true },
		{ "/bin/x/sh", "/bin/", false },
		{ "/bin/sh", "/", false },
		{ "/bin", "/bin/", false },
		{ "/bin/", "/bin/", false },
		{ "/binsh", "/bin/", false },
		{ "/bin2/sh", "/bin/", false },
		{ "/usr/bin/sh", "/bin/", false },
		{ "/", "/", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (path_directly_in(t[i].path, t[i].dir) != t[i].in)
			fail_msg("%s in %s", t[i].path, t[i].dir);
}

static void
join(void **state)
{
	(void)state;
	assert_string_equal(path_join("/", "a"), "/a");
	assert_string_equal(path_join("/a", "b"), "/a/b");
	assert_string_equal(path_join("/a/b", "c/d"), "/a/b/c/d");
	/* What is not clean stays so, and is refused later. */
	assert_string_equal(path_join("/a", "/b"), "/a//b");
	assert_string_equal(path_join("/a", ""), "/a/");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(clean),
		cmocka_unit_test(lengths),
		cmocka_unit_test(beneath),
		cmocka_unit_test(directly_in),
		cmocka_unit_test(join),
	};

	return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
