/* SPDX-License-Identifier: MIT */
/*
 * Is there a policy that minibox reads in a way that nobody would expect?
 *
 * The input is the files of a policy, minibox.conf first, with lines "%%"
 * between them; a file that is "!\n" cannot be read.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "die.h"
#include "expect.h"
#include "keys.h"
#include "reader.h"
#include "scan.h"
#include "use.h"
#include "xalloc.h"

enum { FILES_MAX = 5 };

struct input {
	struct reader_file v[FILES_MAX + 1];
	size_t n;
};

/* A box that admits nobody, whatever [defaults] says. */
static const char nobodys[] = "[box zzz]\n"
			      "rootfs = /zzz\n"
			      "command = *\n"
			      "command-exact = none\n"
			      "shell = /bin/sh\n"
			      "exec = any\n"
			      "root = ro\n"
			      "tmpfs = none\n"
			      "home = none\n"
			      "bind = none\n"
			      "allow-bind = none\n"
			      "env-keep = none\n"
			      "hostname = zzz\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *
find(const char *text, size_t size, const char *what)
{
	return size ? memmem(text, size, what, strlen(what)) : NULL;
}

static void
add_file(struct input *in, const char *text, size_t size)
{
	static const char *const names[] = { "minibox.conf", "d/a.conf",
		"d/b.conf", "d/c.conf", "d/d.conf", "d/e.conf" };
	bool lost = size == 2 && !memcmp(text, "!\n", 2);

	in->v[in->n] = (struct reader_file){
		.name = names[in->n],
		.text = lost ? NULL : text,
		.size = size,
		.why = "cannot be read",
	};
	in->n++;
}

static void
split(struct input *in, const char *data, size_t size)
{
	const char *end;

	in->n = 0;
	while (in->n < FILES_MAX - 1 && (end = find(data, size, "\n%%\n"))) {
		size_t n = (size_t)(end - data);

		add_file(in, data, n + 1);
		data += n + 4;
		size -= n + 4;
	}
	add_file(in, data, size);
}

/* The files end where their bytes end and are gone afterwards, so that ASan
 * sees a read behind them or later. */
static void
parse(struct policy *policy, const struct input *in,
	const struct reader_wish *wish, struct faults *faults)
{
	struct input copy = *in;

	*faults = (struct faults){ 0 };
	for (size_t i = 0; i < in->n; i++) {
		char *text;

		if (!in->v[i].text)
			continue;
		text = malloc(in->v[i].size + 1);
		CHECK(text);
		memcpy(text, in->v[i].text, in->v[i].size);
		text[in->v[i].size] = '\0';
		copy.v[i].text = text;
	}
	reader_parse(policy, copy.v, copy.n, wish, faults);
	for (size_t i = 0; i < in->n; i++)
		if (copy.v[i].text)
			free((char *)copy.v[i].text);
}

/* That line and its length, or that of what is left of it; NULL: there is no
 * such one. */
static const char *
line_at(const struct input *in, const struct policy *policy, int place,
	size_t *size)
{
	const char *name = place_file(&policy->files, place), *p, *end, *next;
	int line = place_line(&policy->files, place);
	size_t i = 0;

	while (i < in->n && strcmp(in->v[i].name, name))
		i++;
	CHECK(i < in->n);
	if (!in->v[i].text || line < 1)
		return NULL;
	p = in->v[i].text;
	end = p + in->v[i].size;
	for (; p < end; p = next + 1) {
		next = memchr(p, '\n', (size_t)(end - p));
		if (!next)
			next = end;
		*size = (size_t)(next - p);
		if (--line == 0)
			return p;
		if (next == end)
			break;
	}
	return NULL;
}

/* Whether that line begins with the text. */
static bool
line_begins(const struct input *in, const struct policy *policy, int place,
	const char *text)
{
	size_t size, n = strlen(text);
	const char *line = line_at(in, policy, place, &size);

	return line && size >= n && !memcmp(line, text, n);
}

static bool
is_lost(const struct input *in, const struct policy *policy, int place)
{
	size_t i = 0;

	while (strcmp(in->v[i].name, place_file(&policy->files, place)))
		i++;
	return !in->v[i].text && !place_line(&policy->files, place);
}

/* Each stands in a line that there is, but those of a file that cannot be
 * read, and can be told. */
