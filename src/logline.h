/* SPDX-License-Identifier: MIT */
/*
 * What does the log say of a decision?
 *
 * Pure: one line as syslog(3) daemons take it from /dev/log, without a time
 * stamp, which is theirs: minibox(1), LOG.  Whatever a caller chose is quoted
 * and cut, so that it can forge neither a field nor a line (THREATS M01,
 * CVE-2023-28486); of the environment nothing is said.
 */
#ifndef MINIBOX_LOGLINE_H
#define MINIBOX_LOGLINE_H

#include <stddef.h>
#include <sys/types.h>

#include "caller.h"

enum { LOGLINE_MAX = 2048 }; /* bytes, the end included */

/* syslog(3): authpriv, and how urgent. */
enum logline_kind {
	LOGLINE_PERMIT = 10 << 3 | 5, /* notice */
	LOGLINE_DENY = 10 << 3 | 1,   /* alert */
	LOGLINE_FAULT = 10 << 3 | 3,  /* err */
};

/* What is NULL is left out. */
struct logline {
	enum logline_kind kind;
	pid_t pid;
	const struct caller *caller;
	const char *tty;
	const char *why; /* of DENY and FAULT; up to its "; " */
	const char *box;
	const char *root;
	const char *command; /* in place of argv[0] */
	char *const *argv;
};

/* Its length. */
size_t logline_make(char line[LOGLINE_MAX], const struct logline *l);

/* The controlling terminal, by the text of /proc/self/stat: proc(5).  NULL if
 * there is none. */
const char *logline_tty(const char *stat);

#endif
