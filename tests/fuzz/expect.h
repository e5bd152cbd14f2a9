/* SPDX-License-Identifier: MIT */
/*
 * What must hold of what minibox decides and tells?
 *
 * Worked out from the words of minibox.conf(5), where that can be done without
 * the functions that decided.  Whatever does not hold is an end (abort).
 */
#ifndef MINIBOX_EXPECT_H
#define MINIBOX_EXPECT_H

#include <stdbool.h>

#include "logline.h"
#include "plan.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CHECK(x) ((x) ? (void)0 : expect_fail(__FILE__, __LINE__, #x))

_Noreturn void expect_fail(const char *file, int line, const char *what);

/* Whether a terminal would obey nothing in the text; and, if `ascii`, it has
 * no other letters either. */
bool expect_is_plain(const char *text, bool ascii);

/* ACCESS DECISION */
bool expect_admitted(const struct box *box, const struct caller *caller);

/* What is permitted to the caller who asks for it. */
void expect_plan(const struct plan *plan, const struct caller *caller,
	const struct request *request);

/* `box` is NULL where none was chosen. */
void expect_refusal(const struct policy *policy, const struct box *box,
	const struct caller *caller, const struct refusal *refusal);

/* LOG in minibox(1) */
void expect_log(const struct logline *l);

/* LIST in minibox(1): one line of JSON. */
void expect_json(const char *text);

#endif
