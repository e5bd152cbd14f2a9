/* SPDX-License-Identifier: MIT */
/* How is one word shown among others?  Pure; any process. */
#include "word.h"

#include <string.h>

#include "die.h"
#include "xalloc.h"

char *
word_quote(const char *word)
{
	size_t size = strlen(word) * 4 + 6, n = 0;
	char *plain = xcalloc(size, 1), *out;

	die_escape(plain, size, word);
	if (*plain && !strpbrk(plain, " \"'\\$`#;,"))
		return plain;
	out = xcalloc(2 * strlen(plain) + 3, 1);
	out[n++] = '"';
	for (const char *s = plain; *s; s++) {
		if (*s == '"')
			out[n++] = '\\';
		out[n++] = *s;
	}
	out[n] = '"';
	return out;
}
