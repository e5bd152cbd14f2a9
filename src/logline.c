/* SPDX-License-Identifier: MIT */
/* What does the log say of a decision?  Pure; runs in the caller's process
 * before the clone. */
#include "logline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "word.h"
#include "xalloc.h"

enum {
	PTS_MAJOR = 136, /* Documentation/admin-guide/devices.txt */
	TTY_MAJOR = 4,
	SERIAL_MINOR = 64,
	TTY_FIELD = 7, /* of /proc/PID/stat */
};

/* Bytes of a field: what a caller can make long must not push the others, and
 * the command least of all, out of the line. */
enum { WHY_MAX = 600, PWD_MAX = 400, BOX_MAX = 100, ROOT_MAX = 400 };

static const char dots[] = "...";

/* The line so far; nothing is added once it was cut. */
struct text {
	char *line;
	size_t n;
	bool cut;
};

static void
add(struct text *t, const char *before, const char *what)
{
	size_t room = LOGLINE_MAX - sizeof(dots) - t->n;
	char *whole = xasprintf("%s%s", before, what);
	size_t n = strlen(whole);

	if (t->cut)
		return;
	t->cut = n > room;
	memcpy(t->line + t->n, whole, t->cut ? room : n);
	t->n += t->cut ? room : n;
	if (t->cut) {
		memcpy(t->line + t->n, dots, sizeof(dots));
		t->n += sizeof(dots) - 1;
	}
}

/* The beginning that takes no more than `max` bytes, and dots. */
static const char *
quote(const char *value, size_t max)
{
	const char *word = word_quote(value);
	size_t n = strlen(value), size;

	if (strlen(word) <= max)
		return word;
	n = n < max ? n : max;
	/* One byte takes four at most. */
	while ((size = strlen(word = word_quote(xstrndup(value, n)))) > max)
		n -= (size - max + 3) / 4;
	return xasprintf("%s%s", word, dots);
}

static void
add_field(struct text *t, const char *name, const char *value, size_t max)
{
	if (value)
		add(t, name, quote(value, max));
}

static void
add_command(struct text *t, const struct logline *l)
{
	if (!l->argv || !l->argv[0])
		return;
	add_field(t, " ; COMMAND=", l->command ? l->command : l->argv[0],
		LOGLINE_MAX);
	for (char *const *arg = l->argv + 1; *arg; arg++)
		add_field(t, " ", *arg, LOGLINE_MAX);
}

/* The reason without its cure.  It may quote the caller, so ';', which
 * separates fields, becomes ','. */
static const char *
first_part(const char *why)
{
	const char *end = strstr(why, "; ");
	size_t n = end ? (size_t)(end - why) : strlen(why);
	char *plain = xcalloc(n * 4 + 6, 1), *mark;

	die_escape(plain, n * 4 + 6, xstrndup(why, n));
	while ((mark = strchr(plain, ';')))
		*mark = ',';
	return strlen(plain) <= WHY_MAX
		       ? plain
		       : xasprintf("%.*s%s", WHY_MAX, plain, dots);
}

size_t
logline_make(char line[LOGLINE_MAX], const struct logline *l)
{
	struct text t = { .line = line };

	memset(line, 0, LOGLINE_MAX);
	add(&t, xasprintf("<%d>minibox[%ld]: ", (int)l->kind, (long)l->pid),
		xasprintf(
			"%s(%u) :", l->caller->name, (unsigned)l->caller->uid));
	if (l->why)
		add(&t, " ", xasprintf("%s ;", first_part(l->why)));
	add_field(&t, " TTY=", l->tty ? l->tty : "none", BOX_MAX);
	add_field(&t, " ; PWD=", l->caller->cwd ? l->caller->cwd : "none",
		PWD_MAX);
	add_field(&t, " ; BOX=", l->box, BOX_MAX);
	add_field(&t, " ; ROOT=", l->root, ROOT_MAX);
	add_command(&t, l);
	return t.n;
}

const char *
logline_tty(const char *stat)
{
	const char *s = strrchr(stat, ')'); /* the name may hold anything */
	unsigned long device, major, minor;

	/* ") S ppid pgrp session tty": the name is field 2. */
	for (int field = 2; s && field < TTY_FIELD; field++) {
		s = strchr(s, ' ');
		s = s ? s + 1 : NULL;
	}
	device = s ? strtoul(s, NULL, 10) : 0;
	if (device == 0)
		return NULL;
	major = device >> 8 & 0xfff;
	minor = (device & 0xff) | (device >> 12 & 0xfff00);
	if (major == PTS_MAJOR)
		return xasprintf("pts/%lu", minor);
	if (major == TTY_MAJOR && minor < SERIAL_MINOR)
		return xasprintf("tty%lu", minor);
	if (major == TTY_MAJOR)
		return xasprintf("ttyS%lu", minor - SERIAL_MINOR);
	return xasprintf("%lu:%lu", major, minor);
}
