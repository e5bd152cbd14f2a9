/* SPDX-License-Identifier: MIT */
/*
 * How does the box come apart from the host?
 *
 * namespaces(7).  No user namespace, ever.
 */
#ifndef MINIBOX_NS_H
#define MINIBOX_NS_H

#include <stdint.h>
#include <sys/types.h>

/* A child in new namespaces (CLONE_NEW*), as fork(2) would return; *pidfd is
 * the parent's handle of it.  It is born in the control group whose directory
 * is `cgroup`, if that is not -1 (CLONE_INTO_CGROUP, Linux 5.7), and then has
 * the cgroup namespace of its parent until ns_hide_cgroups: the kernel makes
 * that namespace first.  Needs CAP_SYS_ADMIN; called by the caller's process
 * once.  Dies on failure. */
pid_t ns_clone(uint64_t namespaces, int cgroup, int *pidfd);

/* A cgroup namespace whose root is the group that the process is in:
 * cgroup_namespaces(7).  init, CAP_SYS_ADMIN; dies. */
void ns_hide_cgroups(void);

/* The host name of the own UTS namespace.  init, CAP_SYS_ADMIN; dies. */
void ns_set_hostname(const char *name);

/* Brings up lo in the own network namespace: netdevice(7).  init,
 * CAP_NET_ADMIN; dies. */
void ns_loopback_up(void);

/* Enters the network namespace that the admin made under that name with
 * ip-netns(8), network_namespaces(7): one in /run/netns, where only root can
 * have put it.  init, CAP_SYS_ADMIN; dies. */
void ns_enter_network(const char *name);

#endif