static void
check_faults(const struct input *in, const struct policy *policy,
	const struct faults *faults)
{
	CHECK(faults->n <= FAULT_MAX);
	for (size_t i = 0; i < faults->n; i++) {
		const struct fault *f = &faults->v[i];
		char plain[2200];
		size_t size;

		CHECK(f->place >= 0);
		CHECK(!i || f[-1].place <= f->place);
		CHECK(line_at(in, policy, f->place, &size) ||
			is_lost(in, policy, f->place));
		die_escape(plain, sizeof(plain), f->text);
		CHECK(*f->text && !strcmp(plain, f->text));
	}
}

/* FILE FORMAT: what no accepted file has in it. */
static void
check_line(const char *line, size_t n)
{
	static const char *const hidden[] = { "\xe2\x80\xae", "\xe2\x81\xa6",
		"\xe2\x80\x8b", "\xef\xbb\xbf", "\xc2\x85" };
	bool free_text =
		n && (strchr("#;", *line) ||
			     (n > 11 && !memcmp(line, "description", 11)));

	CHECK(n <= 190);
	CHECK(!n || *line != ' ' || strspn(line, " ") >= n);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)line[i];

		CHECK(c >= 0x20 && c != 0x7f);
		CHECK(c < 0x80 || free_text);
	}
	for (size_t i = 0; i < COUNT(hidden); i++)
		CHECK(!find(line, n, hidden[i]));
}

static void
check_text(const struct reader_file *file)
{
	const char *p = file->text, *end = p + file->size;

	CHECK(p);
	CHECK(p == end || end[-1] == '\n');
	while (p < end) {
		size_t n = (size_t)((const char *)memchr(
					    p, '\n', (size_t)(end - p)) -
				    p);

		check_line(p, n);
		p += n + 1;
	}
}

/* What -n and the faults call the line of a key is that line. */
static void
check_places(
	const struct input *in, const struct policy *policy, const int *places)
{
	for (size_t k = 0; k < KEY_COUNT; k++)
		CHECK(!places[k] || line_begins(in, policy, places[k],
					    keys_name((enum policy_key)k)));
}

static void
check_items(const struct input *in, const struct policy *policy,
	const struct list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		size_t size;
		const char *line = line_at(in, policy, list->v[i].place, &size);

		CHECK(line && find(line, size, list->v[i].text));
	}
}

static void
check_box(const struct input *in, const struct policy *policy,
	const struct box *box)
{
	CHECK(line_begins(
		in, policy, box->place, xasprintf("[box %s]", box->name)));
	CHECK(policy_find(policy, box->name) == box);
	check_places(in, policy, box->places);
	check_items(in, policy, &box->users);
	check_items(in, policy, &box->groups);
	check_items(in, policy, &box->deny_users);
	check_items(in, policy, &box->deny_groups);
	check_items(in, policy, &box->command);
	check_items(in, policy, &box->command_exact);
	check_items(in, policy, &box->tmpfs);
	check_items(in, policy, &box->bind);
	check_items(in, policy, &box->allow_bind);
	check_items(in, policy, &box->env_keep);
	check_items(in, policy, &box->env_set);
}

/* The sections, as a reader would count them. */
static size_t
count_boxes(const struct reader_file *file, bool first)
{
	const char *p = file->text, *end = p + file->size;
	size_t boxes = 0;

	while (p < end) {
		size_t n = (size_t)((const char *)memchr(
					    p, '\n', (size_t)(end - p)) -
				    p);

		if (n > 5 && !memcmp(p, "[box ", 5))
			boxes++;
		else
			CHECK(!n || *p != '[' || first);
		p += n + 1;
	}
	return boxes;
}

static void
check_accepted(const struct input *in, const struct policy *policy)
{
	size_t boxes = 0;

	for (size_t i = 0; i < in->n; i++) {
		check_text(&in->v[i]);
		boxes += count_boxes(&in->v[i], i == 0);
	}
	CHECK(boxes == policy->nboxes);
	check_places(in, policy, policy->places);
	for (size_t i = 0; i < policy->nboxes; i++)
		check_box(in, policy, &policy->boxes[i]);
}

/* The line around `at` once more: a section, or a key that is not a list, may
 * not stand twice.  false: it is another. */
static bool
repeat(struct reader_file *f, char *text, size_t at)
{
	static const char *const lists[] = { "users", "groups", "deny-users",
		"deny-groups", "command", "command-exact", "tmpfs", "bind",
		"allow-bind", "env-keep", "env-set" };
	size_t n, key;

	while (at > 0 && text[at - 1] != '\n')
		at--;
	n = strcspn(text + at, "\n") + 1;
	key = strcspn(text + at, " =");
	if (strchr("#;\n ", text[at]))
		return false;
	for (size_t i = 0; i < COUNT(lists); i++)
		if (strlen(lists[i]) == key &&
			!memcmp(lists[i], text + at, key))
			return false;
	memmove(text + at + n, text + at, f->size - at);
	f->size += n;
	return true;
}

