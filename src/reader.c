/* SPDX-License-Identifier: MIT */
/* How does text become a policy?  Pure; runs in the caller's process before
 * the clone, on bytes that root owns, or in a test on any bytes. */
#include "reader.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "rules.h"
#include "scan.h"
#include "xalloc.h"

/* One pass over a policy. */
struct reader {
	struct policy *policy;
	struct faults *faults;
	const struct scan *scan;
	struct box **boxes; /* by section; NULL: [minibox] or a bad one */
	size_t next;        /* entry that inih must hand out next */
	bool disagree;
};

static void
reader_apply(struct reader *r, const struct scan_entry *e)
{
	const char *section, *fault;

	if (e->section == SIZE_MAX) {
		fault_add(r->faults, r->policy->file, e->line,
			"a key before the first section");
		return;
	}
	section = r->scan->sections[e->section].name;
	if (!*section)
		return; /* its fault is known */
	fault = keys_apply(r->policy, section, r->boxes[e->section], e->key,
		e->value, e->line);
	if (fault)
		fault_add(r->faults, r->policy->file, e->line, "%s", fault);
}

/*
 * Two readers must agree: what inih hands out is compared with what the scan
 * saw, entry by entry.  inih cuts a description at " ;"; every other difference
 * means that one of the two is wrong about the file.
 */
static int
reader_entry(
	void *user, const char *section, const char *name, const char *value)
{
	struct reader *r = user;
	const struct scan_entry *e = &r->scan->entries[r->next];
	const char *expected;

	if (r->next++ >= r->scan->nentries) {
		r->disagree = true;
		return 0;
	}
	expected = e->section == SIZE_MAX ? ""
					  : r->scan->sections[e->section].name;
	if (strcmp(section, expected) || strcmp(name, e->key) ||
		(strcmp(value, e->value) &&
			(strcmp(name, "description") ||
				strncmp(value, e->value, strlen(value))))) {
		r->disagree = true;
		return 0;
	}
	reader_apply(r, e);
	return 1;
}

static int
box_cmp(const void *a, const void *b)
{
	const struct box *const *x = a, *const *y = b;
	int c = strcmp((*x)->name, (*y)->name);

	return c ? c : ((*x)->line > (*y)->line) - ((*x)->line < (*y)->line);
}

static bool
once(struct reader *r, const struct scan_section *s, int *line)
{
	if (*line)
		fault_add(r->faults, r->policy->file, s->line,
			"[%s] is given twice, first in line %d", s->name,
			*line);
	return !*line && (*line = s->line);
}

/* Makes the boxes and says which section is which. */
static void
reader_sections(struct reader *r)
{
	const struct scan *scan = r->scan;
	struct policy *p = r->policy;
	int minibox_line = 0;

	p->defaults = keys_builtin;
	p->boxes = xcalloc(scan->nsections, sizeof(*p->boxes));
	p->by_name = xcalloc(scan->nsections, sizeof(*p->by_name));
	r->boxes = xcalloc(scan->nsections, sizeof(*r->boxes));
	for (size_t i = 0; i < scan->nsections; i++) {
		const struct scan_section *s = &scan->sections[i];

		if (!strcmp(s->name, "minibox")) {
			(void)once(r, s, &minibox_line);
		} else if (!strcmp(s->name, "defaults")) {
			(void)once(r, s, &p->defaults_line);
			r->boxes[i] = &p->defaults;
		} else if (*s->name) {
			struct box *box = &p->boxes[p->nboxes];

			*box = keys_builtin;
			box->name = s->name + 4;
			box->line = s->line;
			p->by_name[p->nboxes++] = box;
			r->boxes[i] = box;
		}
	}
	qsort(p->by_name, p->nboxes, sizeof(*p->by_name), box_cmp);
	for (size_t i = 1; i < p->nboxes; i++)
		if (!strcmp(p->by_name[i]->name, p->by_name[i - 1]->name))
			fault_add(r->faults, p->file, p->by_name[i]->line,
				"[box %s] is given twice, first in line %d",
				p->by_name[i]->name, p->by_name[i - 1]->line);
}

void
reader_parse(struct policy *policy, const char *file, const char *text,
	size_t size, struct faults *faults)
{
	struct scan scan;
	struct reader r = {
		.policy = policy,
		.faults = faults,
		.scan = &scan,
	};
	bool whole;

	*policy = (struct policy){ .file = file };
	scan_text(&scan, file, text, size, faults);
	reader_sections(&r);
	if (faults->n) {
		/* Not for inih; but say what else is wrong. */
		for (size_t i = 0; i < scan.nentries; i++)
			reader_apply(&r, &scan.entries[i]);
	} else if (ini_parse_string(text, reader_entry, &r) != 0 ||
		   r.disagree || r.next != scan.nentries) {
		fault_add(faults, file, 0,
			"two readers do not agree about this file; please "
			"report it");
	}
	whole = faults->n == 0;
	for (size_t i = 0; i < policy->nboxes; i++) {
		keys_inherit(&policy->boxes[i], &policy->defaults);
		rules_check(policy, &policy->boxes[i], faults);
		if (whole)
			rules_check_mounts(policy, &policy->boxes[i], faults);
	}
	if (policy->default_box && !policy_find(policy, policy->default_box))
		fault_add(faults, file, policy->lines[KEY_DEFAULT_BOX],
			"default-box: there is no [box %s]",
			policy->default_box);
	fault_sort(faults);
}
