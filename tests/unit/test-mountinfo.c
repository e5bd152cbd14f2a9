/* SPDX-License-Identifier: MIT */
/* What is mounted where? */
#include "tables.h"

#include "mountinfo.h"

#define LINE(point, type) \
	"36 35 98:0 /r " point " rw,noatime m:1 - " type " s rw\n"

static const char *
points_of(const char *text)
{
	char **points = mountinfo_points(text, "proc");
	const char *all = "";

	for (; *points; points++)
		all = xasprintf("%s[%s]", all, *points);
	return all;
}

static void
points(void **state)
{
	static const struct {
		const char *text, *points;
	} t[] = {
		{ "", "" },
		{ "\n\n", "" },
		{ LINE("/proc", "proc"), "[/proc]" },
		{ LINE("/proc", "sysfs"), "" },
		{ LINE("/proc", "procx"), "" },
		{ LINE("/proc", "pro"), "" },
		{ LINE("/", "ext4") LINE("/a/proc", "proc") LINE("/b", "proc"),
			"[/a/proc][/b]" },
		{ "36 35 98:0 /r /no/field rw - proc s rw\n", "[/no/field]" },
		{ "36 35 98:0 /r /no/end rw - proc s rw", "[/no/end]" },
		{ LINE("/a\\040b", "proc"), "[/a b]" },
		{ LINE("/a\\011b\\012c", "proc"), "[/a\tb\nc]" },
		{ LINE("/a\\134040b", "proc"), "[/a\\040b]" },
		{ LINE("/a\\999b\\04", "proc"), "[/a\\999b\\04]" },
		{ LINE("/x\\040-\\040proc\\040x", "ext4"), "" },
		{ LINE("/a", "ext4") "37 35 0:4 / /x rw - proc proc rw\n",
			"[/x]" },
		/* What no kernel writes. */
		{ "- proc", "" },
		{ " - proc ", "" },
		{ "36 35 - proc s rw\n", "[s]" },
		{ "proc\n - \n-\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (strcmp(points_of(t[i].text), t[i].points))
			fail_msg("%s: %s, not %s", t[i].text,
				points_of(t[i].text), t[i].points);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(points),
	};

	return cmocka_run_group_tests_name("mountinfo", tests, NULL, NULL);
}
