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

enum reader_name
reader_name(const char *name)
{
	static const char suffix[] = ".conf";
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	size_t n = strlen(name), end = sizeof(suffix) - 1;

	if (n < end || strcmp(name + n - end, suffix))
		return READER_IGNORED;
	return n > end && strspn(name, plain) == n - end ? READER_DROP_IN
							 : READER_BAD_NAME;
}

/* One pass over a file. */
struct reader {
	struct policy *policy;
	struct faults *faults;
	const struct reader_file *file;
	int first; /* place of the file */
	struct scan scan;
	struct box **boxes; /* by section; NULL: [minibox] */
	size_t next;        /* entry that inih must hand out next */
	bool disagree;
};

static void
apply_entry(struct reader *r, const struct scan_entry *e)
{
	const char *section, *fault;

	if (e->section == SIZE_MAX) {
		fault_add(
			r->faults, e->place, "a key before the first section");
		return;
	}
	section = r->scan.sections[e->section].name;
	fault = keys_apply(r->policy, *section ? section : "box NAME",
		r->boxes[e->section], e->key, e->value, e->place);
	if (fault)
		fault_add(r->faults, e->place, "%s", fault);
}

/*
 * Two readers must agree: what inih hands out is compared with what the scan
 * saw, entry by entry.  inih cuts a description at " ;"; every other difference
 * means that one of the two is wrong about the file.
 */
static int
take_entry(void *user, const char *section, const char *name, const char *value)
{
	struct reader *r = user;
	const struct scan_entry *e = &r->scan.entries[r->next];
	const char *expected;

	if (r->next++ >= r->scan.nentries) {
		r->disagree = true;
		return 0;
	}
	expected =
		e->section == SIZE_MAX ? "" : r->scan.sections[e->section].name;
	if (strcmp(section, expected) || strcmp(name, e->key) ||
		(strcmp(value, e->value) &&
			(strcmp(name, "description") ||
				strncmp(value, e->value, strlen(value))))) {
		r->disagree = true;
		return 0;
	}
	apply_entry(r, e);
	return 1;
}

static int
box_cmp(const void *a, const void *b)
{
	const struct box *const *x = a, *const *y = b;
	int c = strcmp((*x)->name, (*y)->name);

	return c ? c
		 : ((*x)->place > (*y)->place) - ((*x)->place < (*y)->place);
}

/* [minibox] and [defaults] stand once, in the first file. */
static bool
is_once(struct reader *r, const struct scan_section *s, int *place)
{
	const struct places *files = &r->policy->files;

	if (r->first != 0)
		fault_add(r->faults, s->place, "[%s] belongs into %s", s->name,
			files->v[0].name);
	else if (*place)
		fault_add(r->faults, s->place,
			"[%s] is given twice, first in %s", s->name,
			place_text(files, *place));
	else
		*place = s->place;
	return *place == s->place;
}

/* For a section that must not be there. */
static struct box *
lost_box(void)
{
	return xcalloc(1, sizeof(struct box));
}

static struct box *
new_box(struct policy *p, const char *name, int place)
{
	struct box *box = &p->boxes[p->nboxes];

	*box = keys_builtin;
	box->name = name;
	box->place = place;
	p->by_name[p->nboxes++] = box;
	return box;
}

/* Makes the boxes of the file and says which section is which.  What stands in
 * a section that must not be there is read as well, for its faults. */
static void
make_boxes(struct reader *r)
{
	struct policy *p = r->policy;
	int minibox_place = 0;

	r->boxes = xcalloc(r->scan.nsections, sizeof(*r->boxes));
	for (size_t i = 0; i < r->scan.nsections; i++) {
		const struct scan_section *s = &r->scan.sections[i];

		if (!strcmp(s->name, "minibox"))
			r->boxes[i] = is_once(r, s, &minibox_place)
					      ? NULL
					      : lost_box();
		else if (!strcmp(s->name, "defaults"))
			r->boxes[i] = is_once(r, s, &p->defaults_place)
					      ? &p->defaults
					      : lost_box();
		else if (*s->name)
			r->boxes[i] = new_box(p, s->name + 4, s->place);
		else
			r->boxes[i] = lost_box();
	}
}

static void
find_twins(struct policy *p, struct faults *faults)
{
	qsort(p->by_name, p->nboxes, sizeof(*p->by_name), box_cmp);
	for (size_t i = 1; i < p->nboxes; i++)
		if (!strcmp(p->by_name[i]->name, p->by_name[i - 1]->name))
			fault_add(faults, p->by_name[i]->place,
				"[box %s] is given twice, first in %s",
				p->by_name[i]->name,
				place_text(
					&p->files, p->by_name[i - 1]->place));
}

static void
scan_file(struct reader *r)
{
	const struct reader_file *f = r->file;

	r->first = place_add(&r->policy->files, f->name,
		f->text ? scan_count_lines(f->text, f->size) : 0);
	if (f->text)
		scan_text(&r->scan, r->first, f->text, f->size, r->faults);
	else
		fault_add(r->faults, r->first, "%s", f->why);
}

static void
read_entries(struct reader *r)
{
	if (r->faults->n) {
		/* Not for inih; but say what else is wrong. */
		for (size_t i = 0; i < r->scan.nentries; i++)
			apply_entry(r, &r->scan.entries[i]);
	} else if (ini_parse_string(r->file->text, take_entry, r) != 0 ||
		   r->disagree || r->next != r->scan.nentries) {
		fault_add(r->faults, r->first,
			"two readers do not agree about this file; please "
			"report it");
	}
}

static void
check_boxes(struct policy *policy, struct faults *faults)
{
	bool whole = faults->n == 0;

	for (size_t i = 0; i < policy->nboxes; i++) {
		keys_inherit(&policy->boxes[i], &policy->defaults);
		rules_check(&policy->boxes[i], faults);
		if (whole)
			rules_check_mounts(&policy->boxes[i], faults);
	}
	if (policy->default_box && !policy_find(policy, policy->default_box))
		fault_add(faults, policy->places[KEY_DEFAULT_BOX],
			"default-box: there is no [box %s]",
			policy->default_box);
}

void
reader_parse(struct policy *policy, const struct reader_file *files, size_t n,
	struct faults *faults)
{
	struct reader *readers = xcalloc(n, sizeof(*readers));
	size_t sections = 0;

	*policy = (struct policy){ .defaults = keys_builtin };
	for (size_t i = 0; i < n; i++) {
		readers[i].policy = policy;
		readers[i].faults = faults;
		readers[i].file = &files[i];
		scan_file(&readers[i]);
		sections += readers[i].scan.nsections;
	}
	policy->boxes = xcalloc(sections, sizeof(*policy->boxes));
	policy->by_name = xcalloc(sections, sizeof(*policy->by_name));
	for (size_t i = 0; i < n; i++)
		make_boxes(&readers[i]);
	find_twins(policy, faults);
	for (size_t i = 0; i < n; i++)
		read_entries(&readers[i]);
	check_boxes(policy, faults);
	fault_sort(faults);
}
