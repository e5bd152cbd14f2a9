/* SPDX-License-Identifier: MIT */
/* How does text become a policy?  Pure; runs in the caller's process before
 * the clone, on bytes that root owns, or in a test on any bytes. */
#include "reader.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "chars.h"
#include "keys.h"
#include "near.h"
#include "rules.h"
#include "scan.h"
#include "xalloc.h"

enum reader_name
reader_name(const char *name)
{
	static const char suffix[] = ".conf";
	size_t n = strlen(name), end = sizeof(suffix) - 1;

	if (*name == '.' || n < end || strcmp(name + n - end, suffix))
		return READER_IGNORED;
	return chars_count(name, "_-") == n - end ? READER_DROP_IN
						  : READER_BAD_NAME;
}

/* One file, and what is in it. */
struct input {
	const struct reader_file *file;
	int first; /* its place */
	struct scan scan;
	bool *used; /* which sections are acted upon: see compare_input */
};

struct reader {
	struct policy *policy;
	struct faults *faults;
	struct input *sources;
	size_t n;
	struct section_name *names; /* of all boxes, sorted */
	size_t nnames;
	const struct reader_wish *wish;
	size_t room;       /* for boxes */
	bool sound;        /* [defaults] have no fault */
	bool partial;      /* there may be boxes that could not be read */
	int minibox_place; /* 0: there is no such section */
};

struct section_name {
	const char *name;
	int place;
};

static void
scan_sources(struct reader *r, const struct reader_file *files)
{
	for (size_t i = 0; i < r->n; i++) {
		struct input *s = &r->sources[i];
		const struct reader_file *f = &files[i];

		s->file = f;
		s->first = place_add(&r->policy->files, f->name,
			f->text ? scan_count_lines(f->text, f->size) : 0);
		if (f->text)
			scan_text(&s->scan, s->first, f->text, f->size,
				r->faults);
		else
			fault_add(r->faults, s->first, "%s", f->why);
		r->partial |= !f->text;
		s->used = xcalloc(s->scan.nsections + 1, sizeof(*s->used));
	}
}

/* Where inih has come to. */
struct inih_pass {
	struct scan scan; /* of the same text */
	size_t next;      /* the entry that it must hand out next */
	const char *text; /* what it has not read yet */
	const char *end;
};

/* As fgets(3); no line is longer than the scan lets through. */
static char *
give_line(char *line, int size, void *stream)
{
	struct inih_pass *pass = stream;
	const char *nl =
		memchr(pass->text, '\n', (size_t)(pass->end - pass->text));
	size_t n = nl ? (size_t)(nl - pass->text) + 1 : 0;

	if (n == 0 || n >= (size_t)size)
		return NULL;
	memcpy(line, pass->text, n);
	line[n] = '\0';
	pass->text += n;
	return line;
}

/* inih cuts a description at " ;"; every other difference means that one of the
 * two readers is wrong. */
static int
compare_entry(
	void *user, const char *section, const char *name, const char *value)
{
	struct inih_pass *pass = user;
	const struct scan *scan = &pass->scan;
	const struct scan_entry *e = &scan->entries[pass->next];
	const char *expected;

	if (pass->next++ >= scan->nentries)
		return 0;
	expected =
		e->section == UINT32_MAX ? "" : scan->sections[e->section].name;
	return !strcmp(section, expected) && !strcmp(name, e->key) &&
	       (!strcmp(value, e->value) ||
		       (!strcmp(name, "description") &&
			       !strncmp(value, e->value, strlen(value))));
}

static bool
readers_agree(const char *text, size_t size)
{
	struct inih_pass pass = { .text = text, .end = text + size };
	struct faults faults = { 0 };

	scan_text(&pass.scan, 0, text, size, &faults);
	return faults.found == 0 &&
	       ini_parse_stream(give_line, &pass, compare_entry, &pass) == 0 &&
	       pass.next == pass.scan.nentries && pass.text == pass.end;
}

static size_t
offset_of(const struct input *in, size_t section)
{
	return section < in->scan.nsections ? in->scan.sections[section].offset
					    : in->file->size;
}

