/* SPDX-License-Identifier: MIT */
/*
 * Is every line of this policy one of the four kinds of lines there are?
 *
 * Pure.  It stands before inih and lets nothing through that inih reads in a
 * way of its own: long lines that are split, continuation lines, inline
 * comments, byte order marks, NUL, CR, text behind a section header, ':' as a
 * separator (THREATS C20, C21, H35-H39, L02).  The grammar is that of
 * minibox.conf(5), FILE FORMAT.
 */
#ifndef MINIBOX_SCAN_H
#define MINIBOX_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

enum {
	SCAN_LINE_MAX = 190, /* bytes of a line, without its newline */
	SCAN_KEY_MAX = 32,   /* bytes of a key */
	SCAN_NAME_MAX = 32,  /* bytes of a box name */
};

enum scan_kind {
	SCAN_LOST, /* a bad one, so that its keys are not taken for another's */
	SCAN_MINIBOX,
	SCAN_DEFAULTS,
	SCAN_BOX,
};

/* A `[...]` line; `name` is what stands between the brackets, or "". */
struct scan_section {
	const char *name;
	enum scan_kind kind;
	int place;
	size_t offset; /* of its line, in bytes of the text */
};

/* A `KEY = VALUE` line, trimmed. */
struct scan_entry {
	const char *key;
	char *value;
	int place;
	uint32_t section; /* index; UINT32_MAX before the first section */
};

struct scan {
	struct scan_section *sections;
	size_t nsections, section_room;
	struct scan_entry *entries;
	size_t nentries, entry_room;
};

/* Reads `size` bytes at `text`, whose first line has the place after `first`;
 * adds to `faults` what is wrong.  Lines with a fault are left out, and no line
 * is read once FAULT_MAX are known. */
void scan_text(struct scan *scan, int first, const char *text, size_t size,
	struct faults *faults);

/* How many lines there are; the last may be without a newline. */
int scan_count_lines(const char *text, size_t size);

/* [A-Za-z0-9][A-Za-z0-9._-]{0,31}: the name of a box. */
bool scan_is_box_name(const char *name);

#endif
