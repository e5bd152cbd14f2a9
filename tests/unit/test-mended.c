/* SPDX-License-Identifier: MIT */
/* Bugs that were: each of these tests failed before its mend. */
#include "tables.h"

#include "env.h"

#define BOX "[box b]\nrootfs = /r\n" /* what is added stands in line 3 */
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X200 X50 X50 X50 X50

/* scan.c lets a value begin with ; after a blank, inih takes it for a comment:
 * the fault has no line and asks for a report.  The line must be told. */
static void
comment_instead_of_value(void **state)
{
	static const char *const t[] = { "users = ;x", "hostname = ; x",
		"umask = ;022" };

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		unit_fault(xasprintf(BOX "%s\n", t[i]), 3, "");
}

/* hostname_expand and set_hostname look at what they have put in. */
static void
percent_twice(void **state)
{
	(void)state;
	(void)unit_policy("[box bb]\nrootfs = /r\nhostname = %b%b\n");
	unit_fault("[box bb]\nrootfs = /r\nhostname = %%b\n", 3,
		"must be 1 to 64");
	unit_fault(
		"[box c]\nrootfs = /r\nhostname = %%b\n", 3, "must be 1 to 64");
}

/* One path a line, and no comma in it: in command-exact as in command. */
static void
comma_in_exact_path(void **state)
{
	(void)state;
	(void)unit_policy(BOX "command-exact = /bin/a /bin/b,c\n");
	unit_fault(BOX "command = /bin/a,/bin/b\n", 3, "command");
	unit_fault(BOX "command-exact = /bin/a, /bin/b\n", 3, "command-exact");
}

/* One mistake, one message; what follows a section that was refused as a line
 * is not in the section above. */
static void
one_fault_each(void **state)
{
	static const char *const t[] = {
		BOX "hostname = -x\n",
		"[defaults]\nhostname = -x\n" BOX "[box c]\nrootfs = /r\n",
		BOX " [box c]\nrootfs = /s\n",
		BOX "[box c] # " X200 "\nrootfs = /s\n",
		("\xef\xbb\xbf" BOX),
	};
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct policy p;
		struct faults f = unit_parse(&p, t[i], strlen(t[i]));

		if (f.n != 1) {
			unit_print(t[i], &f);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* "Of a name that stands twice in the caller's environment, the first counts":
 * also where its value is left out. */
static void
first_of_two(void **state)
{
	char first[] = "TERM=../x", second[] = "TERM=xterm";
	char *both[] = { first, second, NULL }, *one[] = { second, NULL };
	struct caller caller = unit_caller();
	struct request request;
	struct refusal refusal;

	(void)state;
	assert_null(unit_request(&request, ""));
	caller.env = one;
	assert_non_null(
		env_build(unit_box(BOX), &caller, "/", &request, &refusal)[8]);
	caller.env = both;
	assert_null(
		env_build(unit_box(BOX), &caller, "/", &request, &refusal)[8]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(comment_instead_of_value),
		cmocka_unit_test(percent_twice),
		cmocka_unit_test(comma_in_exact_path),
		cmocka_unit_test(one_fault_each),
		cmocka_unit_test(first_of_two),
	};

	return cmocka_run_group_tests_name("bugs", tests, NULL, NULL);
}
