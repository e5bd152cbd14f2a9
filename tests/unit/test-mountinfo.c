/* SPDX-License-Identifier: MIT */
/* Where is a procfs mounted that shows processes? */
#include "tables.h"

#include "mountinfo.h"

#define LINE(root, point, type) \
	"36 35 98:0 " root " " point " rw,noatime m:1 - " type " s rw\n"

/* Which is found first beneath `path`, but for `expected`; "-": none. */
static void
procs(void **state)
{
	static const struct {
		const char *text, *path, *expected, *point;
	} t[] = {
		{ "", "/", NULL, "-" },
		{ "\n\n", "/", NULL, "-" },
		{ LINE("/", "/proc", "proc"), "/", NULL, "/proc" },
		{ LINE("/", "/proc", "proc"), "/", "/proc", "-" },
		{ LINE("/", "/proc", "proc"), "/", "/pro", "/proc" },
		{ LINE("/", "/proc", "proc"), "/proc", NULL, "/proc" },
		{ LINE("/", "/proc", "proc"), "/proc/x", NULL, "-" },
		{ LINE("/", "/a/proc", "proc"), "/a", NULL, "/a/proc" },
		{ LINE("/", "/ab/proc", "proc"), "/a", NULL, "-" },
		{ LINE("/", "/proc", "sysfs"), "/", NULL, "-" },
		{ LINE("/", "/proc", "procx"), "/", NULL, "-" },
		{ LINE("/", "/proc", "pro"), "/", NULL, "-" },
		{ LINE("/", "/proc", "proc") LINE("/", "/b", "proc"), "/",
			"/proc", "/b" },
		{ LINE("/", "/proc", "proc") LINE("/", "/proc", "proc"), "/",
			"/proc", "-" },
		{ LINE("/sys", "/s", "proc"), "/", NULL, "-" },
		{ LINE("/12/fd", "/p", "proc"), "/", NULL, "/p" },
		{ "36 35 98:0 / /no/field rw - proc s rw\n", "/", NULL,
			"/no/field" },
		{ "36 35 98:0 / /no/end rw - proc s rw", "/", NULL, "/no/end" },
		{ LINE("/", "/a\\040b", "proc"), "/a b", NULL, "/a b" },
		{ LINE("/", "/a\\011b\\012c", "proc"), "/", NULL, "/a\tb\nc" },
		{ LINE("/", "/a\\134040b", "proc"), "/", NULL, "/a\\040b" },
		{ LINE("/", "/a\\999b\\04", "proc"), "/", NULL,
			"/a\\999b\\04" },
		{ LINE("/", "/x\\040-\\040proc\\040x", "ext4"), "/", NULL,
			"-" },
		/* What no kernel writes. */
		{ "- proc", "/", NULL, "-" },
		{ " - proc ", "/", NULL, "-" },
		{ "36 - proc rw\n", "/", NULL, "-" },
		{ "proc\n - \n-\n", "/", NULL, "-" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const char *point =
			mountinfo_proc(t[i].text, t[i].path, t[i].expected);

		if (strcmp(point ? point : "-", t[i].point))
			fail_msg("%s: %s, not %s", t[i].text,
				point ? point : "-", t[i].point);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(procs),
	};

	return cmocka_run_group_tests_name("mountinfo", tests, NULL, NULL);
}
