/* SPDX-License-Identifier: MIT */
/*
 * What does the command see as /?
 *
 * Everything is done on descriptors: no path is walked twice, no link is
 * followed where somebody but root could make one, nothing is made on the host,
 * nothing is decided here.  First all sources are opened and cloned, then the
 * mounts are made, in the order of the plan.
 */
#ifndef MINIBOX_ROOT_H
#define MINIBOX_ROOT_H

#include "plan.h"

/*
 * Carries out the ops of the plan in the own mount namespace and moves the
 * process into the result.  The root of the namespace is an empty, read-only
 * tmpfs; the root file system is mounted on a directory of it, and the process
 * is chrooted there: so the kernel itself refuses user namespaces inside
 * (current_chrooted() in create_user_ns, unshare(2) EPERM), whatever the filter
 * does.  Nothing may ever be mounted on / of the namespace: that would undo it.
 *
 * init only; CAP_SYS_ADMIN, SYS_CHROOT, MKNOD, CHOWN, and what cred_as_caller
 * and cred_lend take; fsuid and fsgid 0 (a tmpfs belongs to the fsuid that
 * mounts it); umask 022.  Dies on failure, naming every mount point that is
 * missing.
 */
void root_build(const struct plan *plan);

#endif
