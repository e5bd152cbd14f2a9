/* SPDX-License-Identifier: MIT */
/* Every option, in every spelling. */
#include "unit.h"

#include "request.h"

/* argv out of words with one blank between them; `_` is the empty word. */
static const char *
parse(struct request *r, const char *words)
{
	static char text[512], *argv[64];
	int argc = 0;

	(void)snprintf(text, sizeof(text), "%s", words);
	for (char *w = strtok(text, " "); w; w = strtok(NULL, " "))
		argv[argc++] = strcmp(w, "_") ? w : w + 1;
	argv[argc] = NULL;
	return request_parse(r, argc, argv);
}

static void
right(struct request *r, const char *words)
{
	const char *fault = parse(r, words);

	if (fault)
		fail_msg("<%s>: %s", words, fault);
}

static void
test_spellings(void **state)
{
	struct request r;

	(void)state;
	right(&r, "minibox -b x ls -l");
	assert_string_equal(r.box, "x");
	assert_string_equal(r.command[1], "-l"); /* not ours any more */
	right(&r, "minibox -bx ls");
	assert_string_equal(r.box, "x");
	right(&r, "minibox --box=x ls");
	assert_string_equal(r.box, "x");
	right(&r, "minibox --box x -- -ls");
	assert_string_equal(r.box, "x");
	assert_string_equal(r.command[0], "-ls");
	right(&r, "minibox -nb x");
	assert_int_equal(r.mode, MODE_EXPLAIN);
	assert_string_equal(r.box, "x");
	assert_null(r.command[0]);
	right(&r, "minibox --dry-run -e A=1 --env B -C /tmp --hostname=h "
		  "--network=none ls");
	assert_int_equal(r.nenv, 2);
	assert_string_equal(r.env[1], "B");
	assert_string_equal(r.chdir, "/tmp");
	assert_string_equal(r.hostname, "h");
	assert_true(r.no_network);
	right(&r, "minibox -c id");
	assert_string_equal(r.string, "id");
	assert_false(r.login);
	right(&r, "-minibox");
	assert_true(r.login);
	right(&r, "minibox -l");
	assert_int_equal(r.mode, MODE_LIST);
	right(&r, "minibox --list --box=x");
	assert_int_equal(r.mode, MODE_LIST);
	right(&r, "minibox --check");
	assert_null(r.check_file);
	right(&r, "minibox --check -");
	assert_string_equal(r.check_file, "-");
	right(&r, "minibox -h");
	assert_int_equal(r.mode, MODE_HELP);
	right(&r, "minibox --version");
	assert_int_equal(r.mode, MODE_VERSION);
	right(&r, "minibox -");
	assert_string_equal(r.command[0], "-");
}

static void
test_refusals(void **state)
{
	static const struct {
		const char *words, *fault;
	} cases[] = {
		{ "minibox -b", "needs a value" },
		{ "minibox --box", "needs a value" },
		{ "minibox -b x -b y", "given twice" },
		{ "minibox -C /a -C /b ls", "given twice" },
		{ "minibox -C a ls", "absolute path" },
		{ "minibox -C /a/../b ls", "absolute path" },
		{ "minibox -x ls", "unknown option -x" },
		{ "minibox --bo x", "unknown option --bo" },
		{ "minibox --box=x --net=none", "unknown option --net" },
		{ "minibox --help=x", "takes no value" },
		{ "minibox --network=host ls", "can only be none" },
		{ "minibox --network ls", "can only be none" },
		{ "minibox --hostname=-x ls", "must be 1 to 64" },
		{ "minibox --hostname=a/b ls", "must be 1 to 64" },
		{ "minibox -v /a:/b ls", "binds" },
		{ "minibox -it ls", "terminal" },
		{ "minibox -u root ls", "runs as you" },
		{ "minibox --rm ls", "nothing is left" },
		{ "minibox -R / ls", "pick a box" },
		{ "minibox --privileged ls", "no privilege" },
		{ "minibox --config=/x ls", "--check" },
		{ "minibox -n -l", "cannot be combined" },
		{ "minibox -l --check", "cannot be combined" },
		{ "minibox -l ls", "exclude each other" },
		{ "minibox -l -e A=1", "exclude each other" },
		{ "minibox --check a b", "exclude each other" },
		{ "minibox --check -b x", "leave -b out" },
		{ "minibox -c id x", "one string" },
		{ "minibox _", "empty" },
	};
	struct request r;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *fault = parse(&r, cases[i].words);

		if (!fault || !strstr(fault, cases[i].fault))
			fail_msg("<%s>: %s", cases[i].words,
				fault ? fault : "accepted");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
