/* SPDX-License-Identifier: MIT */
/*
 * Who is process 1 of the box?
 */
#ifndef MINIBOX_INIT_H
#define MINIBOX_INIT_H

#include "plan.h"
#include "scrub.h"

/* What it shares with the monitor. */
struct init_fds {
	int go;     /* pipe from the monitor */
	int status; /* pipe to it */
	int slot;   /* lock that is held as long as the box runs, or -1 */
};

/*
 * Builds the box as root, drops everything, waits for the go byte, starts the
 * command, reaps, hands on signals, and writes what becomes of the command to
 * the status pipe.  Runs as pid 1 of the new pid namespace: when it
 * ends, the kernel ends all that is left in the box (pid_namespaces(7)). Called
 * in the child of ns_clone with every signal blocked; euid 0, the capabilities
 * of cred_cut.  Dies on failure, 125.
 */
void init_run(const struct plan *plan, const struct saved *saved,
	const struct init_fds *fds) __attribute__((noreturn));

#endif
