/* SPDX-License-Identifier: MIT */
/* Does only what is one of the four kinds of lines pass? */
#include "tables.h"

#include "scan.h"

/* Scans a copy that ends where the text ends. */
static struct faults
scan_bytes(struct scan *scan, const char *text, size_t size)
{
	struct faults faults = { 0 };
	char *copy = xcalloc(size, 1);

	memcpy(copy, text, size);
	scan_text(scan, 0, copy, size, &faults);
	free(copy);
	return faults;
}

static struct faults
scan_string(struct scan *scan, const char *text)
{
	return scan_bytes(scan, text, strlen(text));
}

static bool
passes(const char *text, size_t size)
{
	struct scan scan;

	return scan_bytes(&scan, text, size).n == 0;
}

static void
structure(void **state)
{
	static const char text[] = "# first\n"
				   "early = 1\n"
				   "\n"
				   "[minibox]\n"
				   "a = b\n"
				   "   \n"
				   "[box one]\n"
				   "; second\n"
				   "[box two]\n"
				   "key-with-hyphens   =   v = w   \n"
				   "k=v\n";
	static const struct {
		const char *key, *value;
		int line;
		uint32_t section;
	} want[] = {
		{ "early", "1", 2, UINT32_MAX },
		{ "a", "b", 5, 0 },
		{ "key-with-hyphens", "v = w", 10, 2 },
		{ "k", "v", 11, 2 },
	};
	struct scan s;

	(void)state;
	assert_int_equal(scan_string(&s, text).n, 0);
	assert_int_equal(s.nsections, 3);
	assert_string_equal(s.sections[0].name, "minibox");
	assert_string_equal(s.sections[1].name, "box one");
	assert_string_equal(s.sections[2].name, "box two");
	assert_int_equal(s.sections[0].place, 4);
	assert_int_equal(s.sections[1].place, 7);
	assert_int_equal(s.sections[2].place, 9);
	assert_int_equal(s.nentries, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++) {
		assert_string_equal(s.entries[i].key, want[i].key);
		assert_string_equal(s.entries[i].value, want[i].value);
		assert_int_equal(s.entries[i].place, want[i].line);
		assert_true(s.entries[i].section == want[i].section);
	}
}

static void
texts(void **state)
{
	struct scan s;

	(void)state;
	assert_int_equal(scan_string(&s, "").n, 0);
	assert_int_equal(s.nsections + s.nentries, 0);
	assert_int_equal(scan_string(&s, "\n\n  \n").n, 0);
	assert_int_equal(s.nsections + s.nentries, 0);
}

