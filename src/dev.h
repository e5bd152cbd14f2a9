/* SPDX-License-Identifier: MIT */
/*
 * What is in the /dev of a box?
 *
 * null zero full random urandom tty ptmx pts shm fd stdin stdout stderr, and
 * nothing that depends on the host's.  The one mount without nodev.
 */
#ifndef MINIBOX_DEV_H
#define MINIBOX_DEV_H

#include "mounts.h"

/* Mounts it on the directory `point`; read-only once it is filled.  The mount
 * of its shm, the one part of it that can be written.  init, as euid 0 with
 * CAP_SYS_ADMIN and CAP_MKNOD; umask 022.  Dies on failure. */
int dev_mount(int point, const struct op *op);

#endif
