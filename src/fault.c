/* SPDX-License-Identifier: MIT */
/* What is wrong with the policy, or with what the caller wants?  Pure; any
 * process. */
#include "fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "xalloc.h"

void
fault_add(struct faults *faults, int place, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	faults->found++;
	if (faults->n >= FAULT_MAX)
		return;
	va_start(ap, fmt);
	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	faults->v =
		xgrow(faults->v, faults->n, &faults->room, sizeof(*faults->v));
	faults->v[faults->n++] = (struct fault){
		.place = place,
		.number = faults->found,
		.text = xstrdup(text),
	};
}

static int
fault_cmp(const void *a, const void *b)
{
	const struct fault *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

void
fault_sort(struct faults *faults)
{
	if (faults->n > 1)
		qsort(faults->v, faults->n, sizeof(*faults->v), fault_cmp);
}

bool
fault_refuse(struct refusal *refusal, int status, int place, const char *text)
{
	*refusal = (struct refusal){
		.status = status,
		.text = text,
		.place = place,
	};
	return false;
}
