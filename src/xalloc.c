/* SPDX-License-Identifier: MIT */
/* Where does memory come from?  Any process, any privilege. */
#include "xalloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"

static _Noreturn void
xalloc_die(void)
{
	die(EXIT_MINIBOX, "out of memory; see: ulimit -v");
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (!p)
		xalloc_die();
	return p;
}

void *
xgrow(void *p, size_t n, size_t *room, size_t size)
{
	size_t want = *room * 2 > n ? *room * 2 : n + 1;

	if (n < *room)
		return p;
	if (want > SIZE_MAX / size)
		xalloc_die();
	p = realloc(p, want * size);
	if (!p)
		xalloc_die();
	*room = want;
	return p;
}

char *
xstrndup(const char *s, size_t n)
{
	char *p = strndup(s, n);

	if (!p)
		xalloc_die();
	return p;
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		xalloc_die();
	va_end(ap);
	return s;
}
