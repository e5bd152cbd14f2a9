/* SPDX-License-Identifier: MIT */
/*
 * Which keys are there, and what may each hold?
 *
 * Pure: one table of all keys.  What a key means is said in minibox.conf(5).
 */
#ifndef MINIBOX_KEYS_H
#define MINIBOX_KEYS_H

#include "policy.h"

/* What a box is before it says anything. */
extern const struct box keys_builtin;

/* Puts `KEY = VALUE` of [section] where it belongs: into `box`, which may be
 * the defaults, or, for NULL, into the policy itself.  The value is kept and
 * may be changed.  NULL, or what is wrong. */
const char *keys_apply(struct policy *policy, const char *section,
	struct box *box, const char *name, char *value, int place);

/* Gives the box what it does not say itself, and makes it ready for use. */
void keys_inherit(struct box *box, const struct box *defaults);

/* Gives back the memory of the lists of a box that is not needed. */
void keys_forget(struct box *box, const struct box *defaults);

/* The name of a key, as the policy spells it. */
const char *keys_name(enum policy_key key);

#endif
