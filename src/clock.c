/* SPDX-License-Identifier: MIT */
/* What time is it?  Runs in the monitor and in init, without any privilege. */
#include "clock.h"

#include <time.h>

#include "die.h"

int64_t
clock_ms(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) < 0)
		die_errno("cannot read the clock");
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
