/* SPDX-License-Identifier: MIT */
/* Can a caller forge what the log says, and is anything missing? */
#include "tables.h"

#include "logline.h"
#include "word.h"

static const char *
made(const struct logline *l)
{
	char line[LOGLINE_MAX];
	size_t n = logline_make(line, l);

	assert_int_equal(n, strlen(line));
	assert_in_range(n, 1, LOGLINE_MAX - 1);
	for (size_t i = 0; i < n; i++)
		if (line[i] < 0x20 || line[i] > 0x7e)
			fail_msg("byte %d at %zu", line[i], i);
	return xstrdup(line);
}

static void
lines(void **state)
{
	static char *argv[7];
	static const char *const words[] = { "x", "-l", "a b",
		"\"; COMMAND=/bin/true\n", "", "\xc3\xa4\x1b[2J" };
	static const struct caller alice = {
		.uid = 4001,
		.name = "alice",
		.cwd = "/home/alice",
	};
	static const struct caller odd = {
		.uid = 4294967294,
		.name = "4294967294",
		.cwd = "/tmp/x ; BOX=other\n<80>su: root",
	};
	static const struct {
		struct logline l;
		const char *line;
	} t[] = {
		{ { .kind = LOGLINE_PERMIT,
			  .pid = 412,
			  .caller = &alice,
			  .tty = "pts/3",
			  .box = "alpine",
			  .root = "/srv/minibox/alpine",
			  .command = "/bin/sh",
			  .argv = argv },
			"<85>minibox[412]: alice(4001) : TTY=pts/3 ; "
			"PWD=/home/alice ; BOX=alpine ; "
			"ROOT=/srv/minibox/alpine ; COMMAND=/bin/sh -l \"a b\" "
			"\"\\\"; COMMAND=/bin/true\\x0a\" \"\" "
			"\"\\xc3\\xa4\\x1b[2J\"" },
		{ { .kind = LOGLINE_DENY,
			  .pid = 1,
			  .caller = &odd,
			  .why = "no; go away",
			  .box = "x",
			  .argv = argv },
			"<81>minibox[1]: 4294967294(4294967294) : no ; "
			"TTY=none ; "
			"PWD=\"/tmp/x ; BOX=other\\x0a<80>su: root\" ; BOX=x ; "
			"COMMAND=x -l \"a b\" "
			"\"\\\"; COMMAND=/bin/true\\x0a\" \"\" "
			"\"\\xc3\\xa4\\x1b[2J\"" },
		{ { .kind = LOGLINE_FAULT,
			  .pid = 7,
			  .caller = &alice,
			  .why = "/etc/minibox.conf:3: unknown key 'x'" },
			"<83>minibox[7]: alice(4001) : /etc/minibox.conf:3: "
			"unknown key 'x' ; TTY=none ; PWD=/home/alice" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++)
		argv[i] = xstrdup(words[i]);
	for (size_t i = 0; i < COUNT(t); i++)
		if (strcmp(made(&t[i].l), t[i].line))
			fail_msg("%s", made(&t[i].l));
}

/* Cut, and seen to be; nothing comes behind the cut. */
static void
long_lines(void **state)
{
	struct caller caller = { .uid = 1, .name = "n", .cwd = "/" };

	(void)state;
	for (size_t n = 1900; n < 2100; n++) {
		char *word = xcalloc(n + 1, 1);
		char *argv[] = { xstrdup("/c"), word, xstrdup("END"), NULL };
		struct logline l = {
			.kind = LOGLINE_PERMIT,
			.pid = 1,
			.caller = &caller,
			.argv = argv,
		};
		const char *line;
		bool whole;

		memset(word, 'x', n);
		line = made(&l);
		whole = strstr(line, "x END") != NULL;
		assert_true(whole ? strlen(line) < LOGLINE_MAX
				  : !strcmp(line + strlen(line) - 3, "..."));
		if (n == 1900)
			assert_true(whole);
		if (n == 2099)
			assert_int_equal(strlen(line), LOGLINE_MAX - 1);
	}
}

/* What a caller can make long does not hide what he ran, or tried to. */
static void
long_fields(void **state)
{
	static const char bytes[] = "/x\x01\\";
	static const char *const fields[] = { "(1) : ", " ; TTY=pts/1",
		" ; PWD=", " ; BOX=", " ; ROOT=/r", " ; COMMAND=/bin/nmap" };
	char *argv[] = { xstrdup("/bin/nmap"), xstrdup("-sS"), NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(bytes) - 1; i++)
		for (size_t n = 1; n < 5000; n += 41) {
			char *text = xcalloc(n + 1, 1);
			struct caller caller = {
				.uid = 1, .name = "n", .cwd = text
			};
			const char *line, *at;

			memset(text, bytes[i], n);
			at = line = made(&(struct logline){
				.kind = LOGLINE_DENY,
				.pid = INT32_MAX,
				.caller = &caller,
				.why = text,
				.tty = "pts/1",
				.box = text,
				.root = "/r",
				.argv = argv,
			});
			for (size_t k = 0; k < COUNT(fields); k++) {
				at = strstr(at, fields[k]);
				if (!at)
					fail_msg("%s: %s", fields[k], line);
			}
			assert_true(strstr(line, "-sS") != NULL);
		}
}

/* A reason that quotes words of the caller's is no field. */
static void
reasons(void **state)
{
	const struct caller caller = { .uid = 1, .name = "n", .cwd = "/" };

	(void)state;
	assert_string_equal(
		made(&(struct logline){ .kind = LOGLINE_DENY,
			.pid = 1,
			.caller = &caller,
			.why = "no -B /x ;COMMAND=/bin/true ;:/y; leave it" }),
		"<81>minibox[1]: n(1) : no -B /x ,COMMAND=/bin/true ,:/y ; "
		"TTY=none ; PWD=/");
}

static void
terminals(void **state)
{
	static const struct {
		const char *stat, *tty;
	} t[] = {
		{ "1 (minibox) S 2 3 4 34816 5", "pts/0" },
		{ "1 (minibox) S 2 3 4 34819 5 6", "pts/3" },
		{ "1 (minibox) S 2 3 4 1083489 5", "pts/353" },
		{ "1 (a ) S 9 9 9 9) S 2 3 4 1025 5", "tty1" },
		{ "1 (m) S 2 3 4 1088 5", "ttyS0" },
		{ "1 (m) S 2 3 4 1281 5", "5:1" },
		{ "1 (m) S 2 3 4 0 -1", NULL },
		{ "1 (m) S 2 3 4", NULL },
		{ "1 (m)", NULL },
		{ "1 (m) S 2 3 ", NULL },
		{ "", NULL },
		{ "nonsense", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const char *tty = logline_tty(t[i].stat);

		if (!tty != !t[i].tty || (tty && strcmp(tty, t[i].tty)))
			fail_msg("%s: %s", t[i].stat, tty ? tty : "none");
	}
}

static void
words(void **state)
{
	static const struct {
		const char *word, *quoted;
	} t[] = {
		{ "plain", "plain" },
		{ "", "\"\"" },
		{ "a b", "\"a b\"" },
		{ "a\"b", "\"a\\\"b\"" },
		{ "\\", "\"\\\\\"" },
		{ "a\\", "\"a\\\\\"" },
		{ "\\x0a", "\"\\\\x0a\"" },
		{ "a;b", "\"a;b\"" },
		{ "\n", "\"\\x0a\"" },
		{ "\"\"\"", "\"\\\"\\\"\\\"\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		assert_string_equal(word_quote(t[i].word), t[i].quoted);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(long_fields),
		cmocka_unit_test(reasons),
		cmocka_unit_test(terminals),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests_name("logline", tests, NULL, NULL);
}