/* Makes a file wrong that was right, in one of several ways; false: that way
 * is none for this file. */
static bool
spoil(struct reader_file *f, size_t salt)
{
	static const char bytes[] = "\0\t\r\v\x1b\x7f";
	size_t at = f->size ? salt / 64 % f->size : 0;
	char *text = xcalloc(2 * f->size + 256, 1);

	memcpy(text, f->text, f->size);
	f->text = text;
	switch (salt % 5) {
	case 0:
		memmove(text + 3, text, f->size);
		memcpy(text, "\xef\xbb\xbf", 3);
		f->size += 3;
		return true;
	case 1: /* a line of 191 bytes */
		memset(text + f->size, '#', 191);
		text[f->size + 191] = '\n';
		f->size += 192;
		return true;
	case 2: /* no newline at the end */
		return f->size-- > 1 && text[f->size - 1] != '\n';
	case 3:
		return f->size && repeat(f, text, at);
	default:
		text[at] = bytes[salt / 8 % (sizeof(bytes) - 1)];
		return f->size;
	}
}

static void
check_spoiled(const struct input *in, size_t salt)
{
	struct input bad = *in;
	struct policy policy;
	struct faults faults;

	if (!spoil(&bad.v[salt / 16 % in->n], salt))
		return;
	parse(&policy, &bad, NULL, &faults);
	CHECK(faults.n > 0);
}

/* There is no order among the files that follow the first. */
static void
check_order(const struct input *in, bool accepted)
{
	struct input swapped = *in;
	struct policy policy;
	struct faults faults;

	if (in->n < 3)
		return;
	swapped.v[in->n - 1] = in->v[1];
	swapped.v[1] = in->v[in->n - 1];
	parse(&policy, &swapped, NULL, &faults);
	CHECK((faults.n == 0) == accepted);
}

static bool
admits(const struct box *box, const void *data)
{
	const struct caller *caller = data;
	const struct item *why;

	return authorize_admits(box, caller, caller->accounts, &why);
}

/* One more file, with a box that admits nobody, and no box kept but those of
 * the caller: nothing else changes, in what is wrong or in what is told. */
static void
check_one_more(const struct input *in, const struct faults *faults,
	const struct policy *all, const struct caller *caller, size_t salt)
{
	const struct reader_wish wish = { admits, caller };
	struct input more = *in;
	struct policy policy;
	struct faults again;

	for (size_t i = 0; i < in->n; i++)
		if (in->v[i].text && find(in->v[i].text, in->v[i].size, "zzz"))
			return;
	add_file(&more, nobodys, sizeof(nobodys) - 1);
	parse(&policy, &more, &wish, &again);
	CHECK(again.n == faults->n);
	for (size_t i = 0; i < again.n; i++) {
		CHECK(again.v[i].place == faults->v[i].place);
		CHECK(!strcmp(again.v[i].text, faults->v[i].text));
	}
	if (again.n)
		return;
	CHECK(policy.nboxes <= all->nboxes);
	CHECK(!strcmp(use_policy(all, all, caller, salt),
		use_policy(&policy, all, caller, salt)));
}

/* FNV-1a: what is done with an input depends on the input alone. */
static size_t
hash(const uint8_t *data, size_t size)
{
	uint64_t h = 14695981039346656037U;

	for (size_t i = 0; i < size; i++)
		h = (h ^ data[i]) * 1099511628211U;
	return (size_t)(h >> 8);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t salt = hash(data, size);
	const struct accounts *accounts = use_accounts();
	struct caller caller;
	struct policy policy;
	struct faults faults;
	struct input in;

	split(&in, (const char *)data, size);
	parse(&policy, &in, NULL, &faults);
	check_faults(&in, &policy, &faults);
	check_order(&in, faults.n == 0);
	if (!faults.n) {
		check_accepted(&in, &policy);
		check_spoiled(&in, salt);
		use_advice(&policy, accounts);
	}
	for (size_t i = 0; i < USE_CALLERS; i++) {
		caller = use_caller(i, accounts);
		/* Of those that are wrong, one in sixteen is enough. */
		if (!faults.n || salt % 16 == i)
			check_one_more(&in, &faults, &policy, &caller,
				salt % 1000 + i);
	}
	arena_end();
	return 0;
}
