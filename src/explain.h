/* SPDX-License-Identifier: MIT */
/*
 * What does minibox tell about its decisions?
 *
 * Pure but for the writing: -n and -l.  Called only after every privilege is
 * gone.  The format is fixed by tests/golden.
 */
#ifndef MINIBOX_EXPLAIN_H
#define MINIBOX_EXPLAIN_H

#include <stdio.h>

#include "plan.h"

/* permit, the box, the line that decided, and the whole plan. */
void explain_permit(
	FILE *out, const struct policy *policy, const struct plan *plan);

/* deny, the box and the line (if the caller may know them), the reason. */
void explain_deny(FILE *out, const struct policy *policy, const struct box *box,
	const struct refusal *refusal);

/* The caller's own boxes, or the one named `name`; false if there are none. */
bool explain_list(FILE *out, const struct policy *policy, const char *name,
	const struct caller *caller, const struct accounts *accounts);

#endif
