/* SPDX-License-Identifier: MIT */
/*
 * What may be bound, and where?
 *
 * Pure: the keys bind and allow-bind, and -B.  Paths are compared as text, by
 * component, when all tokens are replaced; what a source leads to is found out
 * by whoever opens it (source).
 */
#ifndef MINIBOX_BINDS_H
#define MINIBOX_BINDS_H

#include <stdbool.h>
#include <stddef.h>

#include "caller.h"
#include "fault.h"
#include "policy.h"
#include "value.h"

/* One bind, ready to be carried out. */
struct bind {
	const char *source, *target; /* clean */
	size_t fixed;                /* see tokens_expand */
	bool writable;
	bool asked; /* by -B */
	bool typed; /* the target is the caller's word, or depends on him */
	int place;
};

/* A line of `bind`, for this caller.  false: see *refusal. */
bool binds_expand(struct bind *bind, const struct box *box,
	const struct item *item, const struct caller *caller,
	struct refusal *refusal);

/* What -B asks for, if a line of allow-bind lists it.  false: see *refusal. */
bool binds_choose(struct bind *bind, const struct box *box,
	const struct value_bind *asked, const struct caller *caller,
	struct refusal *refusal);

/* A line of allow-bind as it is for the caller, SRC:DST:MODE, with NAME where
 * he chooses one; NULL: it needs a home, and he has none. */
const char *binds_line(const struct box *box, const struct item *item,
	const struct caller *caller);

/*
 * NULL, or what a mount on `target` would put in the place of, or beneath,
 * what a box that lists its commands trusts: /etc, /usr, /bin, /sbin, /lib*,
 * `path`, the directories of the commands.
 */
const char *binds_shadowed(const struct box *box, const char *target);

#endif
