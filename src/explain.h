/* SPDX-License-Identifier: MIT */
/*
 * What does minibox tell about its decisions?
 *
 * Pure but for the writing: -n, and the plans of -ll.  Called only after every
 * privilege is gone.  The format is fixed by tests/golden.
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

/* The plan alone, a line for each step, two blanks first; of one that
 * plan_make_box has made, all but the command. */
void explain_plan(FILE *out, const struct plan *plan);

#endif
