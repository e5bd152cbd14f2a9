/* SPDX-License-Identifier: MIT */
/* Which word was meant?  Pure; any process. */
#include "near.h"

#include <string.h>

#include "xalloc.h"

enum { LENGTH_MAX = 40 }; /* longer words are typed by nobody */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters must be put in, left out, changed, or exchanged with the
 * next one, to make one of the other. */
static size_t
distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t d[LENGTH_MAX + 1][LENGTH_MAX + 1];

	for (size_t i = 0; i <= na; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= nb; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= na; i++)
		for (size_t j = 1; j <= nb; j++) {
			size_t change = a[i - 1] != b[j - 1];

			d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1,
				d[i - 1][j - 1] + change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
				a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[na][nb];
}

/* One slip from three letters on, two from six. */
static size_t
slips_allowed(size_t length)
{
	return length < 3 ? 0 : length < 6 ? 1 : 2;
}

void
near_try(struct near *near, const char *known)
{
	size_t na = strlen(near->word), nb = strlen(known), d;

	if (na > LENGTH_MAX || nb > LENGTH_MAX)
		return;
	d = distance(near->word, na, known, nb);
	if (d > slips_allowed(na) || d >= nb ||
		(near->best && d >= near->distance))
		return;
	near->best = known;
	near->distance = d;
}

const char *
near_hint(const struct near *near)
{
	return near->best ? xasprintf(" (did you mean '%s'?)", near->best) : "";
}
