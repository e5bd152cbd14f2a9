/* SPDX-License-Identifier: MIT */
/*
 * How can one process run millions of inputs?
 *
 * minibox frees nothing (src/xalloc.h).  Here, what it allocates is kept in a
 * list and freed after each input, so that memory stays small and ASan sees
 * whatever outlives its input.  The fuzzers are linked with this instead of
 * src/xalloc.c, and compiled with -Dopen_memstream=arena_memstream and
 * -Dfree=arena_drop.
 */
#ifndef MINIBOX_ARENA_H
#define MINIBOX_ARENA_H

#include <stddef.h>
#include <stdio.h>

/* open_memstream(3); the text need not be freed. */
FILE *arena_memstream(char **text, size_t *size);

/* free(3) of what the arena may know. */
void arena_drop(void *p);

/* The end of an input: frees all that was allocated, and closes what
 * arena_memstream has opened. */
void arena_end(void);

#endif
