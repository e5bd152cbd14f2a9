/* SPDX-License-Identifier: MIT */
/* When is the time of the box over?  Runs in the monitor, as the caller,
 * without any privilege. */
#include "deadline.h"

#include <signal.h>

#include "clock.h"
#include "die.h"
#include "sys.h"

/* After the limit: when init is killed, and when we are. */
enum { KILL_MS = 400, SELF_MS = 1000 };
enum { END_MS = 3000 }; /* once the box is gone: two writes, a second each */
enum { WAKE_MS = 100 }; /* a stop may take one SIGCONT back, not all */

static int
make_timer(int signo)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = signo,
	};
	int timer;

	if (sys_timer_create(CLOCK_MONOTONIC, &event, &timer) < 0)
		die_errno("cannot set the time limit (see: ulimit -i)");
	return timer;
}

static void
set_timer(int timer, int64_t ms, int64_t again)
{
	struct itimerspec value = {
		.it_value = {
			.tv_sec = ms / 1000,
			.tv_nsec = ms % 1000 * 1000000,
		},
		.it_interval = { .tv_nsec = again * 1000000 },
	};

	if (sys_timer_settime(timer, &value) < 0)
		die_errno("cannot set the time limit");
}

void
deadline_make(struct deadline *deadline, int64_t limit)
{
	*deadline = (struct deadline){ .limit = limit };
	if (!limit)
		return;
	deadline->wake = make_timer(SIGCONT);
	deadline->kill = make_timer(SIGKILL);
}

void
deadline_start(struct deadline *deadline, int64_t started)
{
	int64_t left = started + deadline->limit - clock_ms();

	deadline->started = started;
	if (!deadline->limit)
		return;
	if (left < 1)
		left = 1; /* 0 would disarm it */
	set_timer(deadline->wake, left, WAKE_MS);
	set_timer(deadline->kill, left + SELF_MS, 0);
}

void
deadline_finish(const struct deadline *deadline)
{
	if (!deadline->limit)
		return;
	set_timer(deadline->wake, WAKE_MS, WAKE_MS);
	set_timer(deadline->kill, END_MS, 0);
}

int
deadline_left(const struct deadline *deadline)
{
	static const int after[] = { 0, KILL_MS }; /* the limit, each step */
	int64_t left;

	if (!deadline->limit || deadline->done == DEADLINE_KILL)
		return -1;
	left = deadline->started + deadline->limit + after[deadline->done] -
	       clock_ms();
	if (left < 0)
		return 0;
	return left < INT32_MAX ? (int)left : INT32_MAX;
}

enum deadline_step
deadline_step(struct deadline *deadline)
{
	if (deadline_left(deadline) != 0)
		return DEADLINE_WAIT;
	deadline->done++;
	return deadline->done == 1 ? DEADLINE_END : DEADLINE_KILL;
}
