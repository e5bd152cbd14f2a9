/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with the policy, or with what the caller wants, and where?
 *
 * Pure.  The readers of the policy add every fault they find; one fault is
 * enough to refuse every box, and `minibox --check` prints them all.  A refusal
 * is for one caller and one command.
 */
#ifndef MINIBOX_FAULT_H
#define MINIBOX_FAULT_H

#include <stdbool.h>
#include <stddef.h>

enum { FAULT_MAX = 1000 }; /* what is beyond is not kept */

struct fault {
	int place;
	size_t number; /* in the order of finding */
	char *text;
};

struct faults {
	struct fault *v;
	size_t n;
	size_t room;
	size_t found; /* with those that are not kept */
};

/* Adds one, cut at 511 bytes; beyond FAULT_MAX it is only counted. */
void fault_add(struct faults *faults, int place, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* In the order of the places, whatever order they were found in. */
void fault_sort(struct faults *faults);

/* Why not.  `place` is that of the key that decided, or of the `[box]` line
 * where none matched; 0 where the caller may not know. */
struct refusal {
	int status; /* 125 or 126 */
	const char *text;
	const char *brief; /* for the log; NULL: the text */
	int place;
};

/* Fills it in; false, so that it can be returned. */
bool fault_refuse(
	struct refusal *refusal, int status, int place, const char *text);

#endif
