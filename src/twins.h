/* SPDX-License-Identifier: MIT */
/*
 * Has the command had this signal itself?
 *
 * Pure.  minibox, init and the command are in one process group at first.  What
 * is sent to that group reaches init as well as the monitor, which hands it on
 * as if it had been sent to minibox alone: the two are twins, and the command,
 * if it is still in the group, needs no second one.  init's own comes first,
 * since what the monitor hands on is taken after the standard signals; but
 * either may be merged with one like it that is pending (signal(7)).
 */
#ifndef MINIBOX_TWINS_H
#define MINIBOX_TWINS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "status.h"

enum { TWINS_SIGNALS = 64 };

/* Who sent what came to init itself. */
enum twins_from {
	TWINS_OUTSIDE,
	TWINS_INSIDE,   /* a process of the box */
	TWINS_TERMINAL, /* the kernel; the monitor does not hand that on */
	TWINS_FROM
};

struct twins_seen {
	unsigned n;
	int64_t last; /* clock_ms() */
	pid_t sender; /* of the last; 0: outside */
};

/* All that came to init and whose twin may still come.  Starts as zeros. */
struct twins {
	struct twins_seen seen[TWINS_FROM][TWINS_SIGNALS + 1];
};

/* A signal, 1 to 64, came to init itself at `now`.  It was sent to the group;
 * or to init alone, which is seldom, and is forgotten in a second. */
void twins_remember(struct twins *twins, enum twins_from from, int signo,
	pid_t sender, int64_t now);

/* Whether the monitor's `s`, 1 to 64, from `sender`, is the twin of one that
 * came to init. */
bool twins_recall(struct twins *twins, const struct status_signal *s,
	pid_t sender, int64_t now);

#endif
