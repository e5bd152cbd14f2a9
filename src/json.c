/* SPDX-License-Identifier: MIT */
/* How is text told to a program?  Pure; any process. */
#include "json.h"

#include <stdio.h>
#include <string.h>

#include "utf8.h"
#include "xalloc.h"

enum { ESCAPE_MAX = 6 }; /* bytes of \\uNNNN, the longest character */

void
json_escape(char *dst, size_t size, const char *text)
{
	size_t left = strlen(text), n = 0, used;

	for (; left && n + ESCAPE_MAX < size; text += used, left -= used) {
		unsigned char c = (unsigned char)*text;
		uint32_t code;

		used = 1;
		if (c >= 0x80)
			used = utf8_decode(text, left, &code);
		if (used > 1 && !utf8_is_hidden(code)) {
			memcpy(dst + n, text, used);
			n += used;
			continue;
		}
		used = 1;
		if (c < 0x20 || c >= 0x7f) {
			n += (size_t)snprintf(
				dst + n, size - n, "\\u%04x", (unsigned)c);
			continue;
		}
		if (c == '"' || c == '\\')
			dst[n++] = '\\';
		dst[n++] = (char)c;
	}
	dst[n] = '\0';
}

char *
json_string(const char *text)
{
	size_t size = strlen(text) * ESCAPE_MAX + ESCAPE_MAX + 1;
	char *plain = xcalloc(size, 1);

	json_escape(plain, size, text);
	return xasprintf("\"%s\"", plain);
}
