/* SPDX-License-Identifier: MIT */
/*
 * Who watches over the box from outside?
 */
#ifndef MINIBOX_MONITOR_H
#define MINIBOX_MONITOR_H

#include "plan.h"

/*
 * Drops everything, writes the go byte to fd `go`, then hands on signals, stops
 * and continues with the command, and ends as it ends.  `status` is the pipe
 * from init, `pidfd` is init.  Runs in the caller's process after ns_clone with
 * every signal blocked; euid 0 on entry.  Dies on failure, 125; the box dies
 * with it.
 */
void monitor_run(const struct plan *plan, int go, int status, int pidfd)
	__attribute__((noreturn));

#endif
