/* SPDX-License-Identifier: MIT */
/*
 * What has the caller left in this process?
 *
 * A setuid program inherits descriptors, signal dispositions, masks and
 * timers, limits, the umask and a personality from whoever started it.
 */
#ifndef MINIBOX_SCRUB_H
#define MINIBOX_SCRUB_H

#include <sys/resource.h>
#include <sys/types.h>

/* What the command gets back. */
struct saved {
	mode_t umask;
	struct rlimit nofile;
	struct rlimit fsize;
};

/*
 * Makes the process a fresh one.  Called once, in the caller's process, before
 * anything is opened; needs no privilege.  Afterwards: not dumpable; only
 * descriptors 0-2, each open, none O_PATH; every signal at its default, none
 * blocked or pending; no timers; umask 022; RLIMIT_NOFILE and FSIZE at their
 * hard limits, CORE at most 1 byte (0 would still run a core_pattern pipe:
 * core(5)); PER_LINUX.  Dies on failure. Relies on execve(2) "Effect on process
 * attributes", setitimer(2), close_range(2).
 */
void scrub_process(struct saved *saved);

/* Blocks no signal: for the command.  Their dispositions are the defaults since
 * scrub_process; minibox installs no handler. */
void scrub_unblock_signals(void);

/* Blocks every signal. */
void scrub_block_signals(void);

#endif
