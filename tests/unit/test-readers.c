/* SPDX-License-Identifier: MIT */
/* Is a policy refused about which its two readers do not agree?  In the place
 * of inih, a reader that lies about one line. */
#include "tables.h"

#include <ini.h>

enum lie {
	TRUTH,
	OTHER_SECTION,
	OTHER_KEY,
	OTHER_VALUE,
	LEAVES_OUT,
	SAYS_TWICE,
	STOPS,
	FAILS,
	LIES
};

/* What it lies about, and how. */
static enum lie lie;
static const char *about;
static bool section_is_lost;

static int
tell(ini_handler handler, void *user, const char *section, const char *key,
	const char *value, enum lie told)
{
	static const struct {
		const char *section, *key, *value;
		int times;
	} how[LIES] = {
		[TRUTH] = { .times = 1 },
		[OTHER_SECTION] = { .section = "box else", .times = 1 },
		[OTHER_KEY] = { .key = "else", .times = 1 },
		[OTHER_VALUE] = { .value = "else", .times = 1 },
		[LEAVES_OUT] = { .times = 0 },
		[SAYS_TWICE] = { .times = 2 },
		[FAILS] = { .times = 1 },
	};

	for (int i = 0; i < how[told].times; i++)
		if (!handler(user,
			    how[told].section ? how[told].section : section,
			    how[told].key ? how[told].key : key,
			    how[told].value ? how[told].value : value))
			return 0;
	return 1;
}

int
ini_parse_stream(
	ini_reader reader, void *stream, ini_handler handler, void *user)
{
	char line[256], section[64] = "";
	int error = 0;

	while (reader(line, sizeof(line), stream)) {
		char *eq = strstr(line, " = ");
		bool lies = lie != TRUTH && strstr(line, about);

		line[strcspn(line, "\n")] = '\0';
		if (lies && lie == STOPS)
			return 0;
		if (*line == '[' && !(section_is_lost && strstr(line, about)))
			(void)sprintf(section, "%.*s", (int)strlen(line) - 2,
				line + 1);
		if (!eq)
			continue;
		*eq = '\0';
		if (!tell(handler, user, section, line, eq + 3,
			    lies ? lie : TRUTH) ||
			(lies && lie == FAILS))
			error = 1;
	}
	return error;
}

static const char policy_text[] = "# first\n"
				  "[minibox]\n"
				  "default-box = hers\n"
				  "[defaults]\n"
				  "hostname = all\n"
				  "[box one]\n"
				  "rootfs = /one\n"
				  "users = bob\n"
				  "[box hers]\n"
				  "rootfs = /hers\n"
				  "users = alice\n"
				  "[box next]\n"
				  "rootfs = /next\n"
				  "users = carol\n"
				  "# tail\n"
				  "# end\n"
				  "[box last]\n"
				  "rootfs = /last\n"
				  "users = bob\n";

static bool
is_hers(const struct box *box, const void *data)
{
	(void)data;
	return !strcmp(box->name, "hers");
}

/* The fault, or NULL. */
static const char *
fault(bool everything)
{
	static const struct reader_wish wish = { is_hers, NULL };
	const struct reader_file file = {
		.name = "t.conf",
		.text = policy_text,
		.size = sizeof(policy_text) - 1,
	};
	struct faults faults = { 0 };
	struct policy policy;

	reader_parse(&policy, &file, 1, everything ? NULL : &wish, &faults);
	return faults.n ? faults.v[0].text : NULL;
}

static void
disagreement(void **state)
{
	static const struct {
		const char *about;
		bool used; /* by her */
	} t[] = {
		{ "default-box", true },
		{ "hostname", true },
		{ "/one", true }, /* shows where [defaults] end */
		{ "/hers", true },
		{ "alice", true },
		{ "/next", true }, /* shows where her box ends */
		{ "carol", true },
		{ "/last", false },
	};

	(void)state;
	lie = TRUTH;
	assert_null(fault(false));
	assert_null(fault(true));
	for (size_t i = 0; i < COUNT(t); i++)
		for (lie = TRUTH + 1; lie < LIES; lie++) {
			const char *why;

			about = t[i].about;
			why = fault(true);
			if (!why || !strstr(why, "two readers do not agree"))
				fail_msg("%s: lie %d passes", about, (int)lie);
			if (!fault(false) != !t[i].used)
				fail_msg("%s: lie %d for her: %s", about,
					(int)lie, fault(false));
		}
}

/* What is not read at all, though nothing would come of it. */
static void
unread(void **state)
{
	(void)state;
	about = "# tail";
	lie = STOPS;
	assert_non_null(fault(false));
	lie = LEAVES_OUT;
	assert_null(fault(false));
}

/* A section that only one of them sees, at either end of hers. */
static void
lost_sections(void **state)
{
	static const char *const t[] = { "[box hers]", "[box next]",
		"[defaults]", "[box one]" };

	(void)state;
	lie = TRUTH;
	section_is_lost = true;
	for (size_t i = 0; i < COUNT(t); i++) {
		about = t[i];
		if (!fault(false) || !fault(true))
			fail_msg("without %s", about);
	}
	about = "[box last]";
	assert_null(fault(false));
	assert_non_null(fault(true));
	section_is_lost = false;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(disagreement),
		cmocka_unit_test(unread),
		cmocka_unit_test(lost_sections),
	};

	return cmocka_run_group_tests_name("readers", tests, NULL, NULL);
}
