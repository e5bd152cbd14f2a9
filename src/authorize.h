/* SPDX-License-Identifier: MIT */
/*
 * May he?
 *
 * Pure.  minibox.conf(5), ACCESS DECISION: a box admits the caller or it does
 * not; deny always wins; nothing listed means nobody and nothing (THREATS
 * H34).  What a caller may not enter is told as if it did not exist.
 */
#ifndef MINIBOX_AUTHORIZE_H
#define MINIBOX_AUTHORIZE_H

#include <stdbool.h>

#include "accounts.h"
#include "caller.h"
#include "fault.h"
#include "policy.h"

/* Whether the box admits the caller; *why is the item that decided, or NULL
 * if none matched. */
bool authorize_admits(const struct box *box, const struct caller *caller,
	const struct accounts *accounts, const struct item **why);

/* The box named `name`, or, for NULL, the default box if it admits the caller,
 * else his only box.  NULL: see *refusal. */
const struct box *authorize_choose(const struct policy *policy,
	const char *name, const struct caller *caller,
	const struct accounts *accounts, struct refusal *refusal);

/* A hint at one of the caller's own boxes that is called nearly so, or "". */
const char *authorize_meant(const struct policy *policy, const char *name,
	const struct caller *caller, const struct accounts *accounts);

/* The item that allows the command line: the clean absolute path and the
 * NULL-terminated arguments behind it.  NULL: none does. */
const struct item *authorize_command(
	const struct box *box, const char *path, char *const *args);

/* Whether an item of users and deny-users, or of groups and deny-groups, is a
 * name that nobody has. */
bool authorize_is_unknown(
	const struct item *item, bool group, const struct accounts *accounts);

#endif
