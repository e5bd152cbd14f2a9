/* SPDX-License-Identifier: MIT */
/* How is one word shown among others?  Pure; any process. */
#include "word.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "xalloc.h"

char *
word_quote(const char *word)
{
	char *out = xcalloc(strlen(word) * 4 + 3, 1), *end = out;
	bool plain = *word != '\0';

	*end++ = '"';
	for (const char *s = word; *s; s++) {
		unsigned char c = (unsigned char)*s;

		plain &= !strchr(" \"'\\$`#;,", c) && c > 0x20 && c < 0x7f;
		if (c == '"' || c == '\\')
			*end++ = '\\';
		if (c >= 0x20 && c < 0x7f)
			*end++ = (char)c;
		else
			end += snprintf(end, 5, "\\x%02x", (unsigned)c);
	}
	*end = '"';
	return plain ? xstrdup(word) : out;
}
