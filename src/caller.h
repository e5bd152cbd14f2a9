/* SPDX-License-Identifier: MIT */
/*
 * Who is asking?
 *
 * The kernel's word only: ids and groups of the live process, and the name that
 * the host gives to them, never one from the environment or a login record
 * (CVE-2019-14287).  Member lists of
 * /etc/group do not count (CVE-2021-41617).
 */
#ifndef MINIBOX_CALLER_H
#define MINIBOX_CALLER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "accounts.h"

struct caller {
	uid_t uid;
	gid_t gid;
	gid_t *groups; /* as getgroups(2) gives them; left as they are */
	size_t ngroups;
	const char *name; /* of the passwd entry if plain, else the uid */
	const char *home; /* of the passwd entry; without one $HOME, or NULL */
	bool known;       /* there is such an entry */
	const struct accounts *accounts; /* of the host */
	const char *cwd; /* or NULL: deleted, or not reachable */
	char **env;      /* what the caller was started with */
};

/* Fills in all but env.  Called before the clone; needs no privilege. */
void caller_read(struct caller *caller, const struct accounts *accounts);

/* name, home, known and accounts, from the accounts and uid.  Pure. */
void caller_identify(struct caller *caller, const struct accounts *accounts);

#endif
