/* SPDX-License-Identifier: MIT */
/* Does a place lead back to its file and line? */
#include "tables.h"

#include "place.h"

static void
each_line(void **state)
{
	static const struct {
		const char *name;
		int lines;
	} t[] = {
		{ "a", 3 },
		{ "empty", 0 },
		{ "also empty", 0 },
		{ "b", 1 },
		{ "c", 10 },
	};
	struct places places = { 0 };
	int next = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		assert_int_equal(
			place_add(&places, t[i].name, t[i].lines), next);
		next += t[i].lines + 1;
	}
	next = 0;
	for (size_t i = 0; i < COUNT(t); i++)
		for (int line = 0; line <= t[i].lines; line++, next++) {
			assert_string_equal(
				place_file(&places, next), t[i].name);
			assert_int_equal(place_line(&places, next), line);
			assert_string_equal(place_text(&places, next),
				line ? xasprintf("%s:%d", t[i].name, line)
				     : t[i].name);
		}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line),
	};

	return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
