/* SPDX-License-Identifier: MIT */
/*
 * Was minibox started the way it must be?
 *
 * The effective id alone decides nothing (CVE-2020-5291): a setuid start is
 * real uid of a user, effective and saved uid 0, AT_SECURE, in the initial
 * user namespace.
 */
#ifndef MINIBOX_START_H
#define MINIBOX_START_H

enum start {
	START_SETUID, /* by a user, from the setuid binary */
	START_ROOT,   /* by root himself */
	START_PLAIN,  /* without root: minibox can only print */
};

/* Needs no privilege; opens files of /proc only. */
enum start start_state(void);

/* Why START_PLAIN, or why a box cannot be built: one line with the cure.
 * NULL if all is well.  For START_PLAIN it is never NULL. */
const char *start_trouble(enum start state);

#endif
