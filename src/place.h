/* SPDX-License-Identifier: MIT */
/*
 * Where does it stand?
 *
 * Pure.  The policy is several files.  A place is one number for a file and a
 * line of it: the lines of all files, counted through.  So a place is as easy
 * to keep as a line, and places sort as a reader would go through the files.
 */
#ifndef MINIBOX_PLACE_H
#define MINIBOX_PLACE_H

#include <stddef.h>

struct place_file {
	const char *name;
	int first; /* the place of the file as a whole: line 0 */
	int lines;
};

/* Starts as zeros. */
struct places {
	struct place_file *v;
	size_t n, room;
};

/* The next file, of at most so many lines: its first place. */
int place_add(struct places *places, const char *name, int lines);

/* Which file, and which line of it, from 1; 0: the file as a whole.  The file
 * has been added. */
const char *place_file(const struct places *places, int place);
int place_line(const struct places *places, int place);

/* FILE:LINE, or FILE. */
char *place_text(const struct places *places, int place);

#endif
