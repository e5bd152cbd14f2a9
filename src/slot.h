/* SPDX-License-Identifier: MIT */
/*
 * Is there room for another box of this name?
 *
 * A box that runs holds a lock on one byte of /run/minibox/BOX.lock; which
 * bytes are a user's follows from his uid.  The lock belongs to the open file
 * (F_OFD_SETLK, fcntl(2), Linux 3.15), which the monitor and init share: so it
 * is free exactly when the box is gone, whatever ended it.  The files stay,
 * empty; only root can open them, or anybody could hold the locks.
 */
#ifndef MINIBOX_SLOT_H
#define MINIBOX_SLOT_H

#include <stdint.h>
#include <sys/types.h>

/*
 * The descriptor that holds a slot; -1: all `max` of this user are taken.  The
 * caller's process, fsuid 0, before the clone; max from 1 to 65535.  Dies if
 * the file cannot be had.
 */
int slot_take(const char *box, uid_t uid, uint64_t max);

#endif
