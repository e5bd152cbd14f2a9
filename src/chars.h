/* SPDX-License-Identifier: MIT */
/*
 * What may a name be made of?
 *
 * Pure.  A large policy has tens of thousands of names, and strspn(3) with a
 * long set makes a table for each.
 */
#ifndef MINIBOX_CHARS_H
#define MINIBOX_CHARS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static inline bool
chars_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
chars_is_alnum(char c)
{
	return chars_is_letter(c) || (c >= '0' && c <= '9');
}

/* How many characters at the start of `s` are letters, digits, or in `more`. */
static inline size_t
chars_count(const char *s, const char *more)
{
	size_t n = 0;

	while (chars_is_alnum(s[n]) || (s[n] && strchr(more, s[n])))
		n++;
	return n;
}

#endif