/* One line, the second of three; a part of its fault, or NULL if it passes. */
static void
lines(void **state)
{
	static const struct {
		const char *line, *part;
	} t[] = {
		{ "", NULL },
		{ "  ", NULL },
		{ "#", NULL },
		{ "# comment", NULL },
		{ ";comment # ; [x] = ", NULL },
		{ "[minibox]", NULL },
		{ "[minibox]  ", NULL },
		{ "[defaults]", NULL },
		{ "[box a]", NULL },
		{ "[box A.b_c-9]", NULL },
		{ "k = v", NULL },
		{ "k=v", NULL },
		{ "k =v", NULL },
		{ "k= v", NULL },
		{ "k  =  v  ", NULL },
		{ "k = v=w", NULL },
		{ "k == v", NULL },
		{ "k = a#b", NULL },
		{ "k = a;b", NULL },
		{ "k = a, b", NULL },
		{ "k = [box x]", NULL },
		{ "k- = v", NULL },
		{ "description = a # b ; c", NULL },
		{ "description = \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80",
			NULL },
		/* Sections. */
		{ "[", "section line" },
		{ "[]", "section line" },
		{ "[box a", "section line" },
		{ "[box a] x", "section line" },
		{ "[box a] # x", "section line" },
		{ "[box a]users = *", "section line" },
		{ "[box a] [box b]", "box name" },
		{ "[box a]]", "box name" },
		{ "[[box a]", "unknown section" },
		{ "[ ]", "unknown section" },
		{ "[ box a]", "unknown section" },
		{ "[box a ]", "box name" },
		{ "[box  a]", "box name" },
		{ "[box ]", "box name" },
		{ "[box]", "unknown section" },
		{ "[boxa]", "unknown section" },
		{ "[box a;b]", "box name" },
		{ "[box a;]", "box name" },
		{ "[box a/b]", "box name" },
		{ "[box .a]", "box name" },
		{ "[box -a]", "box name" },
		{ "[Box a]", "unknown section" },
		{ "[Minibox]", "unknown section" },
		{ "[minibox ]", "unknown section" },
		{ "[minibox a]", "unknown section" },
		{ "[default]", "unknown section" },
		{ "[one:two]", "unknown section" },
		{ "[box \xc3\xa4]", "not ASCII" },
		{ "[box\ta]", "a tab" },
		/* Keys and values. */
		{ " k = v", "blank at the start" },
		{ " [box a]", "blank at the start" },
		{ " # comment", "blank at the start" },
		{ "\tk = v", "a tab" },
		{ "\t", "a tab" },
		{ "k\t= v", "a tab" },
		{ "k = v\t", "a tab" },
		{ "k", "not a section" },
		{ "k v", "not a section" },
		{ "k v = w", "not a section" },
		{ "k: v", "not a section" },
		{ "k : v = w", "not a section" },
		{ "C:\\x = y", "not a section" },
		{ "= v", "not a section" },
		{ "=", "not a section" },
		{ "K = v", "not a section" },
		{ "kK = v", "not a section" },
		{ "k1 = v", "not a section" },
		{ "k_l = v", "not a section" },
		{ "k.l = v", "not a section" },
		{ "-k = v", "not a section" },
		{ "'k' = v", "not a section" },
		{ "k\xc3\xa4 = v", "not ASCII" },
		{ "k =", "no value" },
		{ "k = ", "no value" },
		{ "description =", "no value" },
		{ "k = v # c", "a comment behind" },
		{ "k = v ; c", "a comment behind" },
		{ "k = v ;", "a comment behind" },
		{ "k = v #", "a comment behind" },
		{ "descriptions = v # c", "a comment behind" },
		{ "k = \xc3\xa4", "not ASCII" },
		{ "k = v\r", "carriage return" },
		{ "[box a]\r", "carriage return" },
		{ "# c\r", "carriage return" },
		{ "\r", "carriage return" },
		{ "a\rb", "carriage return" },
		{ "description = \x1b[m", "control" },
		{ "description = a\tb", "a tab" },
		{ "# \x01", "control" },
		{ "# \x7f", "control" },
		{ "# \xff", "not UTF-8" },
		{ "\xef\xbb\xbfk = v", "byte order mark" },
		{ "\xef\xbb\xbf[box a]", "byte order mark" },
		{ "\xef\xbb\xbf# c", "byte order mark" },
		{ "# \xef\xbb\xbf", "invisible" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		char *text = xasprintf("[box z]\n%s\nk = v\n", t[i].line);
		struct scan s;
		struct faults f = scan_string(&s, text);

		if (t[i].part ? f.n != 1 || f.v[0].place != 2 ||
					!strstr(f.v[0].text, t[i].part)
			      : f.n != 0)
			fail_msg("%s: %d: %s", t[i].line,
				f.n ? f.v[0].place : 0,
				f.n ? f.v[0].text : "passes");
	}
}

/* The tail of a line that is too long never becomes a line. */
static void
lengths(void **state)
{
	static const char *const before[] = { "# ", "; ", "k = ", "description",
		"[box ", " ", "" };

	(void)state;
	for (size_t i = 0; i < COUNT(before); i++) {
		bool is_comment = i < 2, is_long_ok = i < 3;

		for (size_t len = 188; len <= 700; len++) {
			size_t n = strlen(before[i]);
			char *text = xcalloc(len + 2, 1);

			memset(text, 'x', len);
			memcpy(text, before[i], n);
			text[len] = '\n';
			if (is_comment && len > 230)
				memcpy(text + 199, "[box evil]", 10);
			if (passes(text, len + 1) != (is_long_ok && len <= 190))
				fail_msg("'%s', %zu bytes", before[i], len);
		}
	}
	/* Blanks count, even where they mean nothing. */
	assert_true(passes(xasprintf("%190s\n", ""), 191));
	assert_false(passes(xasprintf("%191s\n", ""), 192));
	assert_true(passes(xasprintf("%-190s\n", "k = v"), 191));
	assert_false(passes(xasprintf("%-191s\n", "k = v"), 192));
	assert_true(passes(xasprintf("%-190s\n", "[box a]"), 191));
	assert_false(passes(xasprintf("%-191s\n", "[box a]"), 192));
}

static void
key_lengths(void **state)
{
	(void)state;
	for (int n = 1; n <= 64; n++) {
		char *text = xasprintf("%.*s = v\n", n,
			"abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz"
			"abcdefghijk");

		if (passes(text, strlen(text)) != (n <= 32))
			fail_msg("%s", text);
	}
}

static void
last_newline(void **state)
{
	static const char *const t[] = { "k = v", "[box a]", "# c", " ", "x",
		"[box a]\nk = v" };

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct scan s;
		struct faults f = scan_string(&s, t[i]);

		assert_int_equal(f.n, 1);
		assert_non_null(strstr(f.v[0].text, "no newline"));
		assert_int_equal(f.v[0].place, strchr(t[i], '\n') ? 2 : 1);
		if (strcmp(t[i], "x"))
			assert_true(passes(
				xasprintf("%s\n", t[i]), strlen(t[i]) + 1));
	}
}

