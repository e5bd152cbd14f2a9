/* SPDX-License-Identifier: MIT */
/* What is mounted where?  Pure; runs in init, before the box is built. */
#include "mountinfo.h"

#include <string.h>

#include "path.h"
#include "xalloc.h"

enum { POINT = 4 }; /* fields before the mount point */

static bool
is_octal(const char *s)
{
	return s[0] >= '0' && s[0] <= '3' && strspn(s, "01234567") >= 3;
}

/* Blanks, newlines and backslashes stand as \nnn. */
static char *
unescape(const char *field, size_t n)
{
	char *out = xstrndup(field, n), *to = out;

	for (const char *from = out; *from; to++) {
		if (from[0] == '\\' && is_octal(from + 1)) {
			*to = (char)((from[1] - '0') << 6 |
				     (from[2] - '0') << 3 | (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
	return out;
}

static bool
line_has(const char *line, const char *type, const char *path)
{
	const char *separator = strstr(line, " - ");
	size_t n = strlen(type);

	if (!separator || strncmp(separator + 3, type, n) ||
		separator[3 + n] != ' ')
		return false;
	for (int i = 0; i < POINT; i++) {
		line = strchr(line, ' ');
		if (!line++)
			return false;
	}
	return path_beneath(unescape(line, strcspn(line, " ")), path);
}

bool
mountinfo_has(const char *text, const char *type, const char *path)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		if (line_has(xstrndup(text, n), type, path))
			return true;
		text += n;
		text += *text == '\n';
	}
	return false;
}
