/* SPDX-License-Identifier: MIT */
/* What is mounted where?  Pure; runs in init, before the box is built. */
#include "mountinfo.h"

#include <stdbool.h>
#include <string.h>

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

/* The mount point of the line, or NULL if it is of another type. */
static char *
point_of(const char *line, const char *type)
{
	const char *separator = strstr(line, " - ");
	size_t n = strlen(type);

	if (!separator || strncmp(separator + 3, type, n) ||
		separator[3 + n] != ' ')
		return NULL;
	for (int i = 0; i < POINT; i++) {
		line = strchr(line, ' ');
		if (!line)
			return NULL;
		line++;
	}
	return unescape(line, strcspn(line, " "));
}

char **
mountinfo_points(const char *text, const char *type)
{
	char *copy = xstrdup(text), *line = copy, **points = NULL;
	size_t n = 0, room = 0;

	for (char *next; line; line = next) {
		char *point;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		point = point_of(line, type);
		if (!point)
			continue;
		points = xgrow(points, n + 1, &room, sizeof(*points));
		points[n++] = point;
		points[n] = NULL;
	}
	return points ? points : xcalloc(1, sizeof(*points));
}
