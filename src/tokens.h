/* SPDX-License-Identifier: MIT */
/*
 * What do %u, %U, %h, %b and %% in a value stand for?
 *
 * Pure.  minibox.conf(5), TOKENS.  Only %h may be more than one component, and
 * it stands first, in place of the leading slash.
 */
#ifndef MINIBOX_TOKENS_H
#define MINIBOX_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

struct tokens {
	const char *user; /* %u: plain, see caller.h */
	const char *uid;  /* %U */
	const char *home; /* %h; NULL: none that can be used */
	bool home_fixed;  /* it is the word of /etc/passwd, not of the caller */
	const char *box;  /* %b */
};

/* Whether a % stands in the text. */
bool tokens_in(const char *text);

/* NULL, or what is wrong with the path, which may have one slash at its end. */
const char *tokens_path_fault(const char *path);

/*
 * The path with all tokens replaced; NULL: it needs a home, and there is none.
 * *fixed: how many bytes of it the caller has no say in, up to a component's
 * end: all of it without a token; the home of %h; else what stands before the
 * first component with a token.
 */
char *tokens_expand(
	const char *path, const struct tokens *tokens, size_t *fixed);

#endif