/* Each byte at each place of a line. */
static void
each_byte(void **state)
{
	static const struct {
		const char *before, *after;
	} t[] = {
		{ "k = a", "b" },
		{ "k = a", "" },
		{ "description = a", "b" },
		{ "# a", "b" },
		{ "#", "" },
		{ "; a", "b" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		for (int c = 0; c < 256; c++) {
			size_t n = strlen(t[i].before);
			char *text =
				xasprintf("%s_%s\n", t[i].before, t[i].after);
			size_t size = strlen(text);
			bool ok = c >= 0x20 && c < 0x7f;

			text[n] = (char)c;
			/* A newline makes two lines, `b` is not one. */
			if (c == '\n')
				ok = !*t[i].after;
			if (passes(text, size) != ok)
				fail_msg("%s, byte %d", t[i].before, c);
		}
	}
	/* In a section, and as first byte of a line: only what is listed. */
	for (int c = 0; c < 256; c++) {
		char section[] = "[box a_b]\n", first[] = "_ = v\n";
		bool name = c && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"abcdefghijklmnopqrstuvwxyz"
					"0123456789._-",
					 c);

		section[6] = (char)c;
		if (passes(section, strlen("[box a_b]\n")) != name)
			fail_msg("[box a%cb]", c);
		first[0] = (char)c;
		if (passes(first, strlen("_ = v\n")) !=
			((c >= 'a' && c <= 'z') || c == '#' || c == ';'))
			fail_msg("first byte %d", c);
	}
}

