/* SPDX-License-Identifier: MIT */
/* What is said of a box that has ended: is it JSON, in one short line, and does
 * a reader of JSON get back what was put in? */
#include "tables.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>

#include "json.h"
#include "report.h"

static_assert((int)REPORT_MAX <= (int)PIPE_BUF, "a line is not atomic");

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* One character of a JSON string, as a byte; NULL if it is not JSON, or not
 * what this program may write. */
static const char *
read_char(const char *s, char *byte)
{
	int high, low;

	if ((unsigned char)*s < 0x20 || *s == 0x7f)
		return NULL;
	if (*s != '\\') {
		*byte = *s;
		return s + 1;
	}
	if (s[1] == '"' || s[1] == '\\') {
		*byte = s[1];
		return s + 2;
	}
	if (strncmp(s, "\\u00", 4))
		return NULL;
	high = hex(s[4]);
	low = high < 0 ? -1 : hex(s[5]);
	if (low < 0)
		return NULL;
	*byte = (char)(high << 4 | low);
	return s + 6;
}

/* From behind the first quote to behind the second. */
static const char *
read_string(const char *s, char *out)
{
	while (s && *s != '"')
		s = read_char(s, out++);
	*out = '\0';
	return s ? s + 1 : NULL;
}

static const char *
read_member(const char *s, char **out)
{
	size_t digits;

	if (*s++ != '"' || !(s = read_string(s, *out)) || *s++ != ':')
		return NULL;
	*out += strlen(*out);
	*(*out)++ = '=';
	if (*s == '"') {
		s = read_string(s + 1, *out);
		*out += strlen(*out);
		return s;
	}
	digits = strspn(s, "0123456789");
	if (!digits || (digits > 1 && *s == '0'))
		return NULL;
	memcpy(*out, s, digits);
	*out += digits;
	return s + digits;
}

/* A line of JSON as "name=value|name=value"; fails if it is anything else. */
static const char *
members(const char *line, size_t size)
{
	char *text = xcalloc(size + 1, 1), *out = text;
	const char *s = line;

	assert_in_range(size, 1, REPORT_MAX - 1);
	assert_int_equal(strlen(line), size);
	if (*s++ != '{')
		fail_msg("%s", line);
	while ((s = read_member(s, &out)) && *s == ',') {
		*out++ = '|';
		s++;
	}
	if (!s || strcmp(s, "}\n"))
		fail_msg("not JSON: %s", line);
	*out = '\0';
	return text;
}

