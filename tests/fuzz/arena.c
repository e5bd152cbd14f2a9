/* SPDX-License-Identifier: MIT */
/* How can one process run millions of inputs?  With the functions of
 * src/xalloc.h, of which arena_end() undoes the effects. */
#include "arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "xalloc.h"

#undef free

static struct {
	void **v;
	size_t n, room;
} arena;

struct stream {
	FILE *file;
	char **text; /* of the caller; NULL: too late to tell */
	size_t *size;
	char *v;
	size_t n, room;
	struct stream *next;
};

static struct stream *streams; /* those that are open */

static void *
keep(void *p)
{
	if (!p)
		abort();
	if (arena.n == arena.room) {
		arena.room = arena.room ? arena.room * 2 : 1024;
		arena.v = realloc(arena.v, arena.room * sizeof(*arena.v));
		if (!arena.v)
			abort();
	}
	arena.v[arena.n++] = p;
	return p;
}

/* From the end, where what is looked for mostly is. */
static bool
forget(const void *p)
{
	for (size_t i = arena.n; i > 0; i--) {
		if (arena.v[i - 1] != p)
			continue;
		arena.v[i - 1] = arena.v[--arena.n];
		return true;
	}
	return false;
}

void *
xcalloc(size_t n, size_t size)
{
	return keep(calloc(n ? n : 1, size));
}

/* Room for no more than what was asked for, so that ASan knows the end. */
void *
xgrow(void *p, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return p;
	if (n >= SIZE_MAX / size || (p && !forget(p)))
		abort();
	*room = n + 1;
	return keep(realloc(p, *room * size));
}

char *
xstrndup(const char *s, size_t n)
{
	return keep(strndup(s, n));
}

char *
xstrdup(const char *s)
{
	return keep(strdup(s));
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		abort();
	va_end(ap);
	return keep(s);
}

static void
stream_tell(struct stream *s)
{
	if (!s->text)
		return;
	*s->text = s->v;
	*s->size = s->n;
}

static ssize_t
stream_write(void *cookie, const char *bytes, size_t size)
{
	struct stream *s = cookie;

	if (s->n + size >= s->room)
		s->v = xgrow(s->v, (s->n + size) * 2, &s->room, 1);
	memcpy(s->v + s->n, bytes, size);
	s->n += size;
	s->v[s->n] = '\0';
	stream_tell(s);
	return (ssize_t)size;
}

static int
stream_close(void *cookie)
{
	struct stream *s = cookie, **link = &streams;

	while (*link != s)
		link = &(*link)->next;
	*link = s->next;
	if (!s->v)
		s->v = xcalloc(1, 1);
	stream_tell(s);
	return 0;
}

FILE *
arena_memstream(char **text, size_t *size)
{
	static const cookie_io_functions_t calls = {
		.write = stream_write,
		.close = stream_close,
	};
	struct stream *s = xcalloc(1, sizeof(*s));

	*s = (struct stream){ .text = text, .size = size, .next = streams };
	s->file = fopencookie(s, "w", calls);
	if (!s->file)
		abort();
	streams = s;
	return s->file;
}

void
arena_drop(void *p)
{
	(void)forget(p);
	free(p);
}

void
arena_end(void)
{
	while (streams) {
		streams->text = NULL;
		(void)fclose(streams->file);
	}
	while (arena.n > 0)
		free(arena.v[--arena.n]);
}
