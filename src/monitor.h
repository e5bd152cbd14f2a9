/* SPDX-License-Identifier: MIT */
/*
 * Who watches over the box from outside?
 */
#ifndef MINIBOX_MONITOR_H
#define MINIBOX_MONITOR_H

#include "cgroup.h"
#include "plan.h"

struct monitor_start {
	const struct plan *plan;
	const struct cgroup *cgroup;
	int go;     /* pipe to init */
	int status; /* pipe from init */
	int pidfd;  /* init */
};

/*
 * Drops everything, writes the go byte, then hands on signals, stops and
 * continues with the command, ends the box when its time is over, ends as the
 * command did, and says so on plan->status_fd.  Runs in the caller's process
 * after ns_clone with every signal blocked; euid 0 on entry.  Dies on failure,
 * 125; the box dies with it.
 */
void monitor_run(const struct monitor_start *start) __attribute__((noreturn));

#endif
