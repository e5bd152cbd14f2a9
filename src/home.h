/* SPDX-License-Identifier: MIT */
/*
 * Where is the caller's home, outside and in the box?
 *
 * Pure.  The home is what /etc/passwd says; a caller whom the host does not
 * know (LDAP) has only $HOME, which is his own word: outside, it is looked at
 * with his rights, and in the box it chooses at most a directory on the box's
 * own /home.
 */
#ifndef MINIBOX_HOME_H
#define MINIBOX_HOME_H

#include "caller.h"
#include "policy.h"

/* The home on the host, if it can stand in a path of a mount: clean, not /, and
 * not in /proc, /sys or /dev.  Or NULL. */
const char *home_outside(const struct caller *caller);

/* HOME in the box: its own path if that is below /home, else /home/NAME; /
 * where the box has none. */
const char *home_in_box(const struct box *box, const struct caller *caller);

/* What %h stands for in a target: the home of /etc/passwd; of a caller without
 * an entry, HOME in the box.  Or NULL. */
const char *home_as_target(const struct box *box, const struct caller *caller);

/* NULL, or why the box cannot show it. */
const char *home_fault(const struct box *box, const struct caller *caller);

#endif