static size_t
utf8_encode(char *s, uint32_t c)
{
	if (c < 0x800) {
		s[0] = (char)(0xc0 | c >> 6);
		s[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		s[0] = (char)(0xe0 | c >> 12);
		s[1] = (char)(0x80 | (c >> 6 & 0x3f));
		s[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	s[0] = (char)(0xf0 | c >> 18);
	s[1] = (char)(0x80 | (c >> 12 & 0x3f));
	s[2] = (char)(0x80 | (c >> 6 & 0x3f));
	s[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Every code point in a comment: what is no character, controls, and what
 * hides or turns text around are refused, everything else passes. */
static void
code_points(void **state)
{
	static const struct {
		uint32_t first, last;
	} refused[] = {
		{ 0x80, 0x9f },       /* C1 controls */
		{ 0xad, 0xad },       /* soft hyphen */
		{ 0x34f, 0x34f },     /* grapheme joiner */
		{ 0x61c, 0x61c },     /* Arabic letter mark */
		{ 0x115f, 0x1160 },   /* Hangul fillers */
		{ 0x17b4, 0x17b5 },   /* Khmer vowels that are not seen */
		{ 0x180e, 0x180e },   /* Mongolian separator */
		{ 0x200b, 0x200f },   /* zero width, direction marks */
		{ 0x2028, 0x202e },   /* separators, embeddings, overrides */
		{ 0x2060, 0x206f },   /* word joiner, isolates */
		{ 0x3164, 0x3164 },   /* Hangul filler */
		{ 0xd800, 0xdfff },   /* surrogates */
		{ 0xfeff, 0xfeff },   /* byte order mark */
		{ 0xffa0, 0xffa0 },   /* Hangul filler */
		{ 0xfff9, 0xfffb },   /* interlinear */
		{ 0x1d173, 0x1d17a }, /* of music */
		{ 0xe0000, 0xe007f }, /* tags */
	};
	char text[16] = "# ";

	(void)state;
	for (uint32_t c = 0x80, i = 0; c <= 0x10ffff; c++) {
		size_t n = utf8_encode(text + 2, c);
		bool ok;

		while (i < COUNT(refused) && c > refused[i].last)
			i++;
		ok = i == COUNT(refused) || c < refused[i].first;
		text[2 + n] = '\n';
		if (passes(text, n + 3) != ok)
			fail_msg("U+%04X", c);
	}
}

static void
broken_utf8(void **state)
{
	static const char *const t[] = {
		"\x80", "\xbf", "\xc0\x80", /* overlong NUL */
		"\xc1\xbf",                 /* overlong */
		"\xe0\x80\xaf",             /* overlong slash */
		"\xe0\x9f\xbf",             /* overlong */
		"\xf0\x80\x80\x8a",         /* overlong newline */
		"\xf0\x8f\xbf\xbf",         /* overlong */
		"\xed\xa0\x80",             /* a surrogate */
		"\xf4\x90\x80\x80",         /* above U+10FFFF */
		"\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", /* five bytes */
		"\xfe", "\xff", "\xc3",                     /* cut */
		"\xe2\x82", "\xf0\x9f\x98", "\xc3(", "\xe2(\xa1", "\xe2\x82(",
		"\xf0\x9f\x98(", "\xc3\xc3\xa4", "\xc3\xa4\xa4",
		"\xe4", /* Latin-1 */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		char *text = xasprintf("# a%s\n", t[i]);

		if (passes(text, strlen(text)))
			fail_msg("row %zu, at the end", i);
		text = xasprintf("description = a%sb\n", t[i]);
		if (passes(text, strlen(text)))
			fail_msg("row %zu, in the middle", i);
	}
}

static void
box_names(void **state)
{
	static const struct {
		const char *name;
		bool ok;
	} t[] = {
		{ "a", true },
		{ "Z", true },
		{ "0", true },
		{ "a.b", true },
		{ "a..b", true },
		{ "a_b-c.d", true },
		{ "a.", true },
		{ "12345678901234567890123456789012", true },
		{ "123456789012345678901234567890123", false },
		{ "", false },
		{ ".", false },
		{ "..", false },
		{ ".a", false },
		{ "_a", false },
		{ "-a", false },
		{ "a b", false },
		{ "a/b", false },
		{ "a*", false },
		{ "a%", false },
		{ "a\n", false },
		{ "\xc3\xa4", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (scan_is_box_name(t[i].name) != t[i].ok)
			fail_msg("'%s'", t[i].name);
}

/* Every fault is found, each with the number of its line. */
static void
all_lines(void **state)
{
	static const char text[] = "[box a]\n" /* 1 */
				   "K = v\n"
				   "k = v\n"
				   "\n"
				   "k =\n" /* 5 */
				   "# \x01\n"
				   "[box b\n"
				   " k = v\n"
				   "k = v # c\n"
				   "k = v\n" /* 10 */
				   "end";
	static const int want[] = { 2, 5, 6, 7, 8, 9, 11 };
	struct scan s;
	struct faults f = scan_string(&s, text);

	(void)state;
	assert_int_equal(f.n, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++)
		assert_int_equal(f.v[i].place, want[i]);
	/* What follows a bad section is not in the one above. */
	assert_int_equal(s.nentries, 2);
	assert_int_equal(s.entries[1].place, 10);
	assert_int_equal(s.entries[1].section, 1);
	assert_string_equal(s.sections[1].name, "");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(structure),
		cmocka_unit_test(texts),
		cmocka_unit_test(lines),
		cmocka_unit_test(lengths),
		cmocka_unit_test(key_lengths),
		cmocka_unit_test(last_newline),
		cmocka_unit_test(each_byte),
		cmocka_unit_test(code_points),
		cmocka_unit_test(broken_utf8),
		cmocka_unit_test(box_names),
		cmocka_unit_test(all_lines),
	};

	return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
