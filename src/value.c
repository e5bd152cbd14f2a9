/* SPDX-License-Identifier: MIT */
/* What does one value of the policy or of an option mean?  Pure; any
 * process. */
#include "value.h"

#include <stdlib.h>
#include <string.h>

#include "chars.h"
#include "path.h"
#include "xalloc.h"

#define DIGITS "0123456789"

bool
value_is_path(const char *value)
{
	return !strpbrk(value, " ,") && path_is_clean(value);
}

bool
value_is_search_path(const char *value)
{
	char *copy = xstrdup(value);

	for (char *dir = copy, *next; dir; dir = next) {
		next = strchr(dir, ':');
		if (next)
			*next++ = '\0';
		if (!value_is_path(dir))
			return false;
	}
	return true;
}

bool
value_is_hostname(const char *name)
{
	size_t n = chars_count(name, "._-");

	return n >= 1 && n <= 64 && !name[n] && !strchr(".-", name[0]);
}

bool
value_is_account(const char *name)
{
	size_t n = chars_count(name, "_.@-$");

	return n >= 1 && n <= 64 && !name[n] &&
	       (chars_is_letter(name[0]) || name[0] == '_');
}

bool
value_is_number(const char *value)
{
	return *value && strspn(value, DIGITS) == strlen(value);
}

/* The first n characters, which are at most 18 digits. */
static uint64_t
number_of(const char *digits, size_t n)
{
	uint64_t number = 0;

	for (size_t i = 0; i < n; i++)
		number = number * 10 + (uint64_t)(digits[i] - '0');
	return number;
}

bool
value_id(const char *value, uint32_t *id)
{
	uint64_t n = 0;

	for (size_t i = 0; value[i]; i++) {
		if (i >= 10)
			return false;
		n = n * 10 + (uint64_t)(value[i] - '0');
	}
	*id = (uint32_t)n;
	return n < UINT32_MAX;
}

bool
value_umask(const char *value, int *mask)
{
	size_t n = strlen(value);

	if (n < 3 || n > 4 || strspn(value, "01234567") != n ||
		(n == 4 && value[0] != '0'))
		return false;
	*mask = (int)strtol(value, NULL, 8);
	return true;
}

bool
value_size(const char *value, uint64_t *bytes)
{
	static const char units[] = "KMG";
	size_t n = strspn(value, DIGITS);
	const char *unit = value[n] ? strchr(units, value[n]) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	uint64_t number;

	if (n < 1 || n > 18 || (value[n] && (!unit || value[n + 1])))
		return false;
	number = number_of(value, n);
	if (number == 0 || number > (uint64_t)INT64_MAX >> shift)
		return false;
	*bytes = number << shift;
	return true;
}

bool
value_count(const char *value, uint64_t max, uint64_t *count)
{
	size_t n = strspn(value, DIGITS);

	if (n < 1 || n > 18 || value[n])
		return false;
	*count = number_of(value, n);
	return *count >= 1 && *count <= max;
}

bool
value_duration(const char *value, uint64_t *ms)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} units[] = {
		{ "ms", 1 },
		{ "", 1000 },
		{ "s", 1000 },
		{ "m", 60 * 1000 },
		{ "h", 3600 * 1000 },
		{ "d", 86400 * 1000 },
	};
	size_t n = strspn(value, DIGITS);

	if (n < 1 || n > 9)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(value + n, units[i].name)) {
			*ms = number_of(value, n) * units[i].ms;
			return *ms > 0;
		}
	return false;
}

bool
value_cpus(const char *value, uint64_t *thousandths)
{
	size_t whole = strspn(value, DIGITS), decimals = 0;
	uint64_t n = number_of(value, whole < 5 ? whole : 0);

	if (whole < 1 || whole > 4)
		return false;
	if (value[whole] == '.') {
		value += whole + 1;
		decimals = strspn(value, DIGITS);
		if (decimals < 1 || decimals > 3 || value[decimals])
			return false;
	} else if (value[whole]) {
		return false;
	}
	for (size_t i = 0; i < 3; i++)
		n = n * 10 + (i < decimals ? (uint64_t)(value[i] - '0') : 0);
	*thousandths = n;
	return n >= 10 && n <= 9999000;
}

bool
value_mode(const char *value, int *mode)
{
	size_t n = strlen(value);

	if (n < 3 || n > 4 || strspn(value, "01234567") != n)
		return false;
	*mode = (int)strtol(value, NULL, 8);
	return *mode <= 01777;
}

bool
value_is_netns(const char *name)
{
	size_t n = chars_count(name, "._-");

	return n >= 1 && n <= 64 && !name[n] && chars_is_alnum(name[0]);
}

static bool
is_mode(const char *word)
{
	return !strcmp(word, "ro") || !strcmp(word, "rw");
}

const char *
value_bind(const char *value, struct value_bind *bind)
{
	char *copy = xstrdup(value), *target = strchr(copy, ':'), *mode = NULL;

	if (target) {
		*target++ = '\0';
		mode = strchr(target, ':');
	}
	if (mode)
		*mode++ = '\0';
	*bind = (struct value_bind){
		.source = copy,
		.target = target,
		.writable = mode && !strcmp(mode, "rw"),
		.has_mode = mode != NULL,
	};
	if (target && !mode && is_mode(target))
		return "a mode stands third: SRC:DST:MODE";
	if (mode && !is_mode(mode))
		return "the mode must be ro or rw";
	if (!*copy || (target && !*target))
		return "must be SRC[:DST[:ro|rw]]";
	return NULL;
}
