/* SPDX-License-Identifier: MIT */
/* Where does it stand?  Pure; any process. */
#include "place.h"

#include "xalloc.h"

int
place_add(struct places *places, const char *name, int lines)
{
	int first = 0;

	if (places->n) {
		const struct place_file *last = &places->v[places->n - 1];

		first = last->first + last->lines + 1;
	}

	places->v =
		xgrow(places->v, places->n, &places->room, sizeof(*places->v));
	places->v[places->n++] = (struct place_file){ name, first, lines };
	return first;
}

static const struct place_file *
find(const struct places *places, int place)
{
	size_t i = places->n - 1;

	while (i > 0 && places->v[i].first > place)
		i--;
	return &places->v[i];
}

const char *
place_file(const struct places *places, int place)
{
	return find(places, place)->name;
}

int
place_line(const struct places *places, int place)
{
	return place - find(places, place)->first;
}

char *
place_text(const struct places *places, int place)
{
	int line = place_line(places, place);

	return line ? xasprintf("%s:%d", place_file(places, place), line)
		    : xstrdup(place_file(places, place));
}
