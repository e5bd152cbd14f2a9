/* SPDX-License-Identifier: MIT */
/* Is every line of this policy one of the four kinds of lines there are?
 * Pure; runs in the caller's process before the clone, or in a test. */
#include "scan.h"

#include <stdint.h>
#include <string.h>

#include "chars.h"
#include "near.h"
#include "utf8.h"
#include "xalloc.h"

/* What is being read: one line and where it stands. */
struct cursor {
	int place;
	size_t offset;
	struct faults *faults;
};

static bool
fail(const struct cursor *at, const char *text)
{
	fault_add(at->faults, at->place, "%s", text);
	return false;
}

bool
scan_is_box_name(const char *name)
{
	size_t n = chars_count(name, "._-");

	return n >= 1 && n <= SCAN_NAME_MAX && !name[n] &&
	       chars_is_alnum(name[0]);
}

/* Every byte is printable ASCII; if `free_text`, also other UTF-8. */
static bool
bytes_are_plain(
	const struct cursor *at, const char *s, size_t len, bool free_text)
{
	for (size_t i = 0, n = 1; i < len; i += n) {
		uint32_t c = (unsigned char)s[i];

		n = 1;
		if (c >= 0x20 && c < 0x7f)
			continue;
		if (c == '\t')
			return fail(at, "a tab; use blanks");
		if (c == '\r')
			return fail(at,
				"a carriage return; save the file with unix "
				"line ends");
		if (c == 0)
			return fail(at, "a NUL byte; save the file as text");
		if (c < 0x20 || c == 0x7f)
			return fail(at, "a control character; remove it");
		if (!free_text)
			return fail(at,
				"a byte that is not ASCII; only comments and "
				"descriptions may have those");
		n = utf8_decode(s + i, len - i, &c);
		if (n == 0)
			return fail(at, "not UTF-8; save the file as UTF-8");
		if (utf8_is_hidden(c))
			return fail(at,
				"an invisible or text-direction character; "
				"remove it");
	}
	return true;
}

static const char *
unknown_section(const char *name)
{
	struct near near = { .word = name };

	near_try(&near, "minibox");
	near_try(&near, "defaults");
	if (!near.best && scan_is_box_name(name))
		near.best = xasprintf("box %s", name);
	return xasprintf("unknown section; there are [minibox], [defaults] and "
			 "[box NAME]%s",
		near_hint(&near));
}

/* The kind of a section line, and what it names, or a fault more. */
static enum scan_kind
section_kind(const struct cursor *at, char *s, size_t len)
{
	char *name = s + 1;

	if (len < 3 || s[len - 1] != ']') {
		(void)fail(at,
			"a section line must be [minibox], [defaults] or "
			"[box NAME] and nothing else");
		return SCAN_LOST;
	}
	s[len - 1] = '\0';
	if (!strcmp(name, "minibox"))
		return SCAN_MINIBOX;
	if (!strcmp(name, "defaults"))
		return SCAN_DEFAULTS;
	if (strncmp(name, "box ", 4)) {
		(void)fail(at, unknown_section(name));
		return SCAN_LOST;
	}
	if (!scan_is_box_name(name + 4)) {
		(void)fail(at,
			"a box name must be 1 to 32 of A-Z a-z 0-9 . _ - and "
			"begin with a letter or digit");
		return SCAN_LOST;
	}
	return SCAN_BOX;
}

static void
scan_section_add(struct scan *scan, const struct cursor *at,
	enum scan_kind kind, const char *name)
{
	scan->sections = xgrow(scan->sections, scan->nsections,
		&scan->section_room, sizeof(*scan->sections));
	scan->sections[scan->nsections++] = (struct scan_section){
		.name = kind == SCAN_LOST ? "" : name,
		.kind = kind,
		.place = at->place,
		.offset = at->offset,
	};
}

static void
scan_section_line(
	struct scan *scan, const struct cursor *at, char *s, size_t len)
{
	enum scan_kind kind = SCAN_LOST;

	if (bytes_are_plain(at, s, len, false))
		kind = section_kind(at, s, len);
	scan_section_add(scan, at, kind, s + 1);
}

static size_t
blanks(const char *s)
{
	size_t n = 0;

	while (s[n] == ' ')
		n++;
	return n;
}

static bool
is_key_char(char c)
{
	return (c >= 'a' && c <= 'z') || c == '-';
}

