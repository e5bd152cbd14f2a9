/* SPDX-License-Identifier: MIT */
/* Where is a procfs mounted that shows processes?  Pure; runs in init, when the
 * box is built, and for --check. */
#include "mountinfo.h"

#include <stdbool.h>
#include <string.h>

#include "path.h"
#include "xalloc.h"

enum { ROOT = 3, POINT = 4, FIELDS }; /* of a line */

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

/* The whole of it, or what belongs to a process. */
static bool
shows_processes(const char *root)
{
	return !strcmp(root, "/") || (root[1] >= '0' && root[1] <= '9');
}

/* The mount point of a line about such a procfs, or NULL. */
static const char *
point_of(const char *line)
{
	const char *separator = strstr(line, " - "), *field[FIELDS];

	if (!separator || strncmp(separator, " - proc ", 8) != 0)
		return NULL;
	for (int i = 0; i < FIELDS; i++) {
		field[i] = line;
		line = strchr(line, ' ');
		if (!line)
			return NULL;
		line++;
	}
	if (!shows_processes(unescape(field[ROOT], strcspn(field[ROOT], " "))))
		return NULL;
	return unescape(field[POINT], strcspn(field[POINT], " "));
}

const char *
mountinfo_proc(const char *text, const char *path, const char *expected)
{
	char *line = xstrdup(text);

	for (char *next; line; line = next) {
		const char *point;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		point = point_of(line);
		if (point && path_beneath(point, path) &&
			!(expected && !strcmp(point, expected)))
			return point;
	}
	return NULL;
}
