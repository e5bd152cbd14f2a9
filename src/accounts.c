/* SPDX-License-Identifier: MIT */
/* Which number does a name of the policy stand for?  Pure; runs in the caller's
 * process before the clone. */
#include "accounts.h"

#include <stdlib.h>
#include <string.h>

#include "xalloc.h"

enum { NAME_FIELD = 0, ID_FIELD = 2, HOME_FIELD = 5, FIELDS = 7 };

struct table {
	struct account *v;
	size_t n, room;
};

/* Digits only; -1 is nobody's number (CVE-2019-14287). */
static bool
parse_id(const char *s, size_t n, uint32_t *id)
{
	uint64_t value = 0;

	if (n < 1 || n > 10)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(s[i] - '0');
	}
	*id = (uint32_t)value;
	return value < UINT32_MAX;
}

/* One line of `len` bytes.  + and - in front are for NIS, which nobody asks. */
static void
read_line(struct table *table, const char *line, size_t len, bool with_home)
{
	const char *field[FIELDS] = { line };
	size_t size[FIELDS] = { 0 }, n = 0;
	uint32_t id;

	for (size_t i = 0; i < len; i++) {
		if (line[i] != ':')
			size[n]++;
		else if (++n < FIELDS)
			field[n] = line + i + 1;
		else
			break;
	}
	if (n < (with_home ? HOME_FIELD : ID_FIELD) || size[NAME_FIELD] == 0 ||
		strchr("+-#", line[0]) ||
		!parse_id(field[ID_FIELD], size[ID_FIELD], &id))
		return;
	table->v = xgrow(table->v, table->n, &table->room, sizeof(*table->v));
	table->v[table->n] = (struct account){
		.name = xstrndup(line, size[NAME_FIELD]),
		.id = id,
		.home = with_home
				? xstrndup(field[HOME_FIELD], size[HOME_FIELD])
				: NULL,
		.seq = table->n,
	};
	table->n++;
}

static int
account_cmp(const void *a, const void *b)
{
	const struct account *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : (x->seq > y->seq) - (x->seq < y->seq);
}

/* Sorted by name, the first of each name only. */
static struct account *
read_table(const char *text, bool with_home, size_t *count)
{
	struct table t = { 0 };
	size_t n = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");

		read_line(&t, text, len, with_home);
		text += len;
		text += *text == '\n';
	}
	if (t.n)
		qsort(t.v, t.n, sizeof(*t.v), account_cmp);
	for (size_t i = 0; i < t.n; i++)
		if (n == 0 || strcmp(t.v[n - 1].name, t.v[i].name))
			t.v[n++] = t.v[i];
	*count = n;
	return t.v;
}

void
accounts_read(struct accounts *accounts, const char *passwd, const char *group)
{
	accounts->users = read_table(passwd, true, &accounts->nusers);
	accounts->groups = read_table(group, false, &accounts->ngroups);
}

static bool
find(const struct account *v, size_t n, const char *name, uint32_t *id)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = strcmp(name, v[mid].name);

		if (c == 0) {
			*id = v[mid].id;
			return true;
		}
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return false;
}

bool
accounts_user(const struct accounts *accounts, const char *name, uint32_t *uid)
{
	return find(accounts->users, accounts->nusers, name, uid);
}

bool
accounts_group(const struct accounts *accounts, const char *name, uint32_t *gid)
{
	return find(accounts->groups, accounts->ngroups, name, gid);
}

/* Of several with the number, the first of the file counts. */
static const struct account *
find_id(const struct account *v, size_t n, uint32_t id)
{
	const struct account *first = NULL;

	for (size_t i = 0; i < n; i++)
		if (v[i].id == id && (!first || v[i].seq < first->seq))
			first = &v[i];
	return first;
}

const struct account *
accounts_by_uid(const struct accounts *accounts, uint32_t uid)
{
	return find_id(accounts->users, accounts->nusers, uid);
}

const char *
accounts_group_name(const struct accounts *accounts, uint32_t gid)
{
	const struct account *a =
		find_id(accounts->groups, accounts->ngroups, gid);

	return a ? a->name : NULL;
}
