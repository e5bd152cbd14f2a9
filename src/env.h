/* SPDX-License-Identifier: MIT */
/*
 * What environment does the command get?
 *
 * Pure.  Built from nothing (THREATS H09): minibox's own variables, then what
 * the policy keeps of the caller's, then what it sets, then -e; the later
 * wins.  minibox(1), ENVIRONMENT.
 */
#ifndef MINIBOX_ENV_H
#define MINIBOX_ENV_H

#include "authorize.h"
#include "request.h"

/*
 * A NULL-terminated array of NAME=VALUE.  [0] is PWD=, whose value only the
 * command's process knows.  NULL: a -e of the request is refused, see
 * *refusal.
 */
char **env_build(const struct box *box, const struct caller *caller,
	const char *home, const struct request *request,
	struct refusal *refusal);

#endif
