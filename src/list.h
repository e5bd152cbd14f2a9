/* SPDX-License-Identifier: MIT */
/*
 * What may I run?
 *
 * Pure but for the writing: -l, -ll and --json.  Only boxes that admit the
 * caller; of the others not even the names.  Called only after every privilege
 * is gone.  The formats are those of minibox(1), LIST; tests/golden fixes them.
 */
#ifndef MINIBOX_LIST_H
#define MINIBOX_LIST_H

#include <stdio.h>

#include "authorize.h"

struct list_request {
	const char *box; /* only this one, or NULL */
	bool full;       /* -ll: with the plan */
	bool json;
	const char *cgroup_root; /* for the plan; NULL: auto */
};

/* false: there are none, which is written in JSON only. */
bool list_boxes(FILE *out, const struct policy *policy,
	const struct list_request *request, const struct caller *caller,
	const struct accounts *accounts);

#endif
