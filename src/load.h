/* SPDX-License-Identifier: MIT */
/*
 * What does the installed policy say, and may it be believed?
 */
#ifndef MINIBOX_LOAD_H
#define MINIBOX_LOAD_H

#include <stdbool.h>

#include "accounts.h"
#include "fault.h"
#include "policy.h"
#include "reader.h"

/* SYSCONFDIR "/minibox.conf", and the directory for more beside it: compiled
 * in, no option and no variable changes them (CVE-2010-4345). */
extern const char load_policy_path[];
extern const char load_drop_in_path[];

/* Reads and parses the installed policy; false: see *faults, and what is in
 * *policy must not be used.  fsuid 0, called before the clone; or with the
 * rights that a caller has, to check it.  For the wish see reader.h. */
bool load_policy(struct policy *policy, const struct reader_wish *wish,
	struct faults *faults);

/* The same for any file, alone; "-" is stdin.  With the rights that the process
 * has, so only after a drop, or for root. */
bool load_file(struct policy *policy, const char *path, struct faults *faults);

/* /etc/passwd and /etc/group, which anybody may read.  Dies. */
void load_accounts(struct accounts *accounts);

#endif
