/* SPDX-License-Identifier: MIT */
/*
 * What does minibox tell callers of a policy that it accepted?
 *
 * Made-up callers ask for what a policy has and for what it has not; the
 * answers are as expected (expect.h), or it is an end.  All memory is the
 * arena's.
 */
#ifndef MINIBOX_USE_H
#define MINIBOX_USE_H

#include <stdbool.h>
#include <stdio.h>

#include "accounts.h"
#include "caller.h"
#include "list.h"
#include "plan.h"
#include "policy.h"
#include "request.h"

enum { USE_CALLERS = 4 };

const struct accounts *use_accounts(void);
struct caller use_caller(size_t i, const struct accounts *accounts);

/* The answer of -n is written to `out`.  true: permit, with *plan. */
bool use_request(FILE *out, const struct policy *policy,
	const struct caller *caller, const struct request *request,
	struct plan *plan);

/* The answer of -l. */
void use_list(FILE *out, const struct policy *policy,
	const struct caller *caller, const struct list_request *request);

/* What minibox tells one caller who asks for the boxes of `all`, which may be
 * more than `policy` has; `salt` chooses how. */
const char *use_policy(const struct policy *policy, const struct policy *all,
	const struct caller *caller, size_t salt);

/* The warnings of --check. */
void use_advice(const struct policy *policy, const struct accounts *accounts);

#endif
