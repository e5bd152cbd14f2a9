/* SPDX-License-Identifier: MIT */
/*
 * How does the command start?
 *
 * The last steps of the child of init, as the caller, without any privilege,
 * in the finished box.
 */
#ifndef MINIBOX_COMMAND_H
#define MINIBOX_COMMAND_H

#include "plan.h"
#include "scrub.h"

/*
 * Takes the working directory, finds the command among the plan's candidates,
 * walks to it if it must be trusted, gives the caller's limits, umask and
 * default signals back, installs the filter, execs.  `status`, close-on-exec,
 * stays open until then.  Ends with a message: 126 cannot be executed or may
 * not be, 127 not found, 125 all else.
 */
void command_exec(const struct plan *plan, const struct saved *saved,
	int status) __attribute__((noreturn));

#endif