/* A row of what ending_run may hand over. */
static void
ends(void **state)
{
#define TIMES ",\"wall-ms\":0,\"user-ms\":0,\"system-ms\":0,\"max-rss\":0"
	static const struct {
		struct report report;
		const char *line;
	} t[] = {
		{ { .exit_code = 0 }, "{\"exit-code\":0" TIMES "}\n" },
		{ { .exit_code = 1 }, "{\"exit-code\":1" TIMES "}\n" },
		{ { .exit_code = 255 }, "{\"exit-code\":255" TIMES "}\n" },
		/* A signal says how it ended; the code says nothing then. */
		{ { .signo = 1 }, "{\"signal\":1" TIMES "}\n" },
		{ { .signo = 64 }, "{\"signal\":64" TIMES "}\n" },
		{ { .signo = 11, .exit_code = 139 },
			"{\"signal\":11" TIMES "}\n" },
		{ { .limit = REPORT_NO_LIMIT },
			"{\"exit-code\":0" TIMES "}\n" },
		{ { .exit_code = 124, .limit = REPORT_TIME },
			"{\"exit-code\":124,\"limit\":\"time\"" TIMES "}\n" },
		{ { .signo = 9, .limit = REPORT_MEMORY },
			"{\"signal\":9,\"limit\":\"memory\"" TIMES "}\n" },
		/* Each number in its own place. */
		{ { .exit_code = 7,
			  .wall_ms = 1,
			  .user_ms = 2,
			  .system_ms = 3,
			  .max_rss = 4,
			  .memory_peak = 5 },
			"{\"exit-code\":7,\"wall-ms\":1,\"user-ms\":2,"
			"\"system-ms\":3,\"max-rss\":4}\n" },
		{ { .exit_code = 7,
			  .wall_ms = 1,
			  .user_ms = 2,
			  .system_ms = 3,
			  .max_rss = 4,
			  .has_memory_peak = true,
			  .memory_peak = 5 },
			"{\"exit-code\":7,\"wall-ms\":1,\"user-ms\":2,"
			"\"system-ms\":3,\"max-rss\":4,\"memory-peak\":5}\n" },
		/* A peak of 0 is known, too. */
		{ { .has_memory_peak = true },
			"{\"exit-code\":0" TIMES ",\"memory-peak\":0}\n" },
		/* None is cut to 32 bits, none is negative. */
		{ { .wall_ms = 86399999913600000,
			  .user_ms = 4294967296,
			  .system_ms = 4294967297,
			  .max_rss = INT64_MAX },
			"{\"exit-code\":0,\"wall-ms\":86399999913600000,"
			"\"user-ms\":4294967296,\"system-ms\":4294967297,"
			"\"max-rss\":9223372036854775807}\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		char line[REPORT_MAX];
		size_t n = report_end(line, &t[i].report);

		assert_string_equal(line, t[i].line);
		assert_int_equal(n, strlen(t[i].line));
		(void)members(line, n);
	}
#undef TIMES
}

/* Every combination of what may be there, as a reader sees it. */
static void
every_end(void **state)
{
	static const char *const limits[] = {
		[REPORT_NO_LIMIT] = "",
		[REPORT_TIME] = "|limit=time",
		[REPORT_MEMORY] = "|limit=memory",
	};
	const uint64_t max = UINT64_MAX;

	(void)state;
	for (int signo = 0; signo <= 64; signo++)
		for (int limit = REPORT_NO_LIMIT; limit <= REPORT_MEMORY;
			limit++)
			for (int peak = 0; peak < 2; peak++) {
				const struct report report = {
					.signo = signo,
					.exit_code = 255 - signo,
					.limit = (enum report_limit)limit,
					.wall_ms = max,
					.user_ms = max,
					.system_ms = max,
					.max_rss = max,
					.has_memory_peak = peak,
					.memory_peak = max,
				};
				char line[REPORT_MAX];
				size_t n = report_end(line, &report);

#define MAX "18446744073709551615"
				assert_string_equal(members(line, n),
					xasprintf("%s=%d%s|wall-ms=" MAX
						  "|user-ms=" MAX
						  "|system-ms=" MAX
						  "|max-rss=" MAX "%s",
						signo ? "signal" : "exit-code",
						signo ? signo : 255,
						limits[limit],
						peak ? "|memory-peak=" MAX
						     : ""));
#undef MAX
			}
}

static void
errors(void **state)
{
	static const struct {
		const char *message, *stage, *line;
	} t[] = {
		{ "x", "policy", "{\"error\":\"x\",\"stage\":\"policy\"}\n" },
		{ "x", "setup", "{\"error\":\"x\",\"stage\":\"setup\"}\n" },
		{ "x", "exec", "{\"error\":\"x\",\"stage\":\"exec\"}\n" },
		{ "", "exec", "{\"error\":\"\",\"stage\":\"exec\"}\n" },
		{ "a 'b', c/d; %s %n", "exec",
			"{\"error\":\"a 'b', c/d; %s %n\","
			"\"stage\":\"exec\"}\n" },
		{ "\"", "exec", "{\"error\":\"\\\"\",\"stage\":\"exec\"}\n" },
		{ "\\", "exec", "{\"error\":\"\\\\\",\"stage\":\"exec\"}\n" },
		{ "\",\"exit-code\":0,\"x\":\"", "exec",
			"{\"error\":\"\\\",\\\"exit-code\\\":0,"
			"\\\"x\\\":\\\"\",\"stage\":\"exec\"}\n" },
		{ "a\nb", "exec",
			"{\"error\":\"a\\u000ab\",\"stage\":\"exec\"}\n" },
		{ "\xc3\xa4", "exec",
			"{\"error\":\"\xc3\xa4\",\"stage\":\"exec\"}\n" },
		{ "\xc3", "exec",
			"{\"error\":\"\\u00c3\",\"stage\":\"exec\"}\n" },
		{ "\xe2\x80\xae", "exec", /* turns the text around */
			"{\"error\":\"\\u00e2\\u0080\\u00ae\","
			"\"stage\":\"exec\"}\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		char line[REPORT_MAX];
		size_t n = report_error(line, t[i].message, t[i].stage);

		assert_string_equal(line, t[i].line);
		assert_int_equal(n, strlen(t[i].line));
		assert_string_equal(
			members(line, n), xasprintf("error=%s|stage=%s",
						  t[i].message, t[i].stage));
	}
}

/* What each byte becomes. */
static void
every_byte(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		const char text[] = { (char)c, '\0' };
		bool plain = c >= ' ' && c <= '~';
		bool quoted = c == '"' || c == '\\';
		char out[16], line[REPORT_MAX];
		size_t n;

		json_escape(out, sizeof(out), text);
		assert_string_equal(
			out, quoted  ? xasprintf("\\%c", c)
			     : plain ? xasprintf("%c", c)
				     : xasprintf("\\u%04x", (unsigned)c));
		n = report_error(line, text, "setup");
		assert_string_equal(members(line, n),
			xasprintf("error=%s|stage=setup", text));
	}
}

/* Room that is too small: whole characters only, the end is there, and nothing
 * behind it is touched. */
static void
small_rooms(void **state)
{
	static const char *const texts[] = { "", "abcdefghijklmnopqrstuvwxyz",
		"\"\"\"\"\"\"\"\"\"\"\"\"", "\\\\\\\\\\\\\\\\\\\\\\\\",
		"\1\2\3\4\5\6\7\10", "\xff\xfe\xfd\xfc\xfb\xfa",
		"a\1b\"c\xff\\d\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		char whole[128];

		json_escape(whole, sizeof(whole), texts[i]);
		for (size_t size = 1; size < 64; size++) {
			char *room = xcalloc(1, size + 1);
			char *text = xcalloc(1, size + 1), quoted[80];

			/* With nothing behind, for ASan. */
			json_escape(xcalloc(1, size), size, texts[i]);
			memset(room, 'x', size + 1);
			json_escape(room, size, texts[i]);
			assert_int_equal(room[size], 'x');
			assert_in_range(strlen(room), 0, size - 1);
			assert_memory_equal(room, whole, strlen(room));
			(void)snprintf(quoted, sizeof(quoted), "%s\"", room);
			assert_non_null(read_string(quoted, text));
			assert_memory_equal(text, texts[i], strlen(text));
			/* Not cut for nothing: what is left out is no more
			 * than the longest character needs. */
			if (strlen(room) + 6 < size)
				assert_string_equal(room, whole);
		}
	}
}

/* A message of any length, of what is short and what is long in JSON. */
static void
long_messages(void **state)
{
	static const struct {
		const char *character;
		size_t fits; /* so many are whole */
	} t[] = {
		{ "x", 4026 },
		{ "\"", 2013 },
		{ "\\", 2013 },
		{ "\1", 671 },
		{ "\xff", 671 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		for (size_t n = 600; n < 5000; n += 1 + n % 7) {
			size_t kept = n < t[i].fits ? n : t[i].fits, size;
			char *message = xcalloc(n + 1, 1);
			char line[REPORT_MAX];

			memset(message, t[i].character[0], n);
			size = report_error(line, message, "policy");
			message[kept] = '\0';
			assert_string_equal(members(line, size),
				xasprintf("error=%s|stage=policy", message));
		}
}

static uint32_t
next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*seed >> 33);
}

/* Messages of any bytes: what is read is what was said, or its beginning. */
static void
any_messages(void **state)
{
	static const char special[] = "\"\\/\n\x7f\x1f\x20\xc3\xa4u0{}:,";
	size_t cut = 0;
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		size_t n = next(&seed) % 3000, size, kept;
		char *message = xcalloc(n + 1, 1), line[REPORT_MAX];
		const char *got;

		for (size_t i = 0; i < n; i++)
			message[i] = next(&seed) % 2
					     ? special[next(&seed) %
						       (COUNT(special) - 1)]
					     : (char)(next(&seed) % 255 + 1);
		size = report_error(line, message, "exec");
		got = members(line, size);
		assert_int_equal(strncmp(got, "error=", 6), 0);
		kept = strlen(got) - strlen("error=|stage=exec");
		assert_in_range(kept, n < 600 ? n : 600, n);
		assert_memory_equal(got + 6, message, kept);
		assert_string_equal(got + 6 + kept, "|stage=exec");
		assert_true(kept == n || size > REPORT_MAX - 64);
		cut += kept < n;
	}
	assert_in_range(cut, 100, 1900);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends),
		cmocka_unit_test(every_end),
		cmocka_unit_test(errors),
		cmocka_unit_test(every_byte),
		cmocka_unit_test(small_rooms),
		cmocka_unit_test(long_messages),
		cmocka_unit_test(any_messages),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
