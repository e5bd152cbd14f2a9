/* SPDX-License-Identifier: MIT */
/* Is what minibox ends with one line that a terminal cannot obey? */
#include "tables.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "die.h"

static void
escapes(void **state)
{
	static const struct {
		const char *in, *out;
	} t[] = {
		{ "", "" },
		{ "plain text ~!@#'\"", "plain text ~!@#'\"" },
		{ "a\nb", "a\\x0ab" },
		{ "\r", "\\x0d" },
		{ "\t", "\\x09" },
		{ "\x1b[2J", "\\x1b[2J" },
		{ "\x7f", "\\x7f" },
		{ "\xc3\xa4", "\\xc3\\xa4" },
		{ "\x9b\xff", "\\x9b\\xff" },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		die_escape(out, sizeof(out), t[i].in);
		assert_string_equal(out, t[i].out);
	}
	for (int c = 1; c < 256; c++) {
		char in[] = { (char)c, '\0' };

		die_escape(out, sizeof(out), in);
		if (c >= 0x20 && c < 0x7f)
			assert_string_equal(out, in);
		else
			assert_string_equal(out, xasprintf("\\x%02x", c));
	}
}

/* However small the buffer: terminated, within it, the beginning of the whole,
 * and no escape cut in two. */
static void
sizes(void **state)
{
	static const char in[] = "ab\ncd\x1b\xff ef\n";
	char whole[64];

	(void)state;
	die_escape(whole, sizeof(whole), in);
	assert_string_equal(whole, "ab\\x0acd\\x1b\\xff ef\\x0a");
	for (size_t size = 1; size < sizeof(whole); size++) {
		char *out = xcalloc(size, 1);
		const char *last;

		memset(out, '!', size);
		die_escape(out, size, in);
		assert_non_null(memchr(out, '\0', size));
		assert_memory_equal(out, whole, strlen(out));
		last = strrchr(out, '\\');
		assert_true(!last || strlen(last) >= 4);
		free(out);
	}
	/* What callers reckon with: four bytes for each, and six. */
	die_escape(whole, 4 * 2 + 6, "\n\n");
	assert_string_equal(whole, "\\x0a\\x0a");
}

/* What a child that ends with `die` writes; its status in *status. */
static size_t
child_says(void (*end)(void), char *buffer, size_t size, int *status)
{
	size_t n = 0;
	ssize_t got;
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		(void)dup2(fds[1], STDERR_FILENO);
		(void)close(fds[0]);
		end();
	}
	assert_true(pid > 0);
	(void)close(fds[1]);
	while (n < size && (got = read(fds[0], buffer + n, size - n)) > 0)
		n += (size_t)got;
	(void)close(fds[0]);
	assert_int_equal(waitpid(pid, status, 0), pid);
	assert_true(WIFEXITED(*status));
	*status = WEXITSTATUS(*status);
	return n;
}

static void
end_denied(void)
{
	die(EXIT_DENIED, "box '%s': %d", "a\nb\x1b[m", 7);
}

static void
end_errno(void)
{
	errno = ENOENT;
	die_errno("open %s", "/x");
}

static void
end_long(void)
{
	char text[3 * DIE_LINE_MAX];

	memset(text, '\n', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	errno = ENOENT;
	die_errno("%s", text);
}

static void
end_closed(void)
{
	(void)close(STDERR_FILENO);
	die(EXIT_NOT_FOUND, "nobody hears it");
}

static void
ends(void **state)
{
	char line[4 * DIE_LINE_MAX];
	int status;
	size_t n;

	(void)state;
	n = child_says(end_denied, line, sizeof(line), &status);
	line[n] = '\0';
	assert_string_equal(line, "minibox: box 'a\\x0ab\\x1b[m': 7\n");
	assert_int_equal(status, 126);
	n = child_says(end_errno, line, sizeof(line), &status);
	line[n] = '\0';
	assert_string_equal(
		line, "minibox: open /x: No such file or directory\n");
	assert_int_equal(status, 125);
	n = child_says(end_long, line, sizeof(line), &status);
	assert_true(n > DIE_LINE_MAX / 2 && n <= DIE_LINE_MAX);
	assert_ptr_equal(memchr(line, '\n', n), line + n - 1);
	line[n - 1] = '\0';
	assert_non_null(strstr(line, "\\x0a: No such file or directory"));
	assert_int_equal(status, 125);
	n = child_says(end_closed, line, sizeof(line), &status);
	assert_int_equal(n, 0);
	assert_int_equal(status, 127);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes),
		cmocka_unit_test(sizes),
		cmocka_unit_test(ends),
	};

	return cmocka_run_group_tests_name("die", tests, NULL, NULL);
}
