/* SPDX-License-Identifier: MIT */
/* What the unit tests share: cmocka, and policies out of strings. */
#ifndef MINIBOX_UNIT_H
#define MINIBOX_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "policy.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Parses `text`; the faults are the result. */
static inline struct faults
unit_parse(struct policy *policy, const char *text)
{
	struct faults faults = { 0 };

	policy_parse(policy, "p", text, strlen(text), &faults);
	return faults;
}

/* A policy that must be right. */
static inline void
unit_policy(struct policy *policy, const char *text)
{
	struct faults faults = unit_parse(policy, text);

	if (faults.n)
		fail_msg("line %d: %s", faults.v[0].line, faults.v[0].text);
}

/* The first fault must stand in `line` and contain `text`; a NULL `text` asks
 * for none. */
static inline void
unit_expect(const char *policy_text, int line, const char *text)
{
	struct policy policy;
	struct faults faults = unit_parse(&policy, policy_text);

	if (!text) {
		if (faults.n)
			fail_msg("<%s> is refused: line %d: %s", policy_text,
				faults.v[0].line, faults.v[0].text);
		return;
	}
	if (!faults.n)
		fail_msg("<%s> is accepted", policy_text);
	if (faults.v[0].line != line || !strstr(faults.v[0].text, text))
		fail_msg("<%s>: line %d: %s; expected line %d: %s", policy_text,
			faults.v[0].line, faults.v[0].text, line, text);
}

#endif
