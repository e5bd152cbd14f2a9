/* SPDX-License-Identifier: MIT */
/* Every way in which inih reads a file otherwise than it looks is refused
 * before inih sees it, and the line beside it that is right is not. */
#include "unit.h"

#include "scan.h"

#define BOX "[box a]\nrootfs = /srv/a\n" /* two lines, a right policy */

struct text {
	const char *text;
	int line;
	const char *fault; /* NULL: right */
};

static void
check(const struct text *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		unit_expect(cases[i].text, cases[i].line, cases[i].fault);
}

static void
test_lines(void **state)
{
	static const struct text cases[] = {
		{ "", 0, NULL },
		{ "\n\n", 0, NULL },
		{ BOX, 0, NULL },
		{ "# a\n; b\n   \n" BOX, 0, NULL },
		{ BOX "users = alice   \n", 0, NULL },
		{ BOX "users=alice\n", 0, NULL },
		{ BOX "users   =   alice\n", 0, NULL },
		{ BOX "users = alice", 3, "no newline" },
		{ BOX " users = alice\n", 3, "blank at the start" },
		{ BOX "  # indented\n", 3, "blank at the start" },
		{ BOX "\tusers = alice\n", 3, "tab" },
		{ BOX "users =\talice\n", 3, "tab" },
		{ BOX "users = alice\r\n", 3, "carriage return" },
		{ "# a\r" BOX, 1, "carriage return" },
		{ "\xef\xbb\xbf" BOX, 1, "byte order mark" },
		{ BOX "users: alice\n", 3, "KEY = VALUE" },
		{ BOX "us:ers = alice\n", 3, "KEY = VALUE" },
		{ BOX "users\n", 3, "KEY = VALUE" },
		{ BOX "= alice\n", 3, "KEY = VALUE" },
		{ BOX "Users = alice\n", 3, "KEY = VALUE" },
		{ BOX "-users = alice\n", 3, "KEY = VALUE" },
		{ BOX "users 2 = alice\n", 3, "KEY = VALUE" },
		{ BOX "users =\n", 3, "no value" },
		{ BOX "users =    \n", 3, "no value" },
		{ BOX "users = alice # me\n", 3, "comment behind" },
		{ BOX "users = alice ; me\n", 3, "comment behind" },
		{ BOX "description = one ; two # three\n", 0, NULL },
		{ BOX "description = caf\xc3\xa9\n", 0, NULL },
		{ BOX "users = caf\xc3\xa9\n", 3, "not ASCII" },
		{ BOX "us\x01 = a\n", 3, "control" },
		{ BOX "users = a\x7f\n", 3, "control" },
		{ "# caf\xc3\xa9\n" BOX, 0, NULL },
		{ "# \xc3\n" BOX, 1, "UTF-8" },
		{ "# \xc0\xaf\n" BOX, 1, "UTF-8" },
		{ "# \xe0\x80\xaf\n" BOX, 1, "UTF-8" },
		{ "# \xed\xa0\x80\n" BOX, 1, "UTF-8" },
		{ "# \xf4\x90\x80\x80\n" BOX, 1, "UTF-8" },
		{ "# \xf0\x9f\x98\x80\n" BOX, 0, NULL },
		{ "# \xe2\x80\xae\n" BOX, 1, "text-direction" },
		{ "# \xe2\x81\xa6\n" BOX, 1, "text-direction" },
		{ "# \xc2\x85\n" BOX, 1, "text-direction" },
		{ BOX "a234567890123456789012345678901x2 = 1\n", 3,
			"KEY = VALUE" },
		{ BOX "abcdefghijklmnopqrstuvwxyzabcdef = 1\n", 3, "unknown" },
		{ BOX "abcdefghijklmnopqrstuvwxyzabcdefg = 1\n", 3,
			"at most 32" },
	};

	(void)state;
	check(cases, COUNT(cases));
}

static void
test_sections(void **state)
{
	static const struct text cases[] = {
		{ "[minibox]\n[defaults]\n" BOX, 0, NULL },
		{ BOX "[minibox]   \n", 0, NULL },
		{ BOX "[minibox\n", 3, "section line" },
		{ BOX "[minibox] x\n", 3, "section line" },
		{ BOX "[minibox] # x\n", 3, "section line" },
		{ BOX "[]\n", 3, "section line" },
		{ BOX "[x]\n", 3, "unknown section" },
		{ BOX "[ minibox]\n", 3, "unknown section" },
		{ BOX "[box]\n", 3, "unknown section" },
		{ BOX "[box ]\n", 3, "box name" },
		{ BOX "[box  b]\n", 3, "box name" },
		{ BOX "[box b c]\n", 3, "box name" },
		{ BOX "[box b/c]\n", 3, "box name" },
		{ BOX "[box .b]\n", 3, "box name" },
		{ BOX "[box -b]\n", 3, "box name" },
		{ BOX "[box _b]\n", 3, "box name" },
		{ BOX "[box b]]\n", 3, "box name" },
		{ BOX "[box A.b_c-9]\nrootfs = /x\n", 0, NULL },
		{ "[box a2345678901234567890123456789012]\nrootfs = /x\n", 0,
			NULL },
		{ "[box a23456789012345678901234567890123]\nrootfs = /x\n", 1,
			"box name" },
		{ BOX "[box a]\nrootfs = /srv/b\n", 3, "twice" },
		{ BOX "[minibox]\n[minibox]\n", 4, "twice" },
		{ BOX "[defaults]\n[defaults]\n", 4, "twice" },
		/* The keys below a bad section belong to nobody. */
		{ BOX "[box b\nusers = *\nrootfs = /x\n", 3, "section line" },
	};

	(void)state;
	check(cases, COUNT(cases));
}

/* A line of 190 bytes is read whole; of 191, refused, comment or not. */
static void
test_length(void **state)
{
	char text[512], line[256];

	(void)state;
	for (size_t n = 189; n <= 192; n++) {
		for (int comment = 0; comment < 2; comment++) {
			memset(line, 'x', sizeof(line));
			memcpy(line, comment ? "# " : "description = ",
				comment ? 2 : 14);
			line[n] = '\0';
			(void)snprintf(text, sizeof(text), BOX "%s\n", line);
			unit_expect(text, 3,
				n <= SCAN_LINE_MAX ? NULL : "190 bytes");
		}
	}
}

/* inih stops at a NUL and says that all is well. */
static void
test_nul(void **state)
{
	static const char *const texts[] = {
		"[box a]\nrootfs = /x\nusers = alice\0,bob\n",
		"[box a]\nrootfs = /x\n\0users = alice\n",
		"[box a]\nrootfs = /x\n# alice\0,bob bob bob\n",
		"[box a\0]\nrootfs = /x\nusers = alice,bob\n",
	};
	static const size_t sizes[] = { 43, 38, 44, 43 };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct faults faults = { 0 };
		struct scan scan;

		scan_text(&scan, "p", texts[i], sizes[i], &faults);
		assert_int_not_equal(faults.n, 0);
		assert_non_null(strstr(faults.v[0].text, "NUL"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
