/* SPDX-License-Identifier: MIT */
/*
 * Memory that cannot fail to be there: every function ends the program (die,
 * 125) when memory runs out.  Any process, any privilege.
 *
 * minibox lives for milliseconds before it execs or waits: what is allocated
 * is not freed on the way to exec or die.  Sizes are bounded by the callers
 * (the policy by READER_ALL_MAX, argv and environ by the kernel's limits).
 */
#ifndef MINIBOX_XALLOC_H
#define MINIBOX_XALLOC_H

#include <stddef.h>

/* n zeroed objects of the given size; overflow of n * size is an end, too. */
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));

/* The array `p` of objects of `size` bytes with room for `n + 1` of them,
 * where *room says how many fit now; the room is doubled as needed. */
void *xgrow(void *p, size_t n, size_t *room, size_t size)
	__attribute__((returns_nonnull));

char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *s, size_t n)
	__attribute__((malloc, returns_nonnull));
char *xasprintf(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), malloc, returns_nonnull));

#endif
