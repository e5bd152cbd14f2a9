/* SPDX-License-Identifier: MIT */
/*
 * What is allowed, but hardly meant?
 *
 * Pure: the warnings of `minibox --check` about the policy alone; what the host
 * looks like is the business of check.
 */
#ifndef MINIBOX_ADVICE_H
#define MINIBOX_ADVICE_H

#include "accounts.h"
#include "fault.h"
#include "policy.h"

/* Adds a warning for each.  The policy has no faults. */
void advice_policy(const struct policy *policy, const struct accounts *accounts,
	struct faults *warnings);

#endif