/* The mark stands at the start or behind a blank. */
static bool
begins_comment(const char *value, char mark)
{
	for (const char *s = value; (s = strchr(s, mark)); s++)
		if (s == value || s[-1] == ' ')
			return true;
	return false;
}

static bool
value_is_plain(const struct cursor *at, const char *key, const char *value)
{
	bool free_text = !strcmp(key, "description");

	if (!*value)
		return fail(at,
			"no value; leave the key out, or write none where "
			"the key allows it");
	if (!bytes_are_plain(at, value, strlen(value), free_text))
		return false;
	if (!free_text &&
		(begins_comment(value, '#') || begins_comment(value, ';')))
		return fail(at,
			"a comment behind a value; comments have lines of "
			"their own");
	return true;
}

/* The line ends with a NUL byte, and has no other. */
static void
scan_entry_line(struct scan *scan, const struct cursor *at, char *line)
{
	size_t nkey = 0, from;
	char *value;

	while (is_key_char(line[nkey]))
		nkey++;
	from = nkey + blanks(line + nkey);
	if (nkey == 0 || line[0] == '-' || line[from] != '=') {
		if (bytes_are_plain(at, line, strlen(line), false))
			(void)fail(at,
				"not a section, a comment or KEY = VALUE "
				"(keys are lower case)");
		return;
	}
	if (nkey > SCAN_KEY_MAX) {
		(void)fail(at, "a key has at most 32 characters");
		return;
	}
	line[nkey] = '\0';
	value = line + from + 1;
	value += blanks(value);
	if (!value_is_plain(at, line, value))
		return;
	scan->entries = xgrow(scan->entries, scan->nentries, &scan->entry_room,
		sizeof(*scan->entries));
	scan->entries[scan->nentries++] = (struct scan_entry){
		.key = line,
		.value = value,
		.place = at->place,
		.section = (uint32_t)scan->nsections - 1,
	};
}

/* A section line refused before it was parsed: the keys below must not fall
 * into the section above. */
static void
scan_lost_section(
	struct scan *scan, const struct cursor *at, const char *s, size_t len)
{
	while (len > 0 && strchr(" \xef\xbb\xbf", *s)) {
		s++;
		len--;
	}
	if (len > 0 && *s == '[')
		scan_section_add(scan, at, SCAN_LOST, "");
}

/* `s` may be changed, up to its newline. */
static void
scan_line(struct scan *scan, const struct cursor *at, char *s, size_t len)
{
	bool too_long = len > SCAN_LINE_MAX;
	size_t before = at->faults->found;

	while (len > 0 && s[len - 1] == ' ')
		len--;
	s[len] = '\0';
	if (too_long)
		(void)fail(at, "longer than 190 bytes");
	else if (len == 0)
		return;
	else if (len >= 3 && !memcmp(s, "\xef\xbb\xbf", 3))
		(void)fail(at,
			"a byte order mark; save the file as UTF-8 without "
			"one");
	else if (s[0] == ' ')
		(void)fail(at, "a blank at the start of the line; remove it");
	else if (s[0] == '#' || s[0] == ';')
		(void)bytes_are_plain(at, s, len, true);
	else if (s[0] == '[')
		scan_section_line(scan, at, s, len);
	else if (strlen(s) < len)
		(void)fail(at, "a NUL byte; save the file as text");
	else
		scan_entry_line(scan, at, s);
	if (at->faults->found > before && (too_long || s[0] != '['))
		scan_lost_section(scan, at, s, len);
}

void
scan_text(struct scan *scan, int first, const char *text, size_t size,
	struct faults *faults)
{
	struct cursor at = { .place = first, .faults = faults };
	/* For one piece of memory, and not one for every word. */
	char *s = xcalloc(size + 1, 1), *end = s + size;

	*scan = (struct scan){ 0 };
	memcpy(s, text, size);
	while (s < end && faults->n < FAULT_MAX) {
		char *nl = memchr(s, '\n', (size_t)(end - s));

		at.place++;
		if (!nl) {
			(void)fail(&at,
				"the last line has no newline: is the file "
				"complete?");
			return;
		}
		scan_line(scan, &at, s, (size_t)(nl - s));
		at.offset += (size_t)(nl - s) + 1;
		s = nl + 1;
	}
}

int
scan_count_lines(const char *text, size_t size)
{
	const char *end = text + size;
	int n = 0;

	for (; text < end; n++) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));

		text = nl ? nl + 1 : end;
	}
	return n;
}
