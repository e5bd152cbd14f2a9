/* SPDX-License-Identifier: MIT */
/*
 * Which word was meant?
 *
 * Pure: for messages only; nothing is decided by what is near.
 */
#ifndef MINIBOX_NEAR_H
#define MINIBOX_NEAR_H

#include <stddef.h>

/* The search for what is nearest to a word.  Starts with the word alone. */
struct near {
	const char *word;
	const char *best; /* or NULL */
	size_t distance;  /* of best */
};

/* One more word that could have been meant; the first of those equally near is
 * kept. */
void near_try(struct near *near, const char *known);

/* " (did you mean 'WORD'?)", or "" if nothing is near enough. */
const char *near_hint(const struct near *near);

#endif
