/* SPDX-License-Identifier: MIT */
/*
 * How does minibox end when the box has?
 */
#ifndef MINIBOX_ENDING_H
#define MINIBOX_ENDING_H

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>

#include "cgroup.h"
#include "die.h"
#include "plan.h"
#include "status.h"

/* What the monitor knows of a box that is gone. */
struct ending {
	const struct plan *plan;
	const struct cgroup *cgroup;
	int64_t started; /* when the command was (clock_ms); 0: it was not */
	bool time_over;  /* so the monitor has ended the box */
	bool ended;      /* init has said how the command did */
	int how;         /* its status as of wait(2), then */
	struct status failed; /* last words of init or the command; kind 0:
				 none */
	siginfo_t init;       /* how init ended: waitid(2) */
	struct rusage usage;  /* of the whole box */
};

/* Writes the line of --status-fd, and ends with the status, or of the signal,
 * that minibox(1) promises.  The monitor, after its drop, with every signal
 * blocked. */
void ending_run(const struct ending *end) __attribute__((noreturn));

/* The tell() of a die_listener: a JSON line with the message and the stage to
 * self->fd.  The caller's process and the monitor, after a drop. */
void ending_tell_death(
	const struct die_listener *self, int status, const char *message);

#endif
