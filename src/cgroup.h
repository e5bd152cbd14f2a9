/* SPDX-License-Identifier: MIT */
/*
 * Which control group does a box with limits live in?
 *
 * cgroups(7), "Cgroups version 2"; Documentation/admin-guide/cgroup-v2.rst of
 * the kernel.  Each box with a limit has a group of its own, BOX.UID.PID, below
 * one group of minibox's; the box is born in it (CLONE_INTO_CGROUP, Linux 5.7).
 * Nobody is left at the end who could remove it, so each start removes the
 * empty ones that it finds.
 */
#ifndef MINIBOX_CGROUP_H
#define MINIBOX_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "plan.h"

/* Descriptors of a group; -1 where it has none. */
struct cgroup {
	int dir;    /* for CLONE_INTO_CGROUP */
	int events; /* memory.events */
	int peak;   /* memory.peak, Linux 5.19 */
	int stat;   /* cpu.stat */
	int kill;   /* cgroup.kill, Linux 5.14 */
};

/* No group. */
extern const struct cgroup cgroup_none;

/* Why there can be none on this host, and what mends it; NULLs: there may. */
struct cgroup_trouble {
	const char *why;
	const char *cure;
};

/* The usual reasons, before anybody needs a group; `wanted` is the cgroup-root
 * of the policy, or NULL.  Any process; changes nothing.  Dies if it cannot
 * tell. */
struct cgroup_trouble cgroup_look(const char *wanted);

/*
 * Makes the group and sets the limits of the plan, read back; switches on the
 * controllers that they need in every group above.  That of minibox and those
 * above it must be root's (else a caller could move out): what is missing or
 * wrong is said with the command that mends it.  The caller's process, fsuid 0,
 * before the clone.  Dies on failure.
 */
void cgroup_make(struct cgroup *group, const struct plan *plan);

/* Kills all that is in the group, if the kernel can.  The monitor, through a
 * descriptor that was opened as root. */
void cgroup_kill(const struct cgroup *group);

/* Whether the memory limit has ended processes: memory.events.  Needs no
 * privilege. */
bool cgroup_out_of_memory(const struct cgroup *group);

/* Processor time of the whole group, in microseconds; false: not known. */
bool cgroup_times(const struct cgroup *group, uint64_t *user, uint64_t *system);

/* The most memory that was used, in bytes; false: not known. */
bool cgroup_memory_peak(const struct cgroup *group, uint64_t *bytes);

#endif
