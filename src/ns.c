/* SPDX-License-Identifier: MIT */
/* How does the box come apart from the host?  ns_clone runs in the caller's
 * process, the rest in init; both as euid 0. */
#include "ns.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "die.h"
#include "sys.h"
#include "trusted.h"

pid_t
ns_clone(uint64_t namespaces, int cgroup, int *pidfd)
{
	struct clone_args args = {
		.flags = namespaces | CLONE_PIDFD,
		.pidfd = (uintptr_t)pidfd,
		.exit_signal = SIGCHLD,
	};
	pid_t pid;

	if (cgroup >= 0) {
		args.flags &= ~(__u64)CLONE_NEWCGROUP;
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (__u64)cgroup;
	}
	pid = sys_clone3(&args);
	if (pid < 0)
		die_errno("cannot make the namespaces of the box");
	/* What follows in the child must never happen to the host. */
	if (pid == 0 && getpid() != 1)
		die(EXIT_MINIBOX, "the box is not in a pid namespace");
	return pid;
}

void
ns_hide_cgroups(void)
{
	if (unshare(CLONE_NEWCGROUP) < 0)
		die_errno("cannot make the cgroup namespace");
}

void
ns_set_hostname(const char *name)
{
	if (sethostname(name, strlen(name)) < 0)
		die_errno("cannot set the host name");
}

void
ns_loopback_up(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = { .ifr_name = "lo" };

	if (fd < 0)
		die_errno("cannot bring up loopback: socket");
	if (ioctl(fd, SIOCGIFFLAGS, &ifr) < 0)
		die_errno("cannot read the flags of loopback");
	ifr.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr) < 0)
		die_errno("cannot bring up loopback");
	(void)close(fd);
}

void
ns_enter_network(const char *name)
{
	const char *why;
	int dir = trusted_open_dir("/run/netns", &why), fd = -1;

	if (dir >= 0)
		fd = openat(dir, name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
				O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		die(EXIT_MINIBOX,
			"network namespace '%s': %s; tell your administrator "
			"to run: ip netns add %s",
			name,
			dir < 0 ? "there is no /run/netns that only root "
				  "can change"
				: strerror(errno),
			name);
	(void)close(fd);
	(void)close(dir);
}
