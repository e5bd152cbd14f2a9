/* SPDX-License-Identifier: MIT */
/*
 * How is a plan carried out?
 *
 * Theory of operation
 *
 * minibox is one program in up to three processes.
 *
 *   caller -> monitor   The process that the caller started, setuid root.  It
 *                       parses argv, scrubs what it inherited, cuts its
 *                       capabilities to the few that a box takes, reads the
 *                       policy, decides, makes the plan, and clones init.
 *                       Then it gives up root for good (cred_drop) and only
 *                       hands on signals and the exit status.
 *   init                Process 1 of the new namespaces.  As root it builds
 *                       the box out of the plan and nothing else (root_build),
 *                       then gives up root for good, waits for the monitor's
 *                       go byte, forks the command, reaps and hands on signals.
 *   command             The child of init, as the caller from its first
 *                       instruction: directory, limits, filter, exec.
 *
 * Two pipes: `go`, from the monitor to init: one byte when it has dropped root
 * and read that back; later, what wakes a stopped monitor, and signals that
 * cannot be queued.  `status`, from init to the monitor: what becomes of the
 * command.  Other signals are queued to init with a value (status.h).  None of
 * them carries a request.  What the caller can still change after the clone is
 * opened with his rights, never with root's.
 *
 * A box with limits is born in a control group of its own.  With max-running
 * each holds a lock, by which the boxes of a user are counted, as long as the
 * monitor or init lives.
 *
 * Every process can be killed at any instruction, since its real uid is the
 * caller's.  Killed before the go byte, the monitor closes `go`, and init ends
 * at its end; killed later, it takes init along (PR_SET_PDEATHSIG); and with
 * init the kernel ends every process of the box.  The mounts live in the box's
 * own namespace and go with the last process.  On the host only the control
 * group is left, empty, until the next start, and the file of the lock.
 *
 * No process of minibox is ever dumpable, so nobody but root can trace it or
 * reach its descriptors; the command becomes traceable by its exec.
 */
#include "box.h"

#include <fcntl.h>
#include <unistd.h>

#include "cgroup.h"
#include "die.h"
#include "ending.h"
#include "init.h"
#include "monitor.h"
#include "ns.h"

void
box_run(const struct plan *plan, const struct saved *saved, int slot)
{
	struct die_listener listener = {
		.tell = ending_tell_death,
		.fd = plan->status_fd,
		.stage = "setup",
	};
	struct cgroup cgroup = cgroup_none;
	struct init_fds fds = { .slot = slot };
	int go[2], status[2], pidfd = -1;

	if (listener.fd >= 0)
		die_listen(&listener);
	if (limit_needs_cgroup(&plan->limits))
		cgroup_make(&cgroup, plan);
	if (pipe2(go, O_CLOEXEC) < 0 || pipe2(status, O_CLOEXEC) < 0)
		die_errno("cannot make a pipe (see: ulimit -Hn)");
	/* From here on signals wait until somebody can hand them on. */
	scrub_block_signals();
	if (ns_clone(plan->namespaces, cgroup.dir, &pidfd) == 0) {
		(void)close(go[1]);
		(void)close(status[0]);
		fds.go = go[0];
		fds.status = status[1];
		init_run(plan, saved, &fds);
	}
	(void)close(go[0]);
	(void)close(status[1]);
	monitor_run(&(struct monitor_start){
		.plan = plan,
		.cgroup = &cgroup,
		.go = go[1],
		.status = status[0],
		.pidfd = pidfd,
	});
}
