/* SPDX-License-Identifier: MIT */
/*
 * What may still be executed, when the command runs?
 *
 * minibox.conf(5), `exec = listed`: the files that the box lists, and those
 * that the kernel runs to run them.  By Landlock, so it binds the command and
 * all that it starts, and stays when it is forgotten: landlock(7).
 */
#ifndef MINIBOX_LISTED_H
#define MINIBOX_LISTED_H

#include <stdbool.h>

#include "policy.h"

/* Whether the kernel has what it takes.  Any process. */
bool listed_is_possible(void);

/*
 * From here on, execve of any other file fails with EACCES.  A listed file that
 * is missing, or that somebody other than root could change, is not among
 * them.  The command process, in the box, as the caller, with no_new_privs.
 * Landlock's second ABI (Linux 5.19), since the first one forbids every rename
 * between directories.  Dies on failure.
 */
void listed_restrict(const struct box *box);

#endif
