/* SPDX-License-Identifier: MIT */
/*
 * When is the time of the box over?
 *
 * The caller may stop the monitor, so that his command runs for longer, and the
 * monitor stops itself with the command.  So there are two timers beside the
 * clock: one wakes it with SIGCONT when the time is over, and one with SIGKILL,
 * a second later, ends it if it has still not acted; both reach a stopped
 * process (timer_create(2)), and the box ends with its monitor.
 */
#ifndef MINIBOX_DEADLINE_H
#define MINIBOX_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

struct deadline {
	int64_t limit;   /* ms; 0: none */
	int64_t started; /* clock_ms() */
	int wake, kill;  /* timers */
	int done;        /* steps that deadline_step has returned */
};

/* What is to be done about it: first the box is told to end, then, if it has
 * not, init is killed. */
enum deadline_step { DEADLINE_WAIT, DEADLINE_END, DEADLINE_KILL };

/* Makes the timers for a limit in ms, or none for 0.  The monitor; dies, as
 * where RLIMIT_SIGPENDING leaves no room for a timer. */
void deadline_make(struct deadline *deadline, int64_t limit);

/* The time begins, or begins anew, at `started` (clock_ms()), which is not in
 * the future.  Dies. */
void deadline_start(struct deadline *deadline, int64_t started);

/* The box is gone: there is time left to say so, but a caller who stops this
 * process keeps neither it nor its slot.  Dies. */
void deadline_finish(const struct deadline *deadline);

/* Milliseconds until the next step, for poll(2); -1: there is none. */
int deadline_left(const struct deadline *deadline);

/* The next step if its time has come, once; else DEADLINE_WAIT. */
enum deadline_step deadline_step(struct deadline *deadline);

#endif