/*
 * Two readers must agree about every section that is acted upon, and where it
 * ends: what inih hands out of these, and of the next ones, is compared entry
 * by entry with what the scan saw.  Of ten thousand boxes a caller may use few,
 * and inih takes more time than all else.
 */
static void
compare_input(struct reader *r, const struct input *in)
{
	for (size_t k = 0, end; k < in->scan.nsections; k = end + 1) {
		size_t from = offset_of(in, k);

		for (end = k; end < in->scan.nsections && in->used[end]; end++)
			;
		if (end > k && !readers_agree(in->file->text + from,
				       offset_of(in, end) - from))
			fault_add(r->faults, in->first,
				"two readers do not agree about this file; "
				"please report it");
	}
}

static void
mark_used(struct input *in, size_t section)
{
	in->used[section] = in->used[section + 1] = true;
}

static bool
is_general(const struct scan_section *s)
{
	return s->kind == SCAN_MINIBOX || s->kind == SCAN_DEFAULTS;
}

/* Of a SCAN_BOX. */
static const char *
box_name(const struct scan_section *s)
{
	return s->name + strlen("box ");
}

/* No more faults are kept, and to find them takes time. */
static bool
is_full(const struct reader *r)
{
	return r->faults->n == FAULT_MAX;
}

/* Applies the entries of a section, from *next on.  NULL is [minibox]. */
static void
apply_section(struct reader *r, const struct scan *scan, size_t section,
	struct box *box, size_t *next)
{
	const char *name = scan->sections[section].name;

	for (; *next < scan->nentries && !is_full(r); ++*next) {
		const struct scan_entry *e = &scan->entries[*next];
		const char *fault;

		if (e->section != section)
			return;
		fault = keys_apply(r->policy, *name ? name : "box NAME", box,
			e->key, e->value, e->place);
		if (fault)
			fault_add(r->faults, e->place, "%s", fault);
	}
}

/* [minibox] and [defaults] stand once, in the first file. */
static bool
is_once(struct reader *r, const struct input *source,
	const struct scan_section *s, int *place)
{
	const struct places *files = &r->policy->files;

	if (source != r->sources)
		fault_add(r->faults, s->place, "[%s] belongs in %s", s->name,
			files->v[0].name);
	else if (*place)
		fault_add(r->faults, s->place,
			"[%s] is given twice, first in %s", s->name,
			place_text(files, *place));
	else
		*place = s->place;
	return *place == s->place;
}

/* The keys of a misplaced or repeated section are skipped; its own line is the
 * fault. */
static void
apply_once(struct reader *r, struct input *source, size_t section, size_t *next)
{
	const struct scan_section *s = &source->scan.sections[section];
	struct policy *p = r->policy;
	struct box *box = s->kind == SCAN_DEFAULTS ? &p->defaults : NULL;

	mark_used(source, section);
	if (is_once(r, source, s, box ? &p->defaults_place : &r->minibox_place))
		apply_section(r, &source->scan, section, box, next);
}

/* [minibox] and [defaults], before the boxes, wherever they stand. */
static void
apply_general(struct reader *r, struct input *source)
{
	const struct scan *scan = &source->scan;
	size_t next = 0;

	for (; next < scan->nentries &&
		scan->entries[next].section == UINT32_MAX;
		next++)
		fault_add(r->faults, scan->entries[next].place,
			"a key before the first section");
	for (size_t i = 0; i < scan->nsections; i++) {
		if (is_general(&scan->sections[i]))
			apply_once(r, source, i, &next);
		while (next < scan->nentries &&
			scan->entries[next].section == i)
			next++;
	}
}

