/* SPDX-License-Identifier: MIT */
/*
 * Which system calls does the command get?
 *
 * Runs in the command process, between fork and exec, unprivileged: with the
 * caller's ids, no capability, and no_new_privs set, without which the kernel
 * refuses.  The filters are data made at build time; what each of them refuses
 * stands in the tables of syscalls-gen.c.
 */
#ifndef MINIBOX_SYSCALLS_H
#define MINIBOX_SYSCALLS_H

/* minibox.conf(5), `syscalls`. */
enum syscalls_filter {
	SYSCALLS_DEFAULT,
	SYSCALLS_MINIMUM,      /* `none` */
	SYSCALLS_MINIMUM_HOST, /* `none`, and the network is the host's */
	SYSCALLS_NO_MEMFD,     /* beside one of those, with exec = listed */
};

/*
 * Installs the filter for the calling process and everything it starts, for
 * good: a later filter can only refuse more.  It is the last thing before
 * exec, so that nothing of minibox itself has to pass it.
 *
 * Returns 0, or -1 with errno: EACCES if no_new_privs is not set, EINVAL if
 * `which` is no filter or the kernel has no seccomp filters, ENOMEM.  After -1
 * the command must not run.  seccomp(2); Linux 4.14 for KILL_PROCESS.  What a
 * tracer turns a call into is filtered, too (Linux 4.8).
 */
int syscalls_install(enum syscalls_filter which);

#endif
