/* SPDX-License-Identifier: MIT */
/* How much may a box use, and for how long?  Pure; runs in the caller's process
 * before the clone. */
#include "limit.h"

#include <string.h>
#include <sys/resource.h>

#include "value.h"
#include "xalloc.h"

enum { PIDS_MAX = 1 << 22 };   /* PID_MAX_LIMIT of the kernel; one is init */
enum { MEMORY_MIN = 1 << 20 }; /* bytes; less is a unit forgotten */
enum { SECONDS_MAX = 2147483647 }; /* of RLIMIT_CPU: 68 years */

static bool
parse_memory(const char *value, uint64_t *bytes)
{
	return value_size(value, bytes) && *bytes >= MEMORY_MIN;
}

static bool
parse_pids(const char *value, uint64_t *count)
{
	return value_count(value, PIDS_MAX - 1, count);
}

const char *
limit_size_text(uint64_t bytes)
{
	static const char *const units[] = { "", "K", "M", "G" };
	size_t u = 0;

	while (u < 3 && bytes && bytes % 1024 == 0) {
		bytes /= 1024;
		u++;
	}
	return xasprintf("%llu%s", (unsigned long long)bytes, units[u]);
}

static const char *
count_text(uint64_t count)
{
	return xasprintf("%llu", (unsigned long long)count);
}

static const char *
cpus_text(uint64_t thousandths)
{
	char *text =
		xasprintf("%llu.%03u", (unsigned long long)(thousandths / 1000),
			(unsigned)(thousandths % 1000));
	size_t n = strlen(text);

	while (text[n - 1] == '0')
		text[--n] = '\0';
	if (text[n - 1] == '.')
		text[--n] = '\0';
	return text;
}

/* In the largest unit that leaves nothing: what was read has at most nine
 * digits there, too. */
static const char *
duration_text(uint64_t ms)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} units[] = {
		{ "d", 86400 * 1000 },
		{ "h", 3600 * 1000 },
		{ "m", 60 * 1000 },
		{ "s", 1000 },
		{ "ms", 1 },
	};
	size_t u = 0;

	while (ms % units[u].ms)
		u++;
	return xasprintf("%llu%s", (unsigned long long)(ms / units[u].ms),
		units[u].name);
}

static const struct {
	const char *name;
	bool cgroup;
	bool (*parse)(const char *value, uint64_t *number);
	const char *fault;
	const char *(*text)(uint64_t number);
} kinds[LIMITS] = {
	[LIMIT_MEMORY] = { "memory", true, parse_memory,
		"must be a size such as 512M, at least 1M", limit_size_text },
	[LIMIT_PIDS] = { "pids-limit", true, parse_pids,
		"must be a number from 1 to 4194303", count_text },
	[LIMIT_CPUS] = { "cpus", true, value_cpus,
		"must be a number such as 2 or 0.5, from 0.01 to 9999",
		cpus_text },
	[LIMIT_TIMEOUT] = { "timeout", false, value_duration,
		"must be a duration such as 500ms, 10s, 5m, 2h or 1d",
		duration_text },
};

const struct rlimit_kind limit_rlimits[RLIMIT_RULES] = {
	[RLIMIT_RULE_NOFILE] = { "nofile", RLIMIT_NOFILE, UNIT_NUMBER },
	[RLIMIT_RULE_NPROC] = { "nproc", RLIMIT_NPROC, UNIT_NUMBER },
	[RLIMIT_RULE_CORE] = { "core", RLIMIT_CORE, UNIT_SIZE },
	[RLIMIT_RULE_FSIZE] = { "fsize", RLIMIT_FSIZE, UNIT_SIZE },
	[RLIMIT_RULE_AS] = { "as", RLIMIT_AS, UNIT_SIZE },
	[RLIMIT_RULE_MEMLOCK] = { "memlock", RLIMIT_MEMLOCK, UNIT_SIZE },
	[RLIMIT_RULE_STACK] = { "stack", RLIMIT_STACK, UNIT_SIZE },
	[RLIMIT_RULE_CPU] = { "cpu", RLIMIT_CPU, UNIT_SECONDS },
};

const char *
limit_name(enum limit limit)
{
	return kinds[limit].name;
}

const char *
limit_parse(enum limit limit, const char *value, uint64_t *number)
{
	return kinds[limit].parse(value, number) ? NULL : kinds[limit].fault;
}

const char *
limit_text(enum limit limit, uint64_t number)
{
	return kinds[limit].text(number);
}

bool
limit_needs_cgroup(const struct limits *limits)
{
	for (int i = 0; i < LIMITS; i++)
		if (kinds[i].cgroup && limits->v[i])
			return true;
	return false;
}

const char *
limit_parse_rlimit(
	enum rlimit_unit unit, const char *value, struct rlimit_rule *rule)
{
	bool ok;

	rule->given = true;
	rule->value = 0;
	if (!strcmp(value, "unlimited")) {
		rule->value = LIMIT_UNLIMITED;
		return NULL;
	}
	if (!strcmp(value, "0") && unit != UNIT_SECONDS)
		return NULL;
	switch (unit) {
	case UNIT_SIZE:
		ok = value_size(value, &rule->value);
		return ok ? NULL : "must be a size such as 64M, or unlimited";
	case UNIT_SECONDS:
		ok = value_count(value, SECONDS_MAX, &rule->value);
		return ok ? NULL : "must be a number of seconds, or unlimited";
	case UNIT_NUMBER:
	default:
		ok = value_count(value, INT64_MAX, &rule->value);
		return ok ? NULL : "must be a number, or unlimited";
	}
}