/* One box: all of it is checked, and kept if somebody wants it. */
static void
read_box(struct reader *r, struct input *source, size_t section, size_t *next)
{
	const struct scan_section *s = &source->scan.sections[section];
	struct policy *p = r->policy;
	struct box box = keys_builtin;
	size_t before = r->faults->found;

	if (s->kind == SCAN_BOX)
		box.name = box_name(s);
	box.place = s->place;
	apply_section(r, &source->scan, section, &box, next);
	if (s->kind == SCAN_LOST) {
		r->partial = true;
		return; /* its fault is known */
	}
	keys_inherit(&box, &p->defaults);
	rules_check(&box, r->faults->found == before, r->faults);
	if (r->sound && r->faults->found == before)
		rules_check_mounts(&box, r->faults);
	if (r->wish && !r->wish->wants(&box, r->wish->data)) {
		keys_forget(&box, &p->defaults);
		return;
	}
	mark_used(source, section);
	p->boxes = xgrow(p->boxes, p->nboxes, &r->room, sizeof(*p->boxes));
	p->boxes[p->nboxes++] = box;
}

static void
read_boxes(struct reader *r, struct input *source)
{
	const struct scan *scan = &source->scan;
	size_t next = 0;

	for (size_t i = 0; i < scan->nsections && !is_full(r); i++) {
		while (next < scan->nentries &&
			(scan->entries[next].section == UINT32_MAX ||
				scan->entries[next].section < i))
			next++;
		if (!is_general(&scan->sections[i]))
			read_box(r, source, i, &next);
	}
}

static int
name_cmp(const void *a, const void *b)
{
	const struct section_name *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : (x->place > y->place) - (x->place < y->place);
}

static void
find_repeated(struct reader *r)
{
	size_t room = 0;

	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->sources[i].scan.nsections; k++) {
			const struct scan_section *s =
				&r->sources[i].scan.sections[k];

			if (s->kind != SCAN_BOX)
				continue;
			r->names = xgrow(
				r->names, r->nnames, &room, sizeof(*r->names));
			r->names[r->nnames++] =
				(struct section_name){ box_name(s), s->place };
		}
	if (r->nnames > 1)
		qsort(r->names, r->nnames, sizeof(*r->names), name_cmp);
	for (size_t i = 1; i < r->nnames && !is_full(r); i++)
		if (!strcmp(r->names[i].name, r->names[i - 1].name))
			fault_add(r->faults, r->names[i].place,
				"[box %s] is given twice, first in %s",
				r->names[i].name,
				place_text(&r->policy->files,
					r->names[i - 1].place));
}

static void
check_default(struct reader *r)
{
	const struct policy *p = r->policy;
	struct near near = { .word = p->default_box };

	if (!p->default_box || r->partial)
		return;
	for (size_t i = 0; i < r->nnames; i++)
		if (!strcmp(r->names[i].name, p->default_box))
			return;
	for (size_t i = 0; i < r->nnames; i++)
		near_try(&near, r->names[i].name);
	fault_add(r->faults, p->places[KEY_DEFAULT_BOX],
		"default-box: there is no [box %s]%s", p->default_box,
		near_hint(&near));
}

static int
box_cmp(const void *a, const void *b)
{
	const struct box *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static void
sort_boxes(struct policy *p)
{
	p->by_name = xcalloc(p->nboxes, sizeof(struct box *));
	for (size_t i = 0; i < p->nboxes; i++)
		p->by_name[i] = &p->boxes[i];
	if (p->nboxes > 1)
		qsort(p->by_name, p->nboxes, sizeof(struct box *), box_cmp);
}

void
reader_parse(struct policy *policy, const struct reader_file *files, size_t n,
	const struct reader_wish *wish, struct faults *faults)
{
	struct reader r = {
		.policy = policy,
		.faults = faults,
		.sources = xcalloc(n, sizeof(*r.sources)),
		.n = n,
		.wish = wish,
	};

	*policy = (struct policy){ .defaults = keys_builtin };
	scan_sources(&r, files);
	find_repeated(&r);
	for (size_t i = 0; i < n; i++)
		apply_general(&r, &r.sources[i]);
	r.sound = faults->n == 0;
	for (size_t i = 0; i < n; i++)
		read_boxes(&r, &r.sources[i]);
	for (size_t i = 0; faults->n == 0 && i < n; i++)
		compare_input(&r, &r.sources[i]);
	check_default(&r);
	sort_boxes(policy);
	fault_sort(faults);
}
