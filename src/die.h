/* SPDX-License-Identifier: MIT */
/*
 * How does minibox end with a message?
 *
 * die() is the only way out on failure, in every process: it builds one line,
 * gives up every privilege of the calling process for good, and only then
 * writes the line to fd 2 and ends.  So nothing is ever written to a
 * descriptor of the caller's while any id is still root (CVE-2012-0056,
 * CVE-2013-1959, CVE-2023-2002).  If the privilege cannot be given up, it
 * ends without a word.  No atexit handlers, no unwinding, no clean-up: the
 * namespaces clean up after themselves (THREATS C32).
 */
#ifndef MINIBOX_DIE_H
#define MINIBOX_DIE_H

#include <stddef.h>

/* minibox(1), EXIT STATUS. */
enum {
	EXIT_TIME = 124,
	EXIT_MINIBOX = 125,
	EXIT_DENIED = 126,
	EXIT_NOT_FOUND = 127,
};

enum { DIE_LINE_MAX = 4096 }; /* bytes of one message; the rest is cut */

/* Writes `src` to `dst` with every byte that is not printable ASCII as \xNN,
 * so that a message cannot carry control sequences to a terminal (THREATS
 * M01).  Always terminates; cuts at `size`.  Pure. */
void die_escape(char *dst, size_t size, const char *src);

/*
 * Somebody else who is told of a death in this process: tell() gets the message
 * without "minibox: ", after the drop and before it is written.  Set once, when
 * it is known whom to tell; a child replaces what it inherits.
 */
struct die_listener {
	void (*tell)(const struct die_listener *self, int status,
		const char *message);
	int fd;
	const char *stage; /* of the work; one of minibox(1), --status-fd */
};

void die_listen(const struct die_listener *listener);

/* Writes "minibox: " + the formatted text + newline, where nothing failed but
 * the user should know.  Only after cred_drop; SIGPIPE and SIGXFSZ are ignored
 * afterwards. */
void die_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "minibox: " + the formatted text + newline, then _exit(status). */
void die(int status, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

/* The same with ": " and the text of errno at the end; status 125. */
void die_errno(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

#endif
