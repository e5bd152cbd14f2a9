/* SPDX-License-Identifier: MIT */
/*
 * What has the caller left in this process?
 *
 * A setuid program inherits descriptors, signal dispositions, masks and
 * timers, limits, the umask and a personality from whoever started it.
 */
#ifndef MINIBOX_SCRUB_H
#define MINIBOX_SCRUB_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

/* HUP, INT, QUIT: if these are ignored, a user means the command, as nohup(1)
 * does, and a shell that starts something in the background.  All others get
 * their default. */
enum { SCRUB_KEPT = 3 };

/* What the command gets back. */
struct saved {
	mode_t umask;
	struct rlimit nofile;
	struct rlimit fsize;
	bool ignored[SCRUB_KEPT];
};

/*
 * Makes the process a fresh one.  Called once, in the caller's process, before
 * anything is opened; needs no privilege.  `keep` is a further descriptor that
 * stays open, or -1.  Afterwards: not dumpable; only descriptors 0-2 and that
 * one, each open, none O_PATH, `keep` open for writing; every signal at its
 * default, none blocked or pending; no timers; umask 022; RLIMIT_NOFILE and
 * FSIZE at their hard limits, CORE at most 1 byte (0 would still run a
 * core_pattern pipe: core(5)); PER_LINUX.  Dies on failure. Relies on execve(2)
 * "Effect on process attributes", setitimer(2), close_range(2).
 */
void scrub_process(struct saved *saved, int keep);

/* Blocks no signal, and ignores those that were: for the command.  All others
 * are at their defaults since scrub_process; minibox installs no handler. */
void scrub_give_back_signals(const struct saved *saved);

/* Drops every pending signal; none is ignored or blocked any more. */
void scrub_signals(void);

/* Closes all but 0-2 and these; -1 stands for none.  Dies on failure. */
void scrub_close_others(const int kept[], size_t n);

/* Blocks every signal. */
void scrub_block_signals(void);

#endif
