/* SPDX-License-Identifier: MIT */
/*
 * What do the tests that are tables have in common?
 *
 * Tables of short texts: a policy, a command line with `|` between its words,
 * a caller who is made up.  A row that is wrong is printed.  Nothing is freed
 * (xalloc.h).
 */
#ifndef MINIBOX_TABLES_H
#define MINIBOX_TABLES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "accounts.h"
#include "caller.h"
#include "keys.h"
#include "policy.h"
#include "reader.h"
#include "request.h"
#include "value.h"
#include "xalloc.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Parses a copy that ends where the text ends and is gone afterwards, so that
 * ASan sees a read behind it or later. */
static inline struct faults
unit_parse(struct policy *policy, const char *text, size_t size)
{
	struct reader_file file = { .name = "t.conf", .size = size };
	struct faults faults = { 0 };
	char *copy = xcalloc(size + 1, 1);

	memcpy(copy, text, size);
	file.text = copy;
	reader_parse(policy, &file, 1, NULL, &faults);
	free(copy);
	return faults;
}

static inline void
unit_print(const char *text, const struct faults *faults)
{
	print_error("policy:\n%s", text);
	for (size_t i = 0; i < faults->n; i++)
		print_error("fault: %d: %s\n", faults->v[i].place,
			faults->v[i].text);
}

/* A policy that must be right. */
static inline const struct policy *
unit_policy(const char *text)
{
	struct policy *policy = xcalloc(1, sizeof(*policy));
	struct faults faults = unit_parse(policy, text, strlen(text));

	if (faults.n) {
		unit_print(text, &faults);
		fail();
	}
	return policy;
}

/* The box `b` of a policy that must be right. */
static inline const struct box *
unit_box(const char *text)
{
	const struct box *box = policy_find(unit_policy(text), "b");

	assert_non_null(box);
	return box;
}

/* A policy whose first fault must stand in `line` and contain `part`. */
static inline void
unit_fault_bytes(const char *text, size_t size, int line, const char *part)
{
	struct policy policy;
	struct faults faults = unit_parse(&policy, text, size);

	if (faults.n && faults.v[0].place == line &&
		strstr(faults.v[0].text, part))
		return;
	unit_print(text, &faults);
	fail_msg("expected: %d: ...%s...", line, part);
}

static inline void
unit_fault(const char *text, int line, const char *part)
{
	unit_fault_bytes(text, strlen(text), line, part);
}

/* Either of the two: `part` is NULL for a policy that must be right. */
static inline void
unit_check(const char *text, int line, const char *part)
{
	if (part)
		unit_fault(text, line, part);
	else
		(void)unit_policy(text);
}

/* "-b|a|ls" as a NULL-terminated array, each word with its own memory. */
static inline char **
unit_words(const char *line, int *count)
{
	char **words = xcalloc(strlen(line) + 2, sizeof(*words));

	for (*count = 0;; line++) {
		size_t n = strcspn(line, "|");

		words[(*count)++] = xstrndup(line, n);
		line += n;
		if (!*line)
			return words;
	}
}

/* What is wrong with `minibox|` and these words, or NULL. */
static inline const char *
unit_request(struct request *request, const char *line)
{
	int argc;
	char **argv = unit_words(
		xasprintf("minibox%s%s", *line ? "|" : "", line), &argc);

	return request_parse(request, argc, argv);
}

static inline const struct accounts *
unit_accounts(void)
{
	static struct accounts accounts;

	accounts_read(&accounts,
		"root:x:0:0:root:/root:/bin/sh\n"
		"alice:x:1000:1000:Alice:/home/alice:/bin/sh\n"
		"bob:x:1001:1001:Bob:/home/bob:/bin/sh\n",
		"root:x:0:\n"
		"alice:x:1000:\n"
		"lab:x:200:bob\n"
		"staff:x:400:alice\n");
	return &accounts;
}

/* alice, 1000, with the groups lab (200) and 300. */
static inline struct caller
unit_caller(void)
{
	static gid_t groups[] = { 200, 300 };
	static char *no_environment[] = { NULL };

	return (struct caller){
		.uid = 1000,
		.gid = 1000,
		.groups = groups,
		.ngroups = COUNT(groups),
		.name = "alice",
		.home = "/home/alice",
		.known = true,
		.accounts = unit_accounts(),
		.cwd = "/thesis",
		.env = no_environment,
	};
}

#endif
